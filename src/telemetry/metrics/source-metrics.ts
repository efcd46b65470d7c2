import type { Registry } from 'prom-client';
import type { BreakerHealth } from '../../core/answer.ts';
import type { LiveSource, LiveView } from '../../core/live.ts';
import { sourceGauge } from './source-gauge.ts';

const STATES: readonly LiveSource['state'][] = [
  'unasked',
  'ok',
  'limited',
  'quota',
  'auth',
  'blocked',
  'failing',
  'disabled',
];

const BREAKER_STATES: readonly BreakerHealth['state'][] = ['closed', 'open', 'probing'];

/** How the sources fare, read when somebody looks. A figure that is not known has no series. */
export function sourceMetrics(registry: Registry, live: Pick<LiveView, 'sources'>): void {
  const gauge = sourceGauge(registry, live);

  gauge(
    'sextant_source_state',
    '1 for the state that a source is in, 0 for the others.',
    ['source', 'state'],
    ({ sourceId: source, state: is }, set) => {
      for (const state of STATES) set({ source, state }, state === is ? 1 : 0);
    },
  );
  gauge(
    'sextant_source_last_answer_timestamp_seconds',
    'When a source last answered a question (Unix time).',
    ['source'],
    ({ sourceId: source, lastOkAtMs }, set) => {
      if (lastOkAtMs !== null) set({ source }, lastOkAtMs / 1_000);
    },
  );
  gauge(
    'sextant_source_health_ratio',
    'How a source fares of late, 0 (of no use) to 1: success, latency beside its norm, freshness and agreement, multiplied.',
    ['source'],
    ({ sourceId: source, score }, set) => {
      if (score !== null) set({ source }, score);
    },
  );
  gauge(
    'sextant_breaker_endpoints',
    'Endpoints of a source by the state of their circuit breakers: closed (asked), open (left alone) or probing (one request tries).',
    ['source', 'state'],
    ({ sourceId: source, breakers }, set) => {
      if (breakers.length === 0) return;
      for (const state of BREAKER_STATES)
        set({ source, state }, breakers.filter((breaker) => breaker.state === state).length);
    },
  );
}
