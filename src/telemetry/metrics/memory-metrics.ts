import type { Registry } from 'prom-client';
import type { ComponentSize } from '../../core/component-size.ts';
import { scrapedGauge } from './scraped.ts';

/** How much the parts of the service hold, read when somebody looks. */
export function memoryMetrics(registry: Registry, sizes: () => readonly ComponentSize[]): void {
  const labelNames = ['component'] as const;
  scrapedGauge(
    registry,
    {
      name: 'sextant_component_entries',
      help: 'What the parts of the service hold: queue (requests that wait to leave), coalescer (questions without an answer yet), parking (symbols that a source refused), bars (kept closed bars, of watchers and voters), board (standing decisions and open signals), streams (listeners of /stream). Kept answers are sextant_cache_entries.',
      labelNames,
    },
    (set) => {
      for (const { component, entries } of sizes()) set({ component }, entries);
    },
  );
  scrapedGauge(
    registry,
    {
      name: 'sextant_component_bytes',
      help: 'What of it takes up a known number of bytes: bars (all their places, taken from the start) and streams (events that wait for a slow listener). Kept answers are sextant_cache_bytes.',
      labelNames,
    },
    (set) => {
      for (const { component, bytes } of sizes()) if (bytes !== null) set({ component }, bytes);
    },
  );
}
