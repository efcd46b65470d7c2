import type { Answer } from '../core/answer.ts';
import type { Decision } from '../core/decision.ts';
import type { AssetClass } from '../core/instrument.ts';
import type { MarketQuestion } from '../core/question.ts';
import { type Quote, quoteTimeMs } from '../core/quote.ts';
import { sessionAt } from '../core/sessions/session.ts';
import type { Need } from './agenda.ts';
import type { Desk, Seat } from './desk.ts';
import { dueNow, isStillAt } from './gate.ts';
import { askOf, patienceMs, type TurnParts, watchDeadlineAtMs } from './round.ts';
import { noteWait } from './urgency.ts';

/** What the most trusted watcher was asked before the turn began. */
export type FirstLook =
  | { readonly isLate: false; readonly answer: Answer }
  /** It has held up the turn for as long as a source may: the next is asked beside it. */
  | { readonly isLate: true; readonly answer: Promise<Answer> };

/** Whose turn it is. */
export type Place = { readonly desk: Desk; readonly parts: TurnParts };

/** Told of each place what was seen first. */
type Told<P extends Place> = (place: P, first: FirstLook) => void;

type Look<P extends Place> = {
  readonly place: P;
  /** `late`: its turn has begun, and hears the answer by this. */
  late: ((answer: Answer) => void) | null;
  isOver: boolean;
};

/** Those that wait for the same source. */
type Crowd<P extends Place> = {
  readonly looks: Look<P>[];
  open: number;
  /** When the source was heard last (Unix ms), or given up, or when the first of them began to wait. */
  heardAtMs: number;
  stopWaiting: () => void;
};

/**
 * The beginning of the turns of all instruments whose change gate is shut: each asks the same source the same as by itself,
 * and most are done with the answer. Taken here they share one timer, and a turn is made for those only that need the rest.
 */
export class FirstLooks<P extends Place> {
  readonly #cycle: number;
  readonly #slotAtMs: number;
  readonly #told: Told<P>;
  readonly #isOpen: Readonly<Record<AssetClass, boolean>>;
  readonly #crowds = new Map<Seat, Crowd<P>>();
  #open = 0;
  #over: () => void = () => {};

  constructor(cycle: number, slotAtMs: number, told: Told<P>) {
    this.#cycle = cycle;
    this.#slotAtMs = slotAtMs;
    this.#told = told;
    const isOpen = (assetClass: AssetClass): boolean => sessionAt(assetClass, slotAtMs).phase === 'open';
    this.#isOpen = { stock: isOpen('stock'), crypto: isOpen('crypto') };
  }

