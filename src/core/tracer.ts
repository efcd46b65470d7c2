import type { Answer } from './answer.ts';
import type { Decision } from './decision.ts';
import type { QuestionKind } from './question.ts';

/** Part of what it took to come to a decision; all times are Unix ms, with fractions. */
export type TraceStep = {
  readonly name: 'watch' | 'ask' | 'vote' | 'append';
  readonly fromMs: number;
  readonly toMs: number;
};

/** One question within a turn. */
export type TracedQuestion = {
  readonly sourceId: string;
  readonly kind: QuestionKind;
  readonly fromMs: number;
  /** Null where the answer came after the decision, or never. */
  readonly toMs: number | null;
  /** How it was answered, or the kind of failure; null with `toMs`. */
  readonly outcome: Exclude<Answer['kind'], 'refused' | 'failed'> | FailureOutcome | null;
};

type FailureOutcome = Extract<Answer, { kind: 'failed' }>['failure']['kind'];

/** How a decision came to be that is newly on record: from the start of its turn to the commit. */
export type DecisionTrace = {
  readonly decision: Decision;
  readonly beganAtMs: number;
  readonly steps: readonly TraceStep[];
  readonly questions: readonly TracedQuestion[];
};

/** Takes traces of decisions. Must not throw; whoever has none pays nothing for it. */
export interface Tracer {
  /** Unix ms, with fractions where the machine has them. */
  nowMs(): number;
  decided(trace: DecisionTrace): void;
}
