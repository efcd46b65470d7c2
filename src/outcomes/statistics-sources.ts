import type { SourceStatistics } from '../core/track-record.ts';
import type { Scored } from './statistics-scored.ts';
import { RateTally } from './statistics-tally.ts';

type Tallies = { readonly hits: RateTally; readonly dissents: RateTally };

/** How often each source leaned the way in which the price then went. Where it came out where it went in, nobody was right. */
export class SourcesTally {
  readonly #sources = new Map<string, Tallies>();

  add({ atMs, stratum, leanings, result }: Scored): void {
    if (result.kind === 'unresolved' || result.grossReturn === 0) return;
    const signalWay = stratum.side === 'BUY' ? 1 : -1;
    const priceWay = result.grossReturn > 0 ? signalWay : -signalWay;
    for (const { sourceId, way } of leanings) {
      const { hits, dissents } = this.#of(sourceId);
      hits.add(atMs, way === priceWay);
      if (way !== signalWay) dissents.add(atMs, way === priceWay);
    }
  }

  statistics(outcomesMin: number): SourceStatistics[] {
    return [...this.#sources]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([sourceId, { hits, dissents }]) => ({
        sourceId,
        hitRate: hits.rate(outcomesMin),
        dissentRight: dissents.rate(outcomesMin),
      }));
  }

  #of(sourceId: string): Tallies {
    const known = this.#sources.get(sourceId);
    if (known !== undefined) return known;
    const fresh = { hits: new RateTally(), dissents: new RateTally() };
    this.#sources.set(sourceId, fresh);
    return fresh;
  }
}