  needOf({ parts, desk }: Place): Need {
    if (!this.#isOpen[desk.instrument.assetClass]) return 'turn';
    if (desk.market.untilMs === 0) return 'start';
    if (desk.standing?.kind === 'ABSTAIN' && isAsItStood(desk.standing, parts)) return 'retry';
    if (!this.#isPossible(parts, desk)) return 'turn';
    if (dueNow(parts, desk) === null) return 'look';
    return mayStand(parts, desk) ? 'renewal' : 'turn';
  }

  #isPossible(parts: TurnParts, desk: Desk): boolean {
    const { config, clock, tracer } = parts;
    // Who is followed step by step takes every step.
    if (config.shadow !== undefined || tracer !== undefined || desk.watchers.length === 0) return false;
    return clock.nowMs() < watchDeadlineAtMs(parts, this.#slotAtMs);
  }

  /** `deadlineAtMs` (Unix ms): of all that ask the same source the same. */
  take(place: P, deadlineAtMs: number): void {
    const { parts, desk } = place;
    const [seat] = desk.watchers;
    if (seat === undefined) throw new RangeError('somebody must be there to be asked');
    const crowd = this.#crowds.get(seat) ?? this.#begin(seat, parts, deadlineAtMs);
    const look: Look<P> = { place, late: null, isOver: false };
    crowd.looks.push(look);
    crowd.open += 1;
    this.#open += 1;
    const question: MarketQuestion = { kind: 'market', instrument: desk.instrument };
    const ask = askOf(place, { seat, question, deadlineAtMs });
    parts.gateway.put(ask, (answer) => this.#heard(crowd, look, answer));
  }

  #begin(seat: Seat, parts: TurnParts, deadlineAtMs: number): Crowd<P> {
    const crowd: Crowd<P> = { looks: [], open: 0, heardAtMs: parts.clock.nowMs(), stopWaiting: () => {} };
    this.#crowds.set(seat, crowd);
    this.#wait(crowd, parts, deadlineAtMs);
    return crowd;
  }

  /** As long as it answers some of them in time, it is not the source that is slow: what came is still being read. */
  #wait(crowd: Crowd<P>, parts: TurnParts, deadlineAtMs: number): void {
    const lateAtMs = (): number => Math.min(crowd.heardAtMs + patienceMs(parts), deadlineAtMs);
    const untilMs = lateAtMs();
    crowd.stopWaiting = parts.clock.at(untilMs, () => {
      if (lateAtMs() > untilMs) this.#wait(crowd, parts, deadlineAtMs);
      else this.#lose(crowd, parts.clock.nowMs());
    });
  }

  #heard(crowd: Crowd<P>, look: Look<P>, answer: Answer): void {
    if (look.isOver) {
      look.late?.(answer);
      return;
    }
    crowd.heardAtMs = look.place.parts.clock.nowMs();
    this.#end(crowd, look);
    this.#told(look.place, { answer, isLate: false });
    if (this.#open === 0) this.#over();
  }

  /** Told once all that were taken are over, at once where none is open. To be called after the last was taken. */
  whenOver(over: () => void): void {
    if (this.#open === 0) over();
    else this.#over = over;
  }

  /** What stood, confirmed, where a turn that began like this would say the same; else null. */
  confirmed({ parts, desk }: P, first: FirstLook): Decision | null {
    const [seat] = desk.watchers;
    if (first.isLate || seat === undefined) return null;
    const quote = quoteOf(first.answer);
    if (quote === null || !isStill(parts, desk, quote)) return null;
    noteWait(desk, seat, 'market', false);
    return confirmed(desk, { seat, quote, cycle: this.#cycle, atMs: this.#slotAtMs });
  }

  #end(crowd: Crowd<P>, look: Look<P>): void {
    look.isOver = true;
    this.#open -= 1;
    crowd.open -= 1;
    if (crowd.open === 0) crowd.stopWaiting();
  }

  #lose(crowd: Crowd<P>, nowMs: number): void {
    crowd.heardAtMs = nowMs;
    for (const look of crowd.looks) {
      if (look.isOver) continue;
      this.#end(crowd, look);
      const answer = new Promise<Answer>((late) => {
        look.late = late;
      });
      this.#told(look.place, { answer, isLate: true });
    }
    if (this.#open === 0) this.#over();
  }
}

const NOBODY: readonly string[] = [];

/** An abstention that may go on: of the session that is over nothing may. */
export function isAsItStood({ reason, configVersion }: Decision, parts: TurnParts): boolean {
  return reason !== 'marketClosed' && configVersion === parts.configVersion;
}

/** Whether what was decided can be confirmed at all. */
function mayStand({ config }: TurnParts, { weighed, standing }: Desk): boolean {
  return config.flags.changeGate && weighed !== null && standing !== null && standing.kind !== 'ABSTAIN';
}

function quoteOf(answer: Answer): Quote | null {
  return 'view' in answer && answer.view.kind === 'market' ? answer.view.quote : null;
}

function isStill(parts: TurnParts, desk: Desk, quote: Quote): boolean {
  return desk.weighed !== null && isStillAt(quote, parts, desk, desk.weighed);
}

type Confirmation = {
  readonly seat: Seat;
  readonly quote: Quote;
  readonly cycle: number;
  readonly atMs: number;
};

/** What stood, stands: only the price shown is newer. */
export function confirmed(
  { standing }: Pick<Desk, 'standing'>,
  { seat, quote, cycle, atMs }: Confirmation,
): Decision {
  if (standing === null) throw new RangeError('only a standing decision can be confirmed');
  const { price, currency } = quote;
  const asOfMs = quoteTimeMs(quote);
  const agreeing = onlyOne(seat.options.id, standing.price?.agreeing);
  return { ...standing, cycle, atMs, price: { price, currency, asOfMs, agreeing, dissenting: NOBODY } };
}

/** The very list that stood where it is the same: thousands are confirmed by the same source in every cycle. */
function onlyOne(id: string, stood: readonly string[] = NOBODY): readonly string[] {
  return stood.length === 1 && stood[0] === id ? stood : [id];
}
