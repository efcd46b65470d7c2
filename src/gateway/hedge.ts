import type { Clock } from '../core/clock.ts';
import type { HedgeOptions } from '../core/gateway-options.ts';
import { deadlineAtMsOf, type Exchange, type Job, type Send } from './job.ts';
import { LateWatch } from './late-watch.ts';
import type { RetryAllowance } from './retry.ts';

/** What is known of a source when a request leaves. */
export type HedgeGround = {
  /** 95 % of its answers of late came within this, in ms; null where too few are known. */
  readonly latencyP95Ms: number | null;
  /** One more request costs nothing: no money, no budget, and nothing of an allowance that anybody will miss. */
  readonly isFree: boolean;
};

/** When (Unix ms) a request that left now is late enough to be sent a second time; null: never. */
export function hedgeAtMs(
  { request, ...job }: Job,
  { latencyP95Ms, isFree }: HedgeGround,
  nowMs: number,
  { lateFactor }: HedgeOptions,
): number | null {
  if (request.method !== 'GET' || !isFree || latencyP95Ms === null) return null;
  const atMs = nowMs + Math.max(1, Math.ceil(lateFactor * latencyP95Ms));
  // A second answer needs its own time.
  return atMs + latencyP95Ms < deadlineAtMsOf({ request, ...job }) ? atMs : null;
}

export type HedgeParts = {
  readonly clock: Clock;
  /** That of the retries: both together stay within its share. */
  readonly allowance: RetryAllowance;
  readonly ground: (job: Job) => HedgeGround;
};

/**
 * Sends a request that is late a second time; the first good answer counts. The other is not waited for, but counted
 * wherever requests are (Dean and Barroso, The Tail at Scale, 2013).
 */
export function hedging(options: HedgeOptions, { clock, allowance, ground }: HedgeParts, send: Send): Send {
  const late = new LateWatch(clock);
  return (job) => {
    const atMs = hedgeAtMs(job, ground(job), clock.nowMs(), options);
    if (atMs === null) return send(job);
    return new Promise((resolve, reject) => {
      let underWay = 1;
      let failed: Exchange | null = null;
      const back = (exchange: Exchange): void => {
        underWay -= 1;
        // Of two failures the first that reached the provider says more.
        if (failed === null || failed.fate === 'heldBack') failed = exchange;
        if (exchange.failure !== null && underWay > 0) return;
        watched.isOver = true;
        resolve(exchange.failure === null ? exchange : failed);
      };
      const watched = late.watch(atMs, () => {
        if (!ground(job).isFree || !allowance.spend()) return;
        underWay += 1;
        send({ ...job }).then(back, reject);
      });
      send(job).then(back, reject);
    });
  };
}
