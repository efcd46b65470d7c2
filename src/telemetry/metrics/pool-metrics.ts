import { Histogram, type Registry } from 'prom-client';
import type { HttpPools, PhaseListener, PoolFigures } from '../../core/http-pools.ts';
import { scrapedCounter, scrapedGauge } from './scraped.ts';

/** The connections to the providers, read when somebody looks. */
export function poolMetrics(registry: Registry, http: Pick<HttpPools, 'pools'>): void {
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
}

/** Counts how long requests spend in each phase of their exchange. */
export function phaseMetrics(registry: Registry): PhaseListener {
  const seconds = new Histogram({
    name: 'sextant_pool_phase_duration_seconds',
    help: 'How long requests waited for a connection (queue), how long one took to open (connect), the answer to begin (headers) and to end (body).',
    labelNames: ['origin', 'phase'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 1, 2.5, 10],
    registers: [registry],
  });
  return (origin, phase, tookMs) => seconds.observe({ origin, phase }, tookMs / 1_000);
}
