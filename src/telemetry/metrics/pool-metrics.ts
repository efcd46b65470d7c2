import type { Registry } from 'prom-client';
import type { HttpPhase, HttpPools, PoolFigures } from '../../core/http-pools.ts';
import { scrapedCounter, scrapedGauge } from './scraped.ts';

const PHASES: readonly HttpPhase[] = ['queue', 'connect', 'headers', 'body'];

/** The connections to the providers, read when somebody looks. */
export function poolMetrics(registry: Registry, http: HttpPools): void {
  const labelNames = ['origin', 'state'] as const;
  const states = (
    name: string,
    help: string,
    of: (pool: PoolFigures) => Readonly<Record<string, number>>,
  ): void =>
    scrapedGauge(registry, { name, help, labelNames }, (set) => {
      for (const pool of http.pools())
        for (const [state, value] of Object.entries(of(pool))) set({ origin: pool.origin, state }, value);
    });
  const counted = (name: string, help: string, of: (pool: PoolFigures) => number): void =>
    scrapedCounter(registry, { name, help, labelNames: ['origin'] }, (add) => {
      for (const pool of http.pools()) add({ origin: pool.origin }, of(pool));
    });

  states(
    'sextant_pool_connections',
    'Connections to a provider now: open ones, and those of them that are free.',
    ({ open, free }) => ({ open, free }),
  );
  states(
    'sextant_pool_requests',
    'Requests at a provider now: waiting for a connection, and running.',
    ({ queued, running }) => ({ queued, running }),
  );
  counted('sextant_pool_connections_opened_total', 'Connections that were opened.', ({ opened }) => opened);
  counted(
    'sextant_pool_connections_closed_total',
    'Connections that are gone again.',
    ({ closed }) => closed,
  );
  counted(
    'sextant_pool_connect_failures_total',
    'Connections that could not be had.',
    ({ connectFailures }) => connectFailures,
  );
  counted('sextant_pool_requests_sent_total', 'Requests that went over a connection.', ({ sent }) => sent);
  counted(
    'sextant_pool_requests_reused_total',
    'Requests that found their connection open.',
    ({ reused }) => reused,
  );
  scrapedGauge(
    registry,
    {
      name: 'sextant_pool_phase_seconds',
      help: 'How long the last few hundred requests spent in a phase, by percentile.',
      labelNames: ['origin', 'phase', 'percentile'],
    },
    (set) => {
      for (const { origin, phases } of http.pools()) {
        for (const phase of PHASES) {
          const { p50Ms, p99Ms } = phases[phase];
          if (p50Ms !== null) set({ origin, phase, percentile: '50' }, p50Ms / 1_000);
          if (p99Ms !== null) set({ origin, phase, percentile: '99' }, p99Ms / 1_000);
        }
      }
    },
  );
}
