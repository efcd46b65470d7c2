import type { Counted } from '../core/gateway-memory.ts';
import type { LimitWindow } from '../core/source.ts';
import type { ClockMove } from './provider-clock.ts';

/**
 * What a provider may have counted in one of its windows. We know when a request left, not when the provider saw it nor
 * how its clock runs, so every request counts for as long as the provider might count it. No clock inside.
 */
export interface WindowCount {
  /** Weight the provider may be counting now. */
  used(nowMs: number): number;
  /** Of {@link used}: what the provider is surely counting now, if it let it pass. */
  surelyUsed(nowMs: number): number;
  /** First moment at which `weight` more fits below `max`; Infinity when it never will. */
  fitsAtMs(weight: number, max: number, nowMs: number): number;
  add(weight: number, nowMs: number): void;
  /** One of the clocks is elsewhere than was thought. */
  moved(move: ClockMove, nowMs: number): void;
  /** What is counted now, oldest first: added to an empty count in this order it makes the same one. */
  counted(nowMs: number): Counted[];
}

/** What a Date header leaves open of a clock. */
const OPEN_MS = 1_000;

/** How far sending and being counted may lie apart, in ms: a second; a twelfth of windows that are too short for that. */
export function uncertaintyMsOf(windowMs: number): number {
  return windowMs < 10 * OPEN_MS ? windowMs / 12 : OPEN_MS;
}

export function createWindowCount({ max, windowMs, counting }: LimitWindow): WindowCount {
  return counting === 'sliding' ? new SlidingCount(max, windowMs) : new FixedCount(windowMs);
}

const DAY_MS = 86_400_000;
const BRIEF_MS = 2_000;

/** From this length on an allowance is spread over its time. */
export function isLong({ windowMs }: Pick<LimitWindow, 'windowMs'>): boolean {
  return windowMs >= DAY_MS;
}

/** Up to this length a window is not written down: after a restart it is sooner waited for than counted. */
export function isBrief({ windowMs }: Pick<LimitWindow, 'windowMs'>): boolean {
  return windowMs <= BRIEF_MS;
}

/**
 * A sliding window is counted in this many slices: bounded memory at the price of 1/128 of the allowance. A long one that
 * holds no more requests than that is counted to the millisecond: there a slice is minutes.
 */
const SLICES = 128;

type Slice = { index: number; weight: number };

class SlidingCount implements WindowCount {
  readonly #sliceMs: number;
  readonly #keepMs: number;
  readonly #surelyMs: number;
  readonly #slices: Slice[] = [];
  #total = 0;

  constructor(max: number, windowMs: number) {
    this.#sliceMs = max <= SLICES && isLong({ windowMs }) ? 1 : Math.max(1, windowMs / SLICES);
    this.#keepMs = windowMs + uncertaintyMsOf(windowMs);
    this.#surelyMs = windowMs - uncertaintyMsOf(windowMs);
  }

  used(nowMs: number): number {
    while (this.#slices[0] !== undefined && this.#goneAtMs(this.#slices[0]) <= nowMs) {
      this.#total -= this.#slices[0].weight;
      this.#slices.shift();
    }
    return this.#total;
  }

