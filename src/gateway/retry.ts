import type { Clock } from '../core/clock.ts';
import type { FailureKind } from '../core/failure.ts';
import type { RetryOptions } from '../core/gateway-options.ts';
import type { Random } from '../core/random.ts';
import { deadlineAtMsOf, type Exchange, type Job, type Send } from './job.ts';

/** Kinds that asking again may cure. A pause after `limit` is the rate limit's business, which every attempt passes. */
const PASSING: ReadonlySet<FailureKind> = new Set<FailureKind>(['down', 'connection', 'limit']);

/** True where asking again may help and cannot be billed twice. */
export function isRetryable({ method }: Job['request'], { failure, fate, status }: Exchange): boolean {
  if (failure === null || fate === 'heldBack' || !PASSING.has(failure.kind)) return false;
  if (method === 'GET' || fate === 'unsent') return true;
  return failure.kind === 'limit' || status === 503;
}

/** Full jitter: anything up to a bound that doubles with each attempt (1, 2, …), in ms; without jitter the bound itself. */
export function retryWaitMs(
  attempt: number,
  { firstWaitMs, waitMsMax, jitter }: RetryOptions,
  chance: number,
): number {
  return Math.ceil((jitter ? chance : 1) * Math.min(firstWaitMs * 2 ** (attempt - 1), waitMsMax));
}

/** Requests further back than about this count no longer in the allowance, in ms. */
const MEMORY_MS = 10_000;

/** Allows one retry for every `1 / share` requests; a quiet time saves up no more than the traffic of late is worth. */
export class RetryAllowance {
  readonly #share: number;
  #tokens = 1;
  #recent = 0;
  #recentAtMs = 0;

  constructor(share: number) {
    this.#share = share;
  }

  /** A request leaves that is no retry. */
  earn(nowMs: number): void {
    this.#recent = 1 + this.#recent * Math.exp((this.#recentAtMs - nowMs) / MEMORY_MS);
    this.#recentAtMs = nowMs;
    this.#tokens = Math.min(this.#tokens + this.#share, Math.max(1, this.#recent * this.#share));
  }

  /** True where a retry is allowed, which is then spent. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Sends again what may have failed by chance, a few times, while there is time and the allowance lasts. */
export function retrying(
  options: RetryOptions,
  { clock, random, allowance }: { clock: Clock; random: Random; allowance: RetryAllowance },
  send: Send,
  onRetry: () => void,
): Send {
  return async (job) => {
    allowance.earn(clock.nowMs());
    let exchange = await send(job);
    for (let attempt = 1; attempt <= options.retriesMax && isRetryable(job.request, exchange); attempt += 1) {
      const againAtMs = clock.nowMs() + retryWaitMs(attempt, options, random.next());
      if (againAtMs >= deadlineAtMsOf(job) || !allowance.spend()) break;
      await clock.sleepUntil(againAtMs);
      onRetry();
      const again = await send(job);
      // Held back: the failure that was found at the provider says more.
      if (again.fate === 'heldBack') break;
      exchange = again;
    }
    return exchange;
  };
}
