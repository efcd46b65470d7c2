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

/** A question as a round puts it; an answer that was received before `receivedSinceMs` (Unix ms) is of no use. */
export function askOf(
  round: Pick<Round, 'parts' | 'desk' | 'isAudit'>,
  seat: Seat,
  question: Question,
  deadlineAtMs: number,
  receivedSinceMs = 0,
): Ask {
  const { opinionReuse, adaptiveCache } = round.parts.config.flags;
  const { priority, isPatient } = urgencyOf(round, seat, question);
  const asked = { sourceId: seat.options.id, question, deadlineAtMs, priority, isPatient };
  if (round.isAudit) return { ...asked, fresh: true };
  // The fixed cache of old knew no such wishes; but an audit that it answered would be none.
  return adaptiveCache ? { ...asked, fresh: !opinionReuse, receivedSinceMs } : asked;
}

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

  /** Questions that a limit or a budget of ours kept back. */
  get heldBack(): number {
    return this.#heldBack;
  }

  get askDeadlineAtMs(): number {
    return this.startAtMs + ASK_SHARE_OF_CYCLE * this.parts.config.cycleMs;
  }

  get watchDeadlineAtMs(): number {
    return watchDeadlineAtMs(this.parts, this.startAtMs);
  }

  get patienceMs(): number {
    return patienceMs(this.parts);
  }

  /** An answer that was received before `receivedSinceMs` (Unix ms) is of no use. */
  put(seat: Seat, question: Question, deadlineAtMs: number, receivedSinceMs = 0): Promise<Answer> {
    const ask = askOf(this, seat, question, deadlineAtMs, receivedSinceMs);
    const told = this.trace?.asked(seat.options.id, question);
    return new Promise((resolve) => {
      this.parts.gateway.put(ask, (answer) => {
        told?.(answer);
        this.heard(seat, question, answer);
        resolve(answer);
      });
    });
  }

  /** Takes note of an answer to a question of this round. */
  heard(seat: Seat, question: Question, answer: Answer): void {
    const isHeldBack = answer.kind === 'refused' && HELD_BACK.includes(answer.failure.kind);
    if (isHeldBack) this.#heldBack += 1;
    if (!this.isAudit) noteWait(this.desk, seat, question, isHeldBack);
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
