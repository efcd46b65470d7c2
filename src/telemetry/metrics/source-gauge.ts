import type { Registry } from 'prom-client';
import type { LiveSource, LiveView } from '../../core/live.ts';
import { scrapedGauge } from './scraped.ts';

type Show<T extends string> = (
  source: LiveSource,
  set: (labels: Record<T, string>, value: number) => void,
) => void;

/** Makes gauges that show something of each source, read when somebody looks. */
export function sourceGauge(registry: Registry, live: Pick<LiveView, 'sources'>) {
  return <T extends string>(name: string, help: string, labelNames: readonly T[], show: Show<T>): void =>
    scrapedGauge(registry, { name, help, labelNames }, (set) => {
      for (const source of live.sources()) show(source, set);
    });
}
