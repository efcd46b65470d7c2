import type { BarDoubt } from '../analysts/voter-desk.ts';
import { voterBarFault } from '../consensus/voter-check.ts';
import type { Answer, Ask, DataFault, Gateway } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import type { LeftOut, PriceFix, StandIn } from '../core/decision.ts';
import type { FailureKind } from '../core/failure.ts';
import type { Meter } from '../core/meter.ts';
import type { Opinion } from '../core/opinion.ts';
import { ASK_SHARE_OF_CYCLE, type Config } from '../core/options.ts';
import type { MarketBrief, Question } from '../core/question.ts';
import type { Tracer } from '../core/tracer.ts';
import type { DriftBook } from '../planner/drift-book.ts';
import type { Desk, Seat } from './desk.ts';
import { TurnTrace } from './turn-trace.ts';
import { noteWait, urgencyOf } from './urgency.ts';

export type TurnParts = {
  readonly config: Config;
  readonly configVersion: string;
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly drift: DriftBook;
  /** Told of what shadowed flags come to. */
  readonly meter?: Pick<Meter, 'shadow'> | undefined;
  /** Told how each decision came to be; absent where nobody looks. */
  readonly tracer?: Tracer | undefined;
};

/** Why we keep a question back that the provider could have answered. */
const HELD_BACK: readonly FailureKind[] = ['rateLimited', 'deadline', 'budget'];

/** Of the cycle: how long one wave may hold up the next. */
const PATIENCE_SHARE_OF_CYCLE = 0.15;

/** Of the cycle: then even those that began late have to be done, for the record takes its time too. */
const LAST_SHARE_OF_CYCLE = 0.85;

/** Of the cycle: how long the watch quotes may take. */
const WATCH_SHARE_OF_CYCLE = 0.3;

export function patienceMs({ config }: Pick<TurnParts, 'config'>): number {
  return PATIENCE_SHARE_OF_CYCLE * config.cycleMs;
}

/** So long after the start of a round its watch quotes may come. */
export function watchMs({ config }: Pick<TurnParts, 'config'>): number {
  return WATCH_SHARE_OF_CYCLE * config.cycleMs;
}

/** Of the watch quotes of a round that began at `startAtMs` (Unix ms). */
export function watchDeadlineAtMs(parts: Pick<TurnParts, 'config'>, startAtMs: number): number {
  return startAtMs + watchMs(parts);
}

/** Of all its questions. */
export function askDeadlineAtMs({ config }: Pick<TurnParts, 'config'>, startAtMs: number): number {
  return startAtMs + ASK_SHARE_OF_CYCLE * config.cycleMs;
}

/** Whoever asks, for one instrument. */
export type Asking = {
  readonly parts: TurnParts;
  readonly desk: Desk;
  readonly isAudit?: boolean;
};

/** What is asked of one seat. */
export type Enquiry = {
  readonly seat: Seat;
  readonly question: Question;
  readonly deadlineAtMs: number;
  /** An answer that was received before this moment (Unix ms) is of no use. */
  readonly receivedSinceMs?: number;
};

export function askOf(asking: Asking, { seat, question, deadlineAtMs, receivedSinceMs = 0 }: Enquiry): Ask {
  const { isAudit = false, parts } = asking;
  const { opinionReuse, adaptiveCache } = parts.config.flags;
  // The fixed cache of old knew no such wishes; but an audit that it answered would be none.
  const isWish = adaptiveCache && !isAudit;
  const { priority, isPatient } = urgencyOf(asking, seat, question);
  return {
    sourceId: seat.options.id,
    question,
    deadlineAtMs,
    priority,
    isPatient,
    fresh: isAudit || (isWish && !opinionReuse),
    receivedSinceMs: isWish ? receivedSinceMs : 0,
  };
}

/** A backup that votes in the place of a voter. */
export type Replacement = {
  readonly voterId: string;
  readonly standIn: StandIn;
  readonly opinion: Opinion;
};

