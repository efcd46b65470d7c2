import { type FlowRate, flowRateOf, isHourly } from '../core/flow-rate.ts';
import type { PaceOptions } from '../core/gateway-options.ts';
import type { LimitWindow } from '../core/source.ts';
import { GO, type Guard, type Verdict } from './guard.ts';
import type { Job } from './job.ts';

/**
 * When a request of this weight may leave (Unix ms), where all that left so far will have flowed by `flowedAtMs`: the
 * generic cell rate algorithm. One heavier than a burst leaves when nothing is left to flow.
 * @see ITU-T Recommendation I.371 (2004), annex A
 */
export function flowDueAtMs({ burst, gapMs }: FlowRate, flowedAtMs: number, weight: number): number {
  return Math.ceil(flowedAtMs - Math.max(0, burst - weight) * gapMs);
}

/** By when all will have flowed once a request of this weight has left. */
export function flowedAfterMs(
  { gapMs }: FlowRate,
  flowedAtMs: number,
  weight: number,
  nowMs: number,
): number {
  return Math.max(flowedAtMs, nowMs) + weight * gapMs;
}

type Flowing = { readonly window: LimitWindow; readonly rate: FlowRate; flowedAtMs: number };

/** Lets allowances of an hour or longer, but less than a day, flow evenly, so that no burst uses one up. */
export class Flow implements Guard {
  readonly #flowing: readonly Flowing[];

  constructor(windows: readonly LimitWindow[], { hourlyBurstShare }: Pick<PaceOptions, 'hourlyBurstShare'>) {
    this.#flowing = windows
      .filter(isHourly)
      .map((window) => ({ window, rate: flowRateOf(window, hourlyBurstShare), flowedAtMs: 0 }));
  }

  check({ weight }: Job, nowMs: number): Verdict {
    for (const { window, rate, flowedAtMs } of this.#flowing) {
      const untilMs = flowDueAtMs(rate, flowedAtMs, weight);
      if (untilMs <= nowMs) continue;
      const because = `${window.max} per ${window.windowMs} ms flow evenly: the next is due at ${new Date(untilMs).toISOString()}`;
      return { kind: 'wait', untilMs, failureKind: 'rateLimited', because };
    }
    return GO;
  }

  leave({ weight }: Job, nowMs: number): void {
    for (const flowing of this.#flowing)
      flowing.flowedAtMs = flowedAfterMs(flowing.rate, flowing.flowedAtMs, weight, nowMs);
  }

  back(): void {}
}
