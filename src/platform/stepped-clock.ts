import type { Clock } from '../core/clock.ts';
import { sleepUntil } from './sleep.ts';
import { WakeUps } from './wake-ups.ts';

/**
 * For replay and for demos at speed: time jumps from slot to slot, and within a cycle it flows as real time does, so
 * that deadlines and timeouts keep their meaning. It stops 1 ms before the next slot until `jumpTo` goes there.
 */
export type SteppedClock = Clock & {
  /** Makes it `atMs` and runs, in order, what became due. Throws RangeError when that lies in the past. */
  jumpTo(atMs: number): void;
};

export function createSteppedClock(options: {
  readonly startAtMs: number;
  readonly cycleMs: number;
}): SteppedClock {
  const wakeUps = new WakeUps();
  let slotAtMs = options.startAtMs;
  let slotBeganMs = performance.now();
  let timer: NodeJS.Timeout | null = null;

  const barrierAtMs = (): number => slotAtMs + options.cycleMs - 1;
  const nowMs = (): number => Math.min(slotAtMs + Math.floor(performance.now() - slotBeganMs), barrierAtMs());

  const runDue = (): void => {
    const untilMs = nowMs();
    for (let due = wakeUps.takeDue(untilMs); due !== null; due = wakeUps.takeDue(untilMs)) due.run();
    arm();
  };

  const arm = (): void => {
    if (timer !== null) clearTimeout(timer);
    const atMs = wakeUps.nextAtMs();
    timer = atMs === null || atMs > barrierAtMs() ? null : setTimeout(runDue, Math.max(0, atMs - nowMs()));
  };

  const clock: SteppedClock = {
    nowMs,
    elapsedMs: () => performance.now(),
    at: (atMs, run) => {
      const forget = wakeUps.add(atMs, run);
      arm();
      return () => {
        forget();
        arm();
      };
    },
    sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal),
    jumpTo: (atMs) => {
      const fromMs = nowMs();
      if (atMs < fromMs) throw new RangeError(`time cannot go back from ${fromMs} to ${atMs}`);
      slotAtMs = atMs;
      slotBeganMs = performance.now();
      runDue();
    },
  };
  return clock;
}
