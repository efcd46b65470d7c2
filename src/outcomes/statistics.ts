import type { Statistics } from '../core/track-record.ts';
import { ReliabilityTally } from './statistics-reliability.ts';
import type { Scored } from './statistics-scored.ts';
import { SliceTally } from './statistics-slice.ts';
import type { SliceKeys } from './statistics-slices.ts';
import { SourcesTally } from './statistics-sources.ts';
import { TrendTally } from './statistics-trend.ts';

/** All statistics in one pass. Holds sums only: as much as there are slices, sources and weeks, however many outcomes. */
export class StatisticsTally {
  readonly #keysOf: SliceKeys | null;
  readonly #all = new SliceTally();
  readonly #slices = new Map<string, SliceTally>();
  readonly #reliability = new ReliabilityTally();
  readonly #sources = new SourcesTally();
  readonly #trend = new TrendTally();

  constructor(keysOf: SliceKeys | null) {
    this.#keysOf = keysOf;
  }

  add(scored: Scored): void {
    const { result, confidence } = scored;
    this.#all.add(result);
    for (const key of this.#keysOf?.(scored) ?? []) this.#slice(key).add(result);
    this.#sources.add(scored);
    this.#trend.add(scored);
    if (result.kind === 'resolved') this.#reliability.add(confidence, result.netReturn > 0);
  }

  statistics(outcomesMin: number, setAside: number): Statistics {
    const slices = [...this.#slices]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, slice]) => ({ key, statistics: slice.statistics(outcomesMin) }));
    return {
      all: this.#all.statistics(outcomesMin),
      slices: this.#keysOf === null ? null : slices,
      reliability: this.#reliability.reliability(outcomesMin),
      sources: this.#sources.statistics(outcomesMin),
      trend: this.#trend.windows(outcomesMin),
      setAside,
    };
  }

  #slice(key: string): SliceTally {
    const known = this.#slices.get(key);
    if (known !== undefined) return known;
    const fresh = new SliceTally();
    this.#slices.set(key, fresh);
    return fresh;
  }
}