/** One round of questions about one instrument: what watching and voting have in common. */
export class Round {
  readonly parts: TurnParts;
  readonly desk: Desk;
  readonly #slotAtMs: number;
  /** When it began (Unix ms), at its slot or later; its deadlines count from here. */
  readonly startAtMs: number;
  /** Everyone is asked, whatever is known. */
  readonly isAudit: boolean;
  /** Who did not count in it, and why. */
  readonly leftOut: LeftOut[] = [];
  /** Who voted in the place of whom, and with what. */
  readonly standIns: Replacement[] = [];
  /** Ids of backups that stand in for somebody, or are being asked to. */
  readonly claimed: string[] = [];
  readonly trace: TurnTrace | null;
  /** When it was known whether there is a price (Unix ms); null before. */
  pricedAtMs: number | null = null;
  #fix: PriceFix | null = null;
  #heldBack = 0;

  constructor(parts: TurnParts, desk: Desk, slotAtMs: number, startAtMs = slotAtMs, isAudit = false) {
    this.parts = parts;
    this.desk = desk;
    this.#slotAtMs = slotAtMs;
    this.startAtMs = startAtMs;
    this.isAudit = isAudit;
    this.trace = parts.tracer === undefined || isAudit ? null : new TurnTrace(parts.tracer);
  }

  /** What was told before it began is asked for again. */
  get isAnew(): boolean {
    return this.isAudit || !this.parts.config.flags.opinionReuse;
  }

  /** Questions that a limit or a budget of ours kept back. */
  get heldBack(): number {
    return this.#heldBack;
  }

  get askDeadlineAtMs(): number {
    const { cycleMs } = this.parts.config;
    return Math.min(
      askDeadlineAtMs(this.parts, this.startAtMs),
      this.#slotAtMs + LAST_SHARE_OF_CYCLE * cycleMs,
    );
  }

  get watchDeadlineAtMs(): number {
    return Math.min(watchDeadlineAtMs(this.parts, this.startAtMs), this.askDeadlineAtMs);
  }

  get patienceMs(): number {
    return patienceMs(this.parts);
  }

  /** The price that it has found. Throws RangeError before. */
  get fix(): PriceFix {
    if (this.#fix === null) throw new RangeError('no price of this round is known yet');
    return this.#fix;
  }

  set fix(fix: PriceFix) {
    this.#fix = fix;
  }

  /** `heard` is told the answer, later; `broke`, what that throws. */
  put(enquiry: Enquiry, heard: (answer: Answer) => void, broke: (error: unknown) => void): void {
    const { seat, question } = enquiry;
    const traced = this.trace?.asked(seat.options.id, question);
    this.parts.gateway.put(askOf(this, enquiry), (answer) => {
      try {
        traced?.(answer);
        this.heard(seat, question, answer);
        heard(answer);
      } catch (error) {
        broke(error);
      }
    });
  }

  /** The answer. Rejects only where the code is wrong. */
  answerTo(enquiry: Enquiry): Promise<Answer> {
    return new Promise((heard, broke) => this.put(enquiry, heard, broke));
  }

  /** Takes note of an answer to a question of this round. */
  heard(seat: Seat, question: Question, answer: Answer): void {
    const isHeldBack = answer.kind === 'refused' && HELD_BACK.includes(answer.failure.kind);
    if (isHeldBack) this.#heldBack += 1;
    if (!this.isAudit) noteWait(this.desk, seat, question.kind, isHeldBack);
  }

  /** What is older than its answer says nothing of how its source is now. */
  judge(answer: Answer, fault: DataFault | null): void {
    if (answer.kind === 'fresh') this.parts.gateway.judged(answer.provenance, fault);
  }

  /** A voter's bar is believed when it closes where the watch closed in the same minute. */
  readonly doubt: BarDoubt = (bar) => {
    const { consensus, gates } = this.parts.config;
    return voterBarFault(bar, this.desk.market.closeOf(bar.openAtMs), this.fix.price, consensus, gates);
  };

  readonly brief = (): MarketBrief => this.desk.market.brief(this.fix);
}
