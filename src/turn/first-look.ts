import type { Answer } from '../core/answer.ts';
import type { Decision } from '../core/decision.ts';
import type { MarketQuestion } from '../core/question.ts';
import { type Quote, quoteTimeMs } from '../core/quote.ts';
import { sessionAt } from '../core/sessions/session.ts';
import type { Need } from './agenda.ts';
import type { Desk, Seat } from './desk.ts';
import { dueNow, isStillAt } from './gate.ts';
import { askOf, patienceMs, type TurnParts, watchDeadlineAtMs } from './round.ts';
import { noteWait } from './urgency.ts';

/** What the most trusted watcher was asked before the turn began. */
export type FirstLook = {
  readonly answer: Answer | Promise<Answer>;
  /** It has held up the turn for as long as a source may: the next is asked beside it. */
  readonly isLate: boolean;
};

type Waiting = {
  readonly answer: Promise<Answer>;
  readonly tell: (seen: Decision | FirstLook) => void;
};

/**
 * The beginning of the turns of all instruments whose change gate is shut: each asks the same source the same as by itself,
 * and most are done with the answer. Taken here they share one timer, and a turn is made for those only that need the rest.
 */
export class FirstLooks {
  readonly #cycle: number;
  readonly #slotAtMs: number;
  readonly #waiting = new Map<Desk, Waiting>();
  #stopWaiting: (() => void) | null = null;

  constructor(cycle: number, slotAtMs: number) {
    this.#cycle = cycle;
    this.#slotAtMs = slotAtMs;
  }

  needOf(parts: TurnParts, desk: Desk): Need {
    if (sessionAt(desk.instrument.assetClass, this.#slotAtMs).phase !== 'open') return 'turn';
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

  /** What stood, confirmed, where a turn would say the same; else what the turn begins with. */
  take(parts: TurnParts, desk: Desk): Promise<Decision | FirstLook> {
    const [seat] = desk.watchers;
    if (seat === undefined) throw new RangeError('somebody must be there to be asked');
    const { gateway, clock } = parts;
    const deadlineAtMs = watchDeadlineAtMs(parts, this.#slotAtMs);
    const question: MarketQuestion = { kind: 'market', instrument: desk.instrument };
    const [answer] = gateway.askEach([askOf({ parts, desk, isAudit: false }, seat, question, deadlineAtMs)]);
    if (answer === undefined) throw new RangeError('a gateway gives one answer for each ask');
    const lateAtMs = Math.min(clock.nowMs() + patienceMs(parts), deadlineAtMs);
    this.#stopWaiting ??= clock.at(lateAtMs, () => this.#lose());
    return new Promise((tell, fail) => {
      this.#waiting.set(desk, { answer, tell });
      answer.then((heard) => this.#heard(parts, desk, seat, heard)).catch(fail);
    });
  }

  #heard(parts: TurnParts, desk: Desk, seat: Seat, answer: Answer): void {
    const waiting = this.#waiting.get(desk);
    // A turn waits for it by now.
    if (waiting === undefined) return;
    this.#waiting.delete(desk);
    if (this.#waiting.size === 0) this.#stopWaiting?.();
    const quote = quoteOf(answer);
    if (quote === null || !isStill(parts, desk, quote)) {
      waiting.tell({ answer, isLate: false });
      return;
    }
    noteWait(desk, seat, { kind: 'market' }, false);
    waiting.tell(confirmed(desk, { seat, quote, cycle: this.#cycle, atMs: this.#slotAtMs }));
  }

  #lose(): void {
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { answer, tell } of lost) tell({ answer, isLate: true });
  }
}

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

/** What stood, stands: only the price shown is newer. */
export function confirmed(
  { standing }: Pick<Desk, 'standing'>,
  {
    seat,
    quote,
    cycle,
    atMs,
  }: { readonly seat: Seat; readonly quote: Quote; readonly cycle: number; readonly atMs: number },
): Decision {
  if (standing === null) throw new RangeError('only a standing decision can be confirmed');
  const { price, currency } = quote;
  const agreeing = [seat.options.id];
  return {
    ...standing,
    cycle,
    atMs,
    price: { price, currency, asOfMs: quoteTimeMs(quote), agreeing, dissenting: [] },
  };
}
