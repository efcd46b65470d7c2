import type { BarDoubt } from '../analysts/voter-desk.ts';
import { voterBarFault } from '../consensus/voter-check.ts';
import type { Answer, Ask, DataFault, Gateway } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import type { LeftOut, PriceFix, StandIn } from '../core/decision.ts';
import type { FailureKind } from '../core/failure.ts';
import type { Meter } from '../core/meter.ts';
import type { Opinion } from '../core/opinion.ts';
import { ASK_SHARE_OF_CYCLE, type Config } from '../core/options.ts';
import type { Question } from '../core/question.ts';
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

/** One round of questions about one instrument: what watching and voting have in common. */
export class Round {
  readonly parts: TurnParts;
  readonly desk: Desk;
  /** When it began (Unix ms); its deadlines count from here. */
  readonly startAtMs: number;
  /** Everyone is asked, whatever is known. */
  readonly isAudit: boolean;
  /** Who did not count in it, and why. */
  readonly leftOut: LeftOut[] = [];
  /** By voter's id: who voted in its place, and with what. */
  readonly standIns = new Map<string, { readonly standIn: StandIn; readonly opinion: Opinion }>();
  /** Backups that stand in for somebody, or are being asked to. */
  readonly claimed = new Set<string>();
  readonly trace: TurnTrace | null;
  #heldBack = 0;

  constructor(parts: TurnParts, desk: Desk, startAtMs: number, isAudit = false) {
    this.parts = parts;
    this.desk = desk;
    this.startAtMs = startAtMs;
    this.isAudit = isAudit;
    this.trace = parts.tracer === undefined || isAudit ? null : new TurnTrace(parts.tracer);
  }

  /** What was told before it began is asked for again. */
  get isAnew(): boolean {
    return this.isAudit || !this.parts.config.flags.opinionReuse;
  }

  /**
   * What of kept answers is of use. The fixed cache of old knew no such wishes; but an audit that it answered would be none.
   */
  #keptOfUse(receivedSinceMs: number): Pick<Ask, 'fresh' | 'receivedSinceMs'> {
    const { opinionReuse, adaptiveCache } = this.parts.config.flags;
    if (this.isAudit) return { fresh: true };
    return adaptiveCache ? { fresh: !opinionReuse, receivedSinceMs } : {};
  }

  /** Questions that a limit or a budget of ours kept back. */
  get heldBack(): number {
    return this.#heldBack;
  }

  get askDeadlineAtMs(): number {
    return this.startAtMs + ASK_SHARE_OF_CYCLE * this.parts.config.cycleMs;
  }

  get patienceMs(): number {
    return PATIENCE_SHARE_OF_CYCLE * this.parts.config.cycleMs;
  }

  /** An answer that was received before `receivedSinceMs` (Unix ms) is of no use. */
  async put(seat: Seat, question: Question, deadlineAtMs: number, receivedSinceMs = 0): Promise<Answer> {
    const [asked] = this.parts.gateway.askEach([
      {
        sourceId: seat.options.id,
        question,
        deadlineAtMs,
        ...this.#keptOfUse(receivedSinceMs),
        ...urgencyOf(this, seat, question),
      },
    ]);
    if (asked === undefined) throw new RangeError('a gateway gives one answer for each ask');
    const told = this.trace?.asked(seat.options.id, question);
    const answer = await asked;
    told?.(answer);
    const isHeldBack = answer.kind === 'refused' && HELD_BACK.includes(answer.failure.kind);
    if (isHeldBack) this.#heldBack += 1;
    if (!this.isAudit) noteWait(this.desk, seat, question, isHeldBack);
    return answer;
  }

  /** What is older than its answer says nothing of how its source is now. */
  judge(answer: Answer, fault: DataFault | null): void {
    if (answer.kind === 'fresh') this.parts.gateway.judged(answer.provenance, fault);
  }

  /** A voter's bar is believed when it closes where the watch closed in the same minute. */
  doubt(fix: PriceFix): BarDoubt {
    const { consensus, gates } = this.parts.config;
    const { market } = this.desk;
    return (bar) => voterBarFault(bar, market.closeOf(bar.openAtMs), fix.price, consensus, gates);
  }
}
