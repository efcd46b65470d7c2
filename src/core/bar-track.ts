import type { Bar } from './bar.ts';

/** Moments in which bars were expected but not fed: a half-open span of Unix ms. */
export type BarGap = { readonly fromMs: number; readonly toMs: number };

export type BarTrackOptions = {
  /** How many of the newest bars are kept. */
  readonly keep: number;
  /** First moment at or after `atMs` at which a bar may open: the market's sessions, seen by the track. */
  readonly nextOpenMs: (atMs: number) => number;
};

/** Of one kept bar: openAtMs, open, high, low, close, volume. */
const CELLS_PER_BAR = 6;
const CLOSE_CELL = 4;
const BYTES_PER_CELL = 8;

/**
 * One series of closed bars of one source and instrument, each used once and in order: of a bar that is known already the
 * first version stays, because decisions rest on it. Adding a bar takes constant time, finding one a binary search.
 */
export class BarTrack {
  readonly #nextOpenMs: (atMs: number) => number;
  // Plain numbers: as objects the bars of many instruments would take four times the memory. All of it from the start:
  // what grows for a day cannot be told from a leak.
  readonly #ring: number[] = [];
  #length = 0;
  /** Place of the oldest kept bar once the ring is full. */
  #start = 0;
  /** Only bars of the first one's length are ever kept. */
  #intervalMs = 0;

  constructor({ keep, nextOpenMs }: BarTrackOptions) {
    if (!Number.isSafeInteger(keep) || keep < 1) {
      throw new RangeError(`keep is ${keep}: a track keeps at least one bar`);
    }
    this.#nextOpenMs = nextOpenMs;
    this.#ring.length = keep * CELLS_PER_BAR;
    this.#ring.fill(Number.NaN);
  }

  /** Takes in a closed bar and tells whether it goes on with the series: not one that is known, came too late, or has another length. */
  feed(bar: Bar): boolean {
    if (this.#length > 0 && (bar.openAtMs < this.untilMs || bar.intervalMs !== this.#intervalMs))
      return false;
    this.#intervalMs = bar.intervalMs;
    this.#append(bar);
    return true;
  }

  /**
   * What is missing between the newest bar and `bar`, or null. Asked before {@link feed}, it lets the caller fetch the
   * missing bars first; fed after `bar` they would come too late.
   */
  gapBefore(bar: Bar): BarGap | null {
    if (this.#length === 0) return null;
    const fromMs = this.#nextOpenMs(this.untilMs);
    return fromMs < bar.openAtMs ? { fromMs, toMs: bar.openAtMs } : null;
  }

  /** Close of the newest bar (Unix ms); 0 before the first. */
  get untilMs(): number {
    return this.#length === 0 ? 0 : this.#openAtMs(this.#length - 1) + this.#intervalMs;
  }

  /** How many of the newest bars are kept. */
  get keep(): number {
    return this.#ring.length / CELLS_PER_BAR;
  }

  /** How many bars are kept now. */
  get length(): number {
    return this.#length;
  }

  /** What the places of all bars that may be kept take up. */
  get bytes(): number {
    return this.#ring.length * BYTES_PER_CELL;
  }

  /** The newest `count` bars at most, oldest first. */
  newest(count: number): readonly Bar[] {
    const length = Math.min(count, this.#length);
    const first = this.#length - length;
    return Array.from({ length }, (_, index) => this.#at(first + index));
  }

  /** The kept bar that opened at `openAtMs` (Unix ms), or null. */
  find(openAtMs: number): Bar | null {
    let low = 0;
    let high = this.#length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const openedAtMs = this.#openAtMs(middle);
      if (openedAtMs === openAtMs) return this.#at(middle);
      if (openedAtMs < openAtMs) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  /** Of the newest `count` bars; -Infinity where none is kept. */
  highestClose(count: number): number {
    const ring = this.#ring;
    const read = Math.min(count, this.#length);
    let highest = Number.NEGATIVE_INFINITY;
    let cell = this.#cellOf(this.#length - read) + CLOSE_CELL;
    for (let left = read; left > 0; left -= 1) {
      highest = Math.max(highest, ring[cell] ?? Number.NaN);
      cell += CELLS_PER_BAR;
      if (cell >= ring.length) cell = CLOSE_CELL;
    }
    return highest;
  }

  #append({ openAtMs, open, high, low, close, volume }: Bar): void {
    const ring = this.#ring;
    const isFull = this.#length === this.keep;
    const cell = (isFull ? this.#start : this.#length) * CELLS_PER_BAR;
    ring[cell] = openAtMs;
    ring[cell + 1] = open;
    ring[cell + 2] = high;
    ring[cell + 3] = low;
    ring[cell + CLOSE_CELL] = close;
    ring[cell + 5] = volume;
    if (isFull) this.#start = (this.#start + 1) % this.keep;
    else this.#length += 1;
  }

  /** Where the kept bar lies that is `index` after the oldest one. */
  #cellOf(index: number): number {
    return ((this.#start + index) % this.#length) * CELLS_PER_BAR;
  }

  #openAtMs(index: number): number {
    return this.#ring[this.#cellOf(index)] ?? Number.NaN;
  }

  #at(index: number): Bar {
    const cell = this.#cellOf(index);
    const [openAtMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = this.#ring.slice(
      cell,
      cell + CELLS_PER_BAR,
    );
    return { openAtMs, intervalMs: this.#intervalMs, open, high, low, close, volume };
  }
}
