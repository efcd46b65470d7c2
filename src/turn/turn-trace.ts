import type { Answer } from '../core/answer.ts';
import type { Decision } from '../core/decision.ts';
import type { Question } from '../core/question.ts';
import type { DecisionTrace, TracedQuestion, Tracer, TraceStep } from '../core/tracer.ts';

/** Notes when the parts of one turn began and ended. */
export class TurnTrace {
  readonly #nowMs: Tracer['nowMs'];
  readonly #beganAtMs: number;
  readonly #steps: TraceStep[] = [];
  readonly #questions: TracedQuestion[] = [];
  #sinceMs: number;

  constructor(tracer: Tracer) {
    this.#nowMs = () => tracer.nowMs();
    this.#beganAtMs = this.#nowMs();
    this.#sinceMs = this.#beganAtMs;
  }

  /** What went on since the step before. */
  ended(name: TraceStep['name']): void {
    const toMs = this.#nowMs();
    this.#steps.push({ name, fromMs: this.#sinceMs, toMs });
    this.#sinceMs = toMs;
  }

  /** A question leaves; the returned function takes its answer. */
  asked(sourceId: string, { kind }: Question): (answer: Answer) => void {
    const index = this.#questions.length;
    const question: TracedQuestion = { sourceId, kind, fromMs: this.#nowMs(), toMs: null, outcome: null };
    this.#questions.push(question);
    return (answer) => {
      const outcome = 'failure' in answer ? answer.failure.kind : answer.kind;
      this.#questions[index] = { ...question, toMs: this.#nowMs(), outcome };
    };
  }

  /** Of a decision that became durable in an append that began and ended then (Unix ms). */
  traceOf(decision: Decision, fromMs: number, toMs: number): DecisionTrace {
    return {
      decision,
      beganAtMs: this.#beganAtMs,
      steps: [...this.#steps, { name: 'append', fromMs, toMs }],
      questions: [...this.#questions],
    };
  }
}
