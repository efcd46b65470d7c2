import type { Statistics } from '../core/track-record.ts';
import { ReliabilityTally } from './statistics-reliability.ts';
import type { Scored } from './statistics-scored.ts';
import { SliceTally } from './statistics-slice.ts';
import type { SliceGroups } from './statistics-slices.ts';
import { SourcesTally } from './statistics-sources.ts';
import { TrendTally } from './statistics-trend.ts';

/** All statistics but those of slices, in one pass. Holds sums only: as much as there are sources and days, however many outcomes. */
export class StatisticsTally {
  readonly #all = new SliceTally();
  readonly #reliability = new ReliabilityTally();
  readonly #sources = new SourcesTally();
  readonly #trend = new TrendTally();

  add(scored: Scored): void {
    const { atMs, result, confidence } = scored;
    this.#all.add(atMs, result);
    this.#sources.add(scored);
    this.#trend.add(scored);
    if (result.kind === 'resolved') this.#reliability.add(atMs, confidence, result.netReturn > 0);
  }

  /** With slices of the same outcomes, where they were asked for. */
  statistics(outcomesMin: number, setAside: number, groups: SliceGroups | null): Statistics {
    return {
      all: this.#all.statistics(outcomesMin),
      slices: groups?.slices(outcomesMin) ?? null,
      reliability: this.#reliability.reliability(outcomesMin),
      sources: this.#sources.statistics(outcomesMin),
      trend: this.#trend.windows(outcomesMin),
      setAside,
    };
  }
}
