import type { Statistics } from '../core/track-record.ts';
import { ReliabilityTally } from './statistics-reliability.ts';
import type { Scored } from './statistics-scored.ts';
import { SliceTally } from './statistics-slice.ts';
import { SliceGroups, type SliceKeys } from './statistics-slices.ts';
import { SourcesTally } from './statistics-sources.ts';
import { TrendTally } from './statistics-trend.ts';

/** All statistics in one pass. Holds sums only: as much as there are slices, sources and days, however many outcomes. */
export class StatisticsTally {
  readonly #all = new SliceTally();
  readonly #groups: SliceGroups | null;
  readonly #reliability = new ReliabilityTally();
  readonly #sources = new SourcesTally();
  readonly #trend = new TrendTally();

  constructor(keysOf: SliceKeys | null) {
    this.#groups = keysOf === null ? null : new SliceGroups(keysOf);
  }

  add(scored: Scored): void {
    const { atMs, result, confidence } = scored;
    this.#all.add(atMs, result);
    this.#groups?.add(scored);
    this.#sources.add(scored);
    this.#trend.add(scored);
    if (result.kind === 'resolved') this.#reliability.add(atMs, confidence, result.netReturn > 0);
  }

  statistics(outcomesMin: number, setAside: number): Statistics {
    return {
      all: this.#all.statistics(outcomesMin),
      slices: this.#groups?.slices(outcomesMin) ?? null,
      reliability: this.#reliability.reliability(outcomesMin),
      sources: this.#sources.statistics(outcomesMin),
      trend: this.#trend.windows(outcomesMin),
      setAside,
    };
  }
}
