import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { LiveState, LiveView } from '../../core/live.ts';
import { scrapedGauge } from './scraped.ts';

/** Names that promtool calls wrong: gauges that end in `_total`. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** The service as a whole, and the process it runs in. */
export function serviceMetrics(registry: Registry, live: Pick<LiveView, 'state'>): void {
  const figure = (name: string, help: string, of: (state: LiveState) => number | null): void =>
    scrapedGauge(registry, { name, help, labelNames: [] }, (set) => {
      const value = of(live.state());
      if (value !== null) set({}, value);
    });

  figure('sextant_ready', '1 while decisions are made and recorded.', ({ ready }) => (ready ? 1 : 0));
  figure(
    'sextant_troubles',
    'How many things are wrong, failing sources included; /health/ready names them.',
    ({ troubles }) => troubles.length,
  );
  figure(
    'sextant_last_cycle_timestamp_seconds',
    'The slot of the newest cycle on record (Unix time).',
    ({ lastCycleAtMs }) => (lastCycleAtMs === null ? null : lastCycleAtMs / 1_000),
  );
  scrapedGauge(
    registry,
    {
      name: 'sextant_info',
      help: 'Always 1: what kind of prices the service works on (LIVE, SIMULATED or REPLAY), and its configuration version.',
      labelNames: ['data', 'config_version'],
    },
    (set) => {
      const { label, configVersion } = live.state();
      set({ data: label.kind, config_version: configVersion }, 1);
    },
  );
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
