import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeService, decisionOf, openedOf, slotAtMs, sourceOf } from '../../../test/fake-service.ts';
import { promtool } from '../../../test/promtool.ts';
import type { Answer } from '../../core/answer.ts';
import { failure } from '../../core/failure.ts';
import type { PhaseListener } from '../../core/http-pools.ts';
import type { RequestEnd } from '../../core/meter.ts';
import { Metrics } from './metrics.ts';

const REQUEST: RequestEnd = {
  endpoint: 'bars',
  status: 200,
  failure: null,
  questions: 4,
  queuedMs: 2,
  tookMs: 61,
  costUsd: 0.0125,
};
const FAILED: Answer = { kind: 'failed', failure: failure('timeout', 'no whole answer within 2000 ms') };

const KEPT = {
  kind: 'cached' as const,
  view: { kind: 'bars' as const, bars: [] },
  provenance: { sourceId: 'alpaca', endpoint: 'bars', eventAtMs: null, receivedAtMs: 0, digest: 'd' },
};

let onPhase: PhaseListener;
let metrics: Metrics;
let service: ReturnType<typeof createFakeService>;

beforeEach(async () => {
  metrics = new Metrics();
  service = createFakeService();
  metrics.show(service.live, {
    onPhase: (listener) => {
      onPhase = listener;
    },
    pools: () => [
      {
        origin: 'https://data.alpaca.markets',
        open: 3,
        free: 2,
        queued: 0,
        running: 1,
        opened: 5,
        connectFailures: 1,
        closed: 2,
        sent: 40,
        reused: 35,
        phases: {
          queue: { count: 40, p50Ms: 0.2, p99Ms: 9 },
          connect: { count: 5, p50Ms: 8, p99Ms: 12 },
          headers: { count: 40, p50Ms: 50, p99Ms: 120 },
          body: { count: 0, p50Ms: null, p99Ms: null },
        },
      },
    ],
  });
});

