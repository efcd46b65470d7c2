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

/**
 * One series of closed bars of one source and instrument, each used once and in order. Adding a bar takes constant
 * time; telling a repetition from a revision takes a binary search among the kept bars.
 */
export class BarTrack {
  readonly counts: BarCounts = { applied: 0, repeated: 0, revised: 0, unusable: 0, gaps: 0 };
  readonly #options: BarTrackOptions;
  readonly #ring: Bar[] = [];
  /** Place of the oldest kept bar once the ring is full. */
  #start = 0;

  constructor(options: BarTrackOptions) {
    if (!Number.isSafeInteger(options.keep) || options.keep < 1) {
      throw new RangeError(`keep is ${options.keep}: a track keeps at least one bar`);
    }
    this.#options = options;
  }

  /** Takes in closed bars, oldest first, and returns those that are new, oldest first. */
  feed(bars: readonly Bar[]): readonly Bar[] {
    const fresh: Bar[] = [];
    for (const bar of bars) {
      const newest = this.last;
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
    if (this.last === null) return null;
    const fromMs = this.#options.nextOpenMs(closeAtMs(this.last));
    return fromMs < bar.openAtMs ? { fromMs, toMs: bar.openAtMs } : null;
  }

  get last(): Bar | null {
    return this.#ring.length === 0 ? null : this.#at(this.#ring.length - 1);
  }

  /** The newest `count` bars at most, oldest first. */
  newest(count: number): readonly Bar[] {
    const length = Math.min(count, this.#ring.length);
    const first = this.#ring.length - length;
    return Array.from({ length }, (_, index) => this.#at(first + index));
  }

  #append(bar: Bar): void {
    this.counts.applied++;
    if (this.#ring.length < this.#options.keep) {
      this.#ring.push(bar);
      return;
    }
    this.#ring[this.#start] = bar;
    this.#start = (this.#start + 1) % this.#options.keep;
  }

  /** The kept bar that is `index` after the oldest one. */
  #at(index: number): Bar {
    const bar = this.#ring[(this.#start + index) % this.#ring.length];
    if (bar === undefined) throw new RangeError(`no bar at ${index} of ${this.#ring.length}`);
    return bar;
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
    let high = this.#ring.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const bar = this.#at(middle);
      if (bar.openAtMs === openAtMs) return bar;
      if (bar.openAtMs < openAtMs) low = middle + 1;
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
