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
  /** Something of the real world is awaited until the returned function is called: no leap meanwhile. */
  hold(): () => void;
};

export type SteppedClockOptions = {
  readonly startAtMs: number;
  readonly cycleMs: number;
  /** Where nothing but time itself is awaited, it goes straight to the next wake-up of the cycle. */
  readonly leaps?: boolean;
};

export function createSteppedClock(options: SteppedClockOptions): SteppedClock {
  const wakeUps = new WakeUps();
  let slotAtMs = options.startAtMs;
  let slotBeganMs = performance.now();
  let holds = 0;
  let disarm: () => void = () => {};

  const barrierAtMs = (): number => slotAtMs + options.cycleMs - 1;
  const inSlotMs = (): number => Math.min(performance.now() - slotBeganMs, options.cycleMs - 1);
  const nowMs = (): number => slotAtMs + Math.floor(inSlotMs());

  const runDue = (): void => {
    const untilMs = nowMs();
    for (let due = wakeUps.takeDue(untilMs); due !== null; due = wakeUps.takeDue(untilMs)) due.run();
    arm();
  };

  const arm = (): void => {
    disarm();
    const atMs = wakeUps.nextAtMs();
    if (atMs === null || atMs > barrierAtMs()) return;
    const leaps = options.leaps === true && holds === 0;
    disarm = leaps ? whenSettled(() => leapTo(atMs)) : afterMs(atMs - nowMs(), runDue);
  };

  const leapTo = (atMs: number): void => {
    slotBeganMs -= Math.max(0, atMs - nowMs());
    runDue();
  };

  const clock: SteppedClock = {
    nowMs,
    // A jump is no clock being set: as much has elapsed.
    elapsedMs: () => slotAtMs - options.startAtMs + inSlotMs(),
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
    hold: () => {
      holds += 1;
      arm();
      return () => {
        holds -= 1;
        arm();
      };
    },
  };
  return clock;
}

function afterMs(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.max(0, ms));
  return () => clearTimeout(timer);
}

/** An immediate runs when the queue of microtasks is empty, however long the chains of promises in it were. */
function whenSettled(run: () => void): () => void {
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}
