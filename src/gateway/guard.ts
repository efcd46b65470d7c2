import type { Failure, FailureKind } from '../core/failure.ts';
import type { Exchange, Job } from './job.ts';

/** May this request leave now? */
export type Verdict =
  | { readonly kind: 'go' }
  /** Not before `untilMs`; Infinity: not before another one has come back. */
  | {
      readonly kind: 'wait';
      readonly untilMs: number;
      readonly failureKind: FailureKind;
      readonly because: string;
    }
  | { readonly kind: 'refuse'; readonly failure: Failure };

export const GO: Verdict = { kind: 'go' };

/** One concern that may hold a request back. It is told of every request that leaves and of every one that is back. */
export interface Guard {
  /** Only looks. */
  check(job: Job, nowMs: number): Verdict;
  leave(job: Job, nowMs: number): void;
  back(job: Job, exchange: Exchange, nowMs: number): void;
}
