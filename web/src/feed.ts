import { effect } from '@preact/signals';
import type {
  BarsAnswer,
  DecisionsAnswer,
  SignalsAnswer,
  SourcesAnswer,
  StateAnswer,
  StatisticsAnswer,
  StreamEvents,
} from '../../src/api/contract.ts';
import { newerOf, withEvent, withOutcome } from './news.ts';
import * as store from './store.ts';

/** Brings the service's news into the store: the stream for what is new, a few requests for what it does not carry. */

const RECONNECT_MS = 3_000;
/** Also without any event: a service that stands still must be seen to. */
const REFRESH_MS = 10_000;
const CHART_BARS = 240;
/** At most this share of the time is spent on refreshing, however long one takes. */
const REFRESH_SHARE = 0.1;
const REFRESH_PAUSE_MS = 1_000;

async function read<Answer>(path: string): Promise<Answer> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json() as Promise<Answer>;
}

let stream: EventSource | null = null;

export function startFeed(): void {
  const refresh = paced(() => refreshAll().then(caughtUp, lost));
  connect(refresh);
  setInterval(refresh, REFRESH_MS);
  setInterval(tick, 500);
  effect(() => {
    if (store.selectedId.value !== null) void refreshChart(store.selectedId.value).catch(lost);
  });
}

function connect(refresh: () => void): void {
  const opened = new EventSource('/stream');
  stream = opened;
  opened.addEventListener('open', refresh);
  opened.addEventListener('error', () => {
    lost();
    // The browser reconnects by itself unless the server refused, as after a restart with another record.
    if (opened.readyState === EventSource.CLOSED) setTimeout(() => connect(refresh), RECONNECT_MS);
  });
  on(opened, 'decision', ({ body }) => {
    store.decisions.value = replaced(body);
  });
  on(opened, 'signal', ({ seq, body }) => {
    store.recentSignals.value = withEvent(store.recentSignals.value ?? [], seq, body);
    store.chartSignals.value = withEvent(store.chartSignals.value, seq, body).filter(isOfSelected);
  });
  on(opened, 'outcome', ({ body }) => {
    store.recentSignals.value = withOutcome(store.recentSignals.value ?? [], body);
  });
  on(opened, 'cycle', ({ atMs }) => {
    setServiceTime(Math.max(atMs, store.nowMs.peek()));
    refresh();
  });
}

function on<Name extends keyof StreamEvents>(
  stream: EventSource,
  name: Name,
  take: (event: StreamEvents[Name]) => void,
): void {
  stream.addEventListener(name, ({ data }: MessageEvent<string>) =>
    take(JSON.parse(data) as StreamEvents[Name]),
  );
}

function replaced(decision: StreamEvents['decision']['body']) {
  const known = new Map(store.decisions.peek());
  return known.set(decision.instrumentId, decision);
}

/** Up to date, and told of what comes. */
function caughtUp(): void {
  if (stream?.readyState === EventSource.OPEN) store.connection.value = { kind: 'open' };
}

function lost(): void {
  if (store.connection.peek().kind !== 'lost') store.connection.value = { kind: 'lost', sinceMs: Date.now() };
}

async function refreshAll(): Promise<void> {
  const [state, { decisions }, { sources }, { signals }, statistics] = await Promise.all([
    read<StateAnswer>('/api/v1/state'),
    read<DecisionsAnswer>('/api/v1/decisions'),
    read<SourcesAnswer>('/api/v1/sources'),
    read<SignalsAnswer>('/api/v1/signals?limit=30'),
    read<StatisticsAnswer>('/api/v1/statistics?by=side'),
  ]);
  const isOtherService = store.state.peek()?.startedAtMs !== state.startedAtMs;
  store.decisions.value = newerOf(isOtherService ? null : store.decisions.peek(), decisions);
  store.state.value = state;
  store.sources.value = sources;
  store.recentSignals.value = signals;
  store.statistics.value = statistics;
  setServiceTime(state.nowMs);
  const id = store.selectedId.peek();
  if (id !== null) await refreshChart(id);
}

async function refreshChart(id: string): Promise<void> {
  const instrument = encodeURIComponent(id);
  const [bars, { signals }] = await Promise.all([
    read<BarsAnswer>(`/api/v1/bars?instrument=${instrument}&count=${CHART_BARS}`),
    read<SignalsAnswer>(`/api/v1/signals?instrument=${instrument}&limit=100`),
  ]);
  if (store.selectedId.peek() !== id) return;
  store.bars.value = bars;
  store.chartSignals.value = signals;
}

const isOfSelected = ({ signal }: SignalsAnswer['signals'][number]): boolean =>
  signal.instrumentId === store.selectedId.peek();

let serviceTime = { atMs: 0, readAtMs: 0 };

function setServiceTime(atMs: number): void {
  serviceTime = { atMs, readAtMs: performance.now() };
  store.nowMs.value = atMs;
}

/** Between news the service's clock is taken to run at the pace of ours. */
function tick(): void {
  const { atMs, readAtMs } = serviceTime;
  if (atMs > 0 && store.connection.peek().kind === 'open')
    store.nowMs.value = atMs + performance.now() - readAtMs;
}

/** Runs `work` now or after a pause, never twice at once; calls in between are served by one run afterwards. */
function paced(work: () => Promise<void>): () => void {
  let running = false;
  let wanted = false;
  const run = async (): Promise<void> => {
    running = true;
    wanted = false;
    const startedMs = performance.now();
    await work();
    const tookMs = performance.now() - startedMs;
    setTimeout(
      () => {
        running = false;
        if (wanted) void run();
      },
      Math.max(REFRESH_PAUSE_MS, tookMs / REFRESH_SHARE),
    );
  };
  return () => {
    wanted = true;
    if (!running) void run();
  };
}