async function scraped(): Promise<Map<string, number>> {
  const { text } = await metrics.text('prometheus');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** A bit of everything that can happen. */
async function busy(): Promise<void> {
  for (const source of ['alpaca', 'xai']) {
    metrics.request(source, REQUEST);
    metrics.request(source, { ...REQUEST, status: 429, failure: 'limit', costUsd: 0 });
    metrics.request(source, { ...REQUEST, status: null, failure: 'timeout' });
    metrics.retry(source);
    metrics.coalesced(source);
    metrics.answer(source, FAILED, 2_000);
  }
  metrics.answer('alpaca', { ...KEPT, ageMs: 4_000 }, 0);
  const decisions = [
    decisionOf({
      instrumentId: 'AAPL',
      cycle: 1,
      votes: { alpaca: 0.9, yahoo: 0.8, binance: 0.9, xai: 0.9 },
    }),
    decisionOf({ instrumentId: 'MSFT', cycle: 1, gate: { reason: 'marketClosed', detail: 'holiday' } }),
  ];
  const [first] = decisions;
  if (first === undefined) throw new RangeError('two were made');
  const entries = await service.commit(1, decisions, [openedOf(first, 1)]);
  metrics.cycle({ due: 2, decisions, entries, tookMs: 48, appendMs: 3, isLate: false });
  metrics.published(1);
  metrics.lost(2);
  service.setSources([
    sourceOf('alpaca', {
      state: 'limited',
      budget: {
        usdLeftToday: 0.5,
        usdLeftThisMonth: null,
        callsLeftToday: null,
        callsLeftThisMonth: 12,
        runsOutAtMs: 1_768_500_000_000,
      },
      score: 0.75,
      breakers: [
        { endpoint: 'bars', state: 'open', untilMs: 1 },
        { endpoint: 'market', state: 'closed', untilMs: null },
      ],
      quotas: [{ max: 25, windowMs: 86_400_000, used: 5, nextAtMs: null }],
      limits: [
        { max: 200, windowMs: 60_000, used: 50 },
        { max: 25, windowMs: 86_400_000, used: 30 },
      ],
      cache: { hits: 7, stale: 2, misses: 5, fromSecondTier: 3, entries: 4, bytes: 3_300 },
    }),
    sourceOf('xai', { lastOkAtMs: null, breakers: [] }),
  ]);
}

test('requests are counted by source, status and outcome, with their questions, waits and bills', async () => {
  await busy();
  const seen = await scraped();
  const name = 'sextant_provider_requests_total';
  expect(seen.get(`${name}{source="alpaca",status="200",outcome="ok"}`)).toBe(1);
  expect(seen.get(`${name}{source="alpaca",status="429",outcome="limit"}`)).toBe(1);
  expect(seen.get(`${name}{source="xai",status="none",outcome="timeout"}`)).toBe(1);
  expect(seen.get('sextant_provider_request_questions_total{source="xai"}')).toBe(12);
  expect(seen.get('sextant_provider_cost_usd_total{source="xai"}')).toBeCloseTo(0.025, 12);
  expect(seen.get('sextant_provider_request_duration_seconds_sum{source="xai"}')).toBeCloseTo(0.183, 12);
  expect(seen.get('sextant_answers_total{source="xai",outcome="timeout"}')).toBe(1);
});

test('decisions are counted by kind, abstentions by reason; what was lost was due and not made', async () => {
  await busy();
  const seen = await scraped();
  expect(seen.get('sextant_decisions_due_total')).toBe(4);
  expect(seen.get('sextant_decisions_made_total{kind="BUY"}')).toBe(1);
  expect(seen.get('sextant_decisions_made_total{kind="SELL"}')).toBe(0);
  expect(seen.get('sextant_abstentions_total{reason="marketClosed"}')).toBe(1);
  expect(seen.get('sextant_signals_opened_total{side="BUY"}')).toBe(1);
  expect(seen.get('sextant_votes_total{source="xai"}')).toBe(1);
  expect(seen.get('sextant_decisions_late_total')).toBe(0);
});

test('what a shadowed flag would have decided is counted by flag and outcome', async () => {
  metrics.shadow('changeGate', 'equal');
  metrics.shadow('changeGate', 'equal');
  metrics.shadow('decidedVote', 'different');
  const seen = await scraped();
  const name = 'sextant_shadow_decisions_total';
  expect(seen.get(`${name}{flag="changeGate",outcome="equal"}`)).toBe(2);
  expect(seen.get(`${name}{flag="decidedVote",outcome="different"}`)).toBe(1);
  expect(seen.has(`${name}{flag="opinionReuse",outcome="equal"}`)).toBe(false);
});

test('figures that are not known have no series', async () => {
  expect((await scraped()).has('sextant_last_cycle_timestamp_seconds')).toBe(false);
  await busy();
  const seen = await scraped();
  expect(seen.get('sextant_last_cycle_timestamp_seconds')).toBe(slotAtMs(1) / 1_000);
  expect(seen.get('sextant_budget_left_usd{source="alpaca",period="day"}')).toBe(0.5);
  expect(seen.has('sextant_budget_left_usd{source="alpaca",period="month"}')).toBe(false);
  expect(seen.get('sextant_budget_left_calls{source="alpaca",period="month"}')).toBe(12);
  expect(seen.get('sextant_budget_runs_out_timestamp_seconds{source="alpaca"}')).toBe(1_768_500_000);
  expect(seen.get('sextant_quota_used_ratio{source="alpaca",window="86400s"}')).toBe(0.2);
  expect(seen.get('sextant_limit_left_ratio{source="alpaca",window="60s"}')).toBe(0.75);
  expect(seen.get('sextant_limit_left_ratio{source="alpaca",window="86400s"}')).toBe(0);
  expect(seen.get('sextant_source_health_ratio{source="alpaca"}')).toBe(0.75);
  expect(seen.get('sextant_breaker_endpoints{source="alpaca",state="open"}')).toBe(1);
  expect(seen.get('sextant_breaker_endpoints{source="alpaca",state="probing"}')).toBe(0);
  expect(seen.has('sextant_breaker_endpoints{source="xai",state="open"}')).toBe(false);
  expect(seen.has('sextant_source_last_answer_timestamp_seconds{source="xai"}')).toBe(false);
  expect(seen.get('sextant_source_state{source="alpaca",state="limited"}')).toBe(1);
  expect(seen.get('sextant_source_state{source="alpaca",state="ok"}')).toBe(0);
});

test('what is kept is shown per source, and not where nothing is', async () => {
  await busy();
  const seen = await scraped();
  const lookups = 'sextant_cache_lookups_total{source="alpaca"';
  expect(seen.get(`${lookups},outcome="hit"}`)).toBe(7);
  expect(seen.get(`${lookups},outcome="stale"}`)).toBe(2);
  expect(seen.get(`${lookups},outcome="miss"}`)).toBe(5);
  expect(seen.get('sextant_cache_served_total{source="alpaca",tier="memory"}')).toBe(6);
  expect(seen.get('sextant_cache_served_total{source="alpaca",tier="second"}')).toBe(3);
  expect(seen.get('sextant_cache_answer_age_seconds_sum{source="alpaca"}')).toBe(4);
  expect(seen.has('sextant_cache_answer_age_seconds_sum{source="xai"}')).toBe(false);
  expect(seen.get('sextant_cache_entries{source="alpaca"}')).toBe(4);
  expect(seen.get('sextant_cache_bytes{source="alpaca"}')).toBe(3_300);
  expect(seen.has('sextant_cache_entries{source="xai"}')).toBe(false);
});

test('what the parts of the service hold is shown, in bytes only where these are known', async () => {
  metrics.showSizes(() => [
    { component: 'queue', entries: 7, bytes: null },
    { component: 'bars', entries: 600, bytes: 28_800 },
  ]);
  const seen = await scraped();
  expect(seen.get('sextant_component_entries{component="queue"}')).toBe(7);
  expect(seen.get('sextant_component_entries{component="bars"}')).toBe(600);
  expect(seen.get('sextant_component_bytes{component="bars"}')).toBe(28_800);
  expect(seen.has('sextant_component_bytes{component="queue"}')).toBe(false);
});

test('connections are shown by origin, a phase that nobody reached is not', async () => {
  onPhase('https://data.alpaca.markets', 'headers', 50);
  onPhase('https://data.alpaca.markets', 'headers', 120);
  const seen = await scraped();
  const origin = 'origin="https://data.alpaca.markets"';
  expect(seen.get(`sextant_pool_connections{${origin},state="free"}`)).toBe(2);
  expect(seen.get(`sextant_pool_requests_reused_total{${origin}}`)).toBe(35);
  const phase = 'sextant_pool_phase_duration_seconds';
  expect(seen.get(`${phase}_bucket{le="0.1",${origin},phase="headers"}`)).toBe(1);
  expect(seen.get(`${phase}_sum{${origin},phase="headers"}`)).toBeCloseTo(0.17, 12);
  expect(seen.has(`${phase}_count{${origin},phase="body"}`)).toBe(false);
});

test('whoever scrapes is told what kind of prices it is about', async () => {
  const { text } = await metrics.text('prometheus');
  expect(text).toContain('sextant_info{data="SIMULATED",config_version="c0ffee00c0ffee00"} 1');
});

test('one scrape looks at the sources once, the next one anew', async () => {
  const looks = vi.spyOn(service.live, 'sources');
  const own = new Metrics();
  own.show(service.live, null);
  await Promise.all([own.text('prometheus'), own.text('openMetrics')]);
  expect(looks).toHaveBeenCalledTimes(2);
});

test('what audits found is counted by outcome', async () => {
  const { audits } = service.live.state();
  const seen = await scraped();
  const name = 'sextant_audited_decisions_total';
  expect(seen.get(`${name}{outcome="equal"}`)).toBe(audits.equal);
  expect(seen.get(`${name}{outcome="different"}`)).toBe(audits.audited - audits.equal);
  expect(seen.get(`${name}{outcome="incomplete"}`)).toBe(audits.incomplete);
});

describe('the formats', () => {
  test('promtool finds nothing to complain about', async () => {
    await busy();
    const { text } = await metrics.text('prometheus');
    expect(text.length).toBeGreaterThan(5_000);
    expect(promtool(['check', 'metrics'], text)).toEqual({ status: 0, said: '' });
  });

  test('OpenMetrics ends with its mark and names counters without their suffix', async () => {
    await busy();
    const { contentType, text } = await metrics.text('openMetrics');
    expect(contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(text.endsWith('# EOF\n')).toBe(true);
    expect(text).toContain('# TYPE sextant_provider_requests counter');
    expect((await metrics.text('prometheus')).text).toContain(
      '# TYPE sextant_provider_requests_total counter',
    );
  });
});
