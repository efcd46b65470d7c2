import { type Bar, closeAtMs } from './bar.ts';

/** Moments in which bars were expected but not fed: a half-open span of Unix ms. */
export type BarGap = { readonly fromMs: number; readonly toMs: number };

export type BarTrackOptions = {
  /** How many of the newest bars are kept. */
  readonly keep: number;
  /** First moment at or after `atMs` at which a bar may open: the market's sessions, seen by the track. */
  readonly nextOpenMs: (atMs: number) => number;
};

/** What became of the bars that were fed, counted since the start. */
export type BarCounts = {
  applied: number;
  /** Known already, with the same figures. */
  repeated: number;
  /** Known already, with other figures: the first version stays, because decisions rest on it. */
  revised: number;
  /** Older than the newest used bar but never seen, or of another length: too late to be used. */
  unusable: number;
  gaps: number;
};

/** Of one kept bar: openAtMs, open, high, low, close, volume. */
const CELLS_PER_BAR = 6;

/**
 * One series of closed bars of one source and instrument, each used once and in order. Adding a bar takes constant
 * time; telling a repetition from a revision takes a binary search among the kept bars.
 */
export class BarTrack {
  readonly counts: BarCounts = { applied: 0, repeated: 0, revised: 0, unusable: 0, gaps: 0 };
  readonly #keep: number;
  readonly #nextOpenMs: (atMs: number) => number;
  // Plain numbers: as objects the bars of many instruments would take four times the memory. All of it from the start:
  // what grows for a day cannot be told from a leak.
  readonly #ring: Float64Array;
  #length = 0;
  /** Place of the oldest kept bar once the ring is full. */
  #start = 0;
  /** Only bars of the first one's length are ever kept. */
  #last: Bar | null = null;

  constructor({ keep, nextOpenMs }: BarTrackOptions) {
    if (!Number.isSafeInteger(keep) || keep < 1) {
      throw new RangeError(`keep is ${keep}: a track keeps at least one bar`);
    }
    this.#keep = keep;
    this.#nextOpenMs = nextOpenMs;
    this.#ring = new Float64Array(keep * CELLS_PER_BAR);
  }

  /** Takes in closed bars, oldest first, and returns those that are new, oldest first. */
  feed(bars: readonly Bar[]): readonly Bar[] {
    const fresh: Bar[] = [];
    for (const bar of bars) {
      const newest = this.#last;
      if (newest !== null && (bar.openAtMs < closeAtMs(newest) || bar.intervalMs !== newest.intervalMs)) {
        this.#countUnused(bar);
        continue;
      }
      if (this.gapBefore(bar) !== null) this.counts.gaps++;
      this.#append(bar);
      fresh.push(bar);
    }
    return fresh;
  }

  /**
   * What is missing between the newest bar and `bar`, or null. Asked before {@link feed}, it lets the caller fetch the
   * missing bars first; fed after `bar` they would come too late.
   */
  gapBefore(bar: Bar): BarGap | null {
    if (this.#last === null) return null;
    const fromMs = this.#nextOpenMs(closeAtMs(this.#last));
    return fromMs < bar.openAtMs ? { fromMs, toMs: bar.openAtMs } : null;
  }

  get last(): Bar | null {
    return this.#last;
  }

  /** How many bars are kept now. */
  get length(): number {
    return this.#length;
  }

  /** What the places of all bars that may be kept take up. */
  get bytes(): number {
    return this.#ring.byteLength;
  }

  /** The newest `count` bars at most, oldest first. */
  newest(count: number): readonly Bar[] {
    const length = Math.min(count, this.#length);
    const first = this.#length - length;
    return Array.from({ length }, (_, index) => this.#at(first + index));
  }

  #append(bar: Bar): void {
    this.counts.applied++;
    const { openAtMs, open, high, low, close, volume } = bar;
    this.#last = bar;
    const isFull = this.#length === this.#keep;
    const place = isFull ? this.#start : this.#length;
    this.#ring.set([openAtMs, open, high, low, close, volume], place * CELLS_PER_BAR);
    if (isFull) this.#start = (this.#start + 1) % this.#keep;
    else this.#length += 1;
  }

  /** Where the kept bar lies that is `index` after the oldest one. */
  #cellOf(index: number): number {
    if (index >= this.#length) throw new RangeError(`no bar at ${index} of ${this.#length}`);
    return ((this.#start + index) % this.#length) * CELLS_PER_BAR;
  }

  #at(index: number): Bar {
    const cell = this.#cellOf(index);
    const [openAtMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = this.#ring.subarray(
      cell,
      cell + CELLS_PER_BAR,
    );
    return { openAtMs, intervalMs: this.#last?.intervalMs ?? 0, open, high, low, close, volume };
  }

  #countUnused(bar: Bar): void {
    const known = this.find(bar.openAtMs);
    if (known === null || known.intervalMs !== bar.intervalMs) this.counts.unusable++;
    else if (sameFigures(known, bar)) this.counts.repeated++;
    else this.counts.revised++;
  }

  /** The kept bar that opened at `openAtMs` (Unix ms), or null. */
  find(openAtMs: number): Bar | null {
    let low = 0;
    let high = this.#length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const openedAtMs = this.#ring[this.#cellOf(middle)] ?? 0;
      if (openedAtMs === openAtMs) return this.#at(middle);
      if (openedAtMs < openAtMs) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }
}

function sameFigures(a: Bar, b: Bar): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}