  surelyUsed(nowMs: number): number {
    let sum = 0;
    for (const { index, weight } of this.#slices) {
      if (index * this.#sliceMs >= nowMs - this.#surelyMs) sum += weight;
    }
    return sum;
  }

  fitsAtMs(weight: number, max: number, nowMs: number): number {
    if (weight > max) return Number.POSITIVE_INFINITY;
    let used = this.used(nowMs);
    if (used + weight <= max) return nowMs;
    for (const slice of this.#slices) {
      used -= slice.weight;
      if (used + weight <= max) return this.#goneAtMs(slice);
    }
    return nowMs;
  }

  add(weight: number, nowMs: number): void {
    const index = Math.floor(nowMs / this.#sliceMs);
    const newest = this.#slices.at(-1);
    if (newest !== undefined && newest.index >= index) newest.weight += weight;
    else this.#slices.push({ index, weight });
    this.#total += weight;
  }

  /** What was sent does not grow older by it. */
  moved({ setByMs }: ClockMove): void {
    const slices = Math.ceil(setByMs / this.#sliceMs);
    for (const slice of this.#slices) slice.index += slices;
  }

  counted(nowMs: number): Counted[] {
    this.used(nowMs);
    return this.#slices.map(({ index, weight }) => ({ atMs: Math.ceil(index * this.#sliceMs), weight }));
  }

  #goneAtMs({ index }: Slice): number {
    return Math.ceil((index + 1) * this.#sliceMs + this.#keepMs);
  }
}

/** Near a border of two windows a request counts in both. The borders are those of the provider's clock. */
class FixedCount implements WindowCount {
  readonly #windowMs: number;
  readonly #uncertaintyMs: number;
  #aheadMs = 0;
  #index = Number.NEGATIVE_INFINITY;
  #inIndex = 0;
  #inPrevious = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#uncertaintyMs = uncertaintyMsOf(windowMs);
  }

  used(nowMs: number): number {
    this.#turn(nowMs);
    return this.#isPreviousOpen(nowMs) ? Math.max(this.#inIndex, this.#inPrevious) : this.#inIndex;
  }

  surelyUsed(nowMs: number): number {
    this.#turn(nowMs);
    return this.#inIndex;
  }

  fitsAtMs(weight: number, max: number, nowMs: number): number {
    if (weight > max) return Number.POSITIVE_INFINITY;
    this.#turn(nowMs);
    if (this.#inIndex + weight > max) return this.#surelyInMs(this.#index + 1);
    if (this.#isPreviousOpen(nowMs) && this.#inPrevious + weight > max) return this.#surelyInMs(this.#index);
    return nowMs;
  }

  add(weight: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#inIndex += weight;
    if (this.#isPreviousOpen(nowMs)) this.#inPrevious += weight;
  }

  /**
   * Where the borders of the provider's windows lie was wrong until now: all that was counted of late may be in the one of
   * now. A long one is too long to be waited for, and its borders are rare: there only the borders move.
   */
  moved({ setByMs, aheadMs }: ClockMove, nowMs: number): void {
    const bordersMovedByMs = aheadMs - this.#aheadMs + setByMs;
    this.#aheadMs = aheadMs;
    const index = this.#indexAt(nowMs);
    if (bordersMovedByMs === 0 || (isLong({ windowMs: this.#windowMs }) && index === this.#index)) return;
    if (!isLong({ windowMs: this.#windowMs })) this.#inIndex += this.#inPrevious;
    this.#inPrevious = 0;
    this.#index = index;
  }

  counted(nowMs: number): Counted[] {
    this.#turn(nowMs);
    return [
      { atMs: this.#surelyInMs(this.#index - 1), weight: this.#inPrevious },
      { atMs: this.#surelyInMs(this.#index), weight: this.#inIndex },
    ];
  }

  /** The newest window in which a request of now may be counted becomes the current one. */
  #turn(nowMs: number): void {
    const index = this.#indexAt(nowMs);
    if (index <= this.#index) return;
    this.#inPrevious = index === this.#index + 1 ? this.#inIndex : 0;
    this.#inIndex = 0;
    this.#index = index;
  }

  /** Of the newest window in which a request of now may be counted. */
  #indexAt(nowMs: number): number {
    return Math.floor((nowMs + this.#aheadMs + this.#uncertaintyMs) / this.#windowMs);
  }

  #isPreviousOpen(nowMs: number): boolean {
    return nowMs < this.#surelyInMs(this.#index);
  }

  #surelyInMs(index: number): number {
    return Math.ceil(index * this.#windowMs + this.#uncertaintyMs - this.#aheadMs);
  }
}
