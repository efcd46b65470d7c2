import type { Registry } from 'prom-client';
import type { LiveView } from '../../core/live.ts';
import { scrapedCounter, scrapedGauge } from './scraped.ts';

/** What is kept of the sources' answers, read when somebody looks. A source that keeps nothing has no series. */
export function cacheMetrics(registry: Registry, live: Pick<LiveView, 'sources'>): void {
  scrapedCounter(
    registry,
    {
      name: 'sextant_cache_lookups_total',
      help: 'Questions that kept answers were looked through for: hit (served), stale (served a little past its time) or miss (asked).',
      labelNames: ['source', 'outcome'],
    },
    (set) => {
      for (const { sourceId: source, cache } of live.sources()) {
        if (cache === null) continue;
        set({ source, outcome: 'hit' }, cache.hits);
        set({ source, outcome: 'stale' }, cache.stale);
        set({ source, outcome: 'miss' }, cache.misses);
      }
    },
  );
  scrapedCounter(
    registry,
    {
      name: 'sextant_cache_served_total',
      help: 'Of the lookups that were hits or stale, by the tier that had the answer: memory, or second (behind it).',
      labelNames: ['source', 'tier'],
    },
    (set) => {
      for (const { sourceId: source, cache } of live.sources()) {
        if (cache === null) continue;
        set({ source, tier: 'memory' }, cache.hits + cache.stale - cache.fromSecondTier);
        set({ source, tier: 'second' }, cache.fromSecondTier);
      }
    },
  );
  for (const [figure, help] of [
    ['entries', 'Answers that are kept.'],
    ['bytes', 'What the kept answers take up, estimated.'],
  ] as const) {
    scrapedGauge(registry, { name: `sextant_cache_${figure}`, help, labelNames: ['source'] }, (set) => {
      for (const { sourceId: source, cache } of live.sources())
        if (cache !== null) set({ source }, cache[figure]);
    });
  }
}
