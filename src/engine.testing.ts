import { VoterDesk } from './analysts/voter-desk.ts';
import { VoteMemo } from './consensus/vote-memo.ts';
import { shareOut } from './consensus/weights.ts';
import type { AnalystSpec } from './core/analyst.ts';
import type { Answer, Ask, DataFault, Gateway } from './core/answer.ts';
import type { Bar } from './core/bar.ts';
import { type FailureKind, failure } from './core/failure.ts';
import { instrumentOf } from './core/instrument.ts';
import type { Ledger, LedgerEntry } from './core/ledger.ts';
import type { Meter } from './core/meter.ts';
import {
  type BackupOptions,
  CACHE_DEFAULTS,
  CONSENSUS_DEFAULTS,
  type Config,
  FLAG_DEFAULTS,
  GATE_DEFAULTS,
  OUTCOME_DEFAULTS,
  PLANNER_DEFAULTS,
  SERVER_DEFAULTS,
  SIGNAL_DEFAULTS,
  type SourceOptions,
} from './core/options.ts';
import type { Question, View } from './core/question.ts';
import { type Endpoint, NO_LIMIT_STATE, type Source } from './core/source.ts';
import type { Tracer } from './core/tracer.ts';
import type { OnFault } from './cycle.ts';
import { Engine } from './engine.ts';
import { createMemoryLedger } from './ledger/memory/ledger.ts';
import { DriftBook } from './planner/drift-book.ts';
import { createSeededRandom } from './platform/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from './platform/virtual-clock.ts';
import { MarketDesk } from './signals/market-desk.ts';
import { LiveBoard } from './telemetry/live-board.ts';
import { Auditor } from './turn/auditor.ts';
import { backupSeats } from './turn/backup-seats.ts';
import type { Desk, Seat } from './turn/desk.ts';

const MINUTE_MS = 60_000;
/** After a deadline: until the answer that it has passed. */
const SETTLING_MS = 5;
/** A Wednesday, half an hour into regular trading. */
export const START_MS = Date.parse('2026-01-14T15:00:00Z');

/** How one scripted source behaves. */
export type Script = {
  score?: number;
  latencyMs?: number;
  /** By instrument: how much longer than that it takes, in ms. */
  lagMs?: Readonly<Record<string, number>>;
  priceFactor?: number;
  fails?: boolean;
  /** How; `down` where it is not said. */
  failsWith?: FailureKind;
  /** Its analyst has a bug: it throws on every bar. */
  throws?: boolean;
  priceUsd?: number;
  market?: boolean;
  /** Its bars end there (Unix ms), however late it is asked. */
  barsUntilMs?: number;
  backups?: readonly BackupOptions[];
  /** It does not vote. */
  isBackup?: boolean;
  operator?: string;
};

const endpoint = (kind: Question['kind']): Endpoint => ({
  name: kind,
  kind,
  batchMax: 1,
  accepts: () => true,
  weight: () => 1,
  request: () => ({ method: 'GET', url: 'https://x.test', headers: {}, body: null }),
  parse: () => ({ readings: [], reportedCostUsd: null, nextPage: null }),
});

function seat(id: string, script: Script): Seat {
  const options: SourceOptions = {
    id,
    kind: id,
    enabled: true,
    weight: script.isBackup === true ? 0 : 1,
    operator: script.operator ?? `${id}-inc`,
    analyst: id,
    baseUrl: 'https://x.test',
    keys: {},
    options: {},
    limits: [],
    priceUsdPerCall: script.priceUsd ?? 0,
    budget: null,
    concurrency: null,
    timeoutMs: 2_000,
    ttlMs: 90_000,
    nearTtlMs: null,
    untilNextBar: false,
    backups: script.backups ?? [],
    sharesLimitsWith: null,
  };
  const kinds: Question['kind'][] = script.market === false ? ['bars'] : ['market', 'bars'];
  const source: Source = {
    id,
    operator: options.operator,
    title: id,
    defaultBaseUrl: 'https://x.test',
    keys: {},
    options: {},
    limits: [],
    priceUsdPerCall: 0,
    endpoints: kinds.map(endpoint),
    limitState: () => NO_LIMIT_STATE,
  };
  const analyst: AnalystSpec = {
    id,
    needs: 'bars',
    warmupBars: 5,
    create() {
      let last: Bar | undefined;
      return {
        absorb(view) {
          if (script.throws === true) throw new TypeError('undefined is not a number');
          if (view.kind === 'bars') last = view.bars.at(-1) ?? last;
        },
        assess: () =>
          last === undefined
            ? null
            : { score: script.score ?? 0, because: `${id} says so`, dataAtMs: last.openAtMs + MINUTE_MS },
      };
    },
  };
  return { options, source, analyst };
}

const priceAt = (atMs: number): number => 100 + Math.sin(atMs / 7_000_000);

function viewOf(question: Question, script: Script, nowMs: number): View {
  const factor = script.priceFactor ?? 1;
  if (question.kind === 'bars') {
    const bars: Bar[] = [];
    const toMs = Math.min(question.toMs, script.barsUntilMs ?? Number.POSITIVE_INFINITY);
    for (let openAtMs = question.fromMs; openAtMs + MINUTE_MS <= toMs; openAtMs += MINUTE_MS) {
      const price = priceAt(openAtMs) * factor;
      bars.push({
        openAtMs,
        intervalMs: MINUTE_MS,
        open: price,
        high: price * 1.001,
        low: price * 0.999,
        close: price,
        volume: 1,
      });
    }
    return { kind: 'bars', bars };
  }
  const price = priceAt(nowMs) * factor;
  const { id, quote } = question.instrument;
  return {
    kind: 'market',
    quote: {
      instrumentId: id,
      price,
      currency: quote,
      bid: null,
      ask: null,
      eventAtMs: nowMs,
      receivedAtMs: nowMs,
    },
    bars: [],
  };
}

/** An engine on scripted sources, a gateway without limits and a clock that only the test moves. */
export function stage(
  scripts: Record<string, Script>,
  symbols: string[],
  overrides: {
    ledger?: Ledger;
    startMs?: number;
    config?: Partial<Config>;
    meter?: Pick<Meter, 'shadow'>;
    tracer?: Tracer;
    onFault?: OnFault;
  } = {},
) {
  const clock: VirtualClock = createVirtualClock(overrides.startMs ?? START_MS);
  const asks: Ask[] = [];
  const judgements: { sourceId: string; fault: DataFault | null }[] = [];
  const gateway: Gateway = {
    ask: (batch) =>
      Promise.all(
        batch.map(async (ask): Promise<Answer> => {
          asks.push(ask);
          const script = scripts[ask.sourceId] ?? {};
          const lagMs = script.lagMs?.[ask.question.instrument.id] ?? 0;
          const atMs = clock.nowMs() + (script.latencyMs ?? 20) + lagMs;
          await clock.sleepUntil(Math.min(atMs, ask.deadlineAtMs + SETTLING_MS));
          if (atMs > ask.deadlineAtMs)
            return { kind: 'failed', failure: failure('timeout', 'no answer before the deadline') };
          if (script.fails === true)
            return {
              kind: 'failed',
              failure: failure(script.failsWith ?? 'down', '503 Service Unavailable'),
            };
          const provenance = {
            sourceId: ask.sourceId,
            endpoint: 'e',
            eventAtMs: null,
            receivedAtMs: clock.nowMs(),
            digest: 'abc',
          };
          return {
            kind: 'fresh',
            view: viewOf(ask.question, script, clock.nowMs()),
            provenance,
            latencyMs: script.latencyMs ?? 20,
          };
        }),
      ),
    put: (ask, told) => void gateway.ask([ask]).then(([answer]) => told(answer as Answer)),
    judged: ({ sourceId }, fault) => judgements.push({ sourceId, fault }),
    health: () => [],
    close: async () => {},
  };
  const seats = Object.entries(scripts).map(([id, script]) => seat(id, script));
  const config: Config = {
    symbols: symbols.map(instrumentOf),
    cycleMs: 5_000,
    cycleOffsetMs: 0,
    sources: seats.map(({ options }) => options),
    watch: { stock: [], crypto: [] },
    consensus: CONSENSUS_DEFAULTS,
    gates: GATE_DEFAULTS,
    planner: { ...PLANNER_DEFAULTS, auditShare: 0 },
    signals: SIGNAL_DEFAULTS,
    outcomes: OUTCOME_DEFAULTS,
    ledger: { path: '' },
    server: SERVER_DEFAULTS,
    log: { level: 'silent' },
    cache: CACHE_DEFAULTS,
    flags: FLAG_DEFAULTS,
    ...overrides.config,
  };
  const voters = seats.filter(({ options }) => options.weight > 0);
  const weights = shareOut(voters.map(({ options }) => ({ sourceId: options.id, weight: 1 })));
  const desks: Desk[] = config.symbols.map((instrument) => ({
    instrument,
    market: new MarketDesk(instrument),
    watchers: seats.filter(({ source }) => source.endpoints.some(({ kind }) => kind === 'market')),
    voters: voters.map((entry) => ({
      seat: entry,
      weightPpb: weights.get(entry.options.id) ?? 0,
      desk: new VoterDesk({
        sourceId: entry.options.id,
        instrument,
        reader: { analyst: entry.analyst, options: { ttlMs: 90_000, untilNextBar: false } },
        futureMsMax: 5_000,
      }),
      backups: backupSeats(entry, instrument, config, seats),
    })),
    gate: null,
    votes: new VoteMemo(),
    weighed: null,
    quietUntilMs: 0,
    turnAtMs: 0,
    standing: null,
    signal: null,
  }));
  const ledger = overrides.ledger ?? createMemoryLedger();
  const { meter, tracer } = overrides;
  const turnParts = {
    config,
    configVersion: 'v1',
    gateway,
    clock,
    drift: new DriftBook(config.consensus.miscoverage),
    meter,
    tracer,
  };
  const auditor = new Auditor(turnParts, desks, createSeededRandom('audits'));
  const board = new LiveBoard({
    label: { kind: 'LIVE' },
    cycleMs: 5_000,
    configVersion: 'v1',
    sources: [],
    clock,
    health: () => [],
    meter: null,
    bars: () => [],
    audits: () => auditor.counts(),
  });
  const failures: unknown[] = [];
  const engine = new Engine({
    ...turnParts,
    ledger,
    board,
    desks,
    auditor,
    onLedgerFailure: (error) => failures.push(error),
    onFault: overrides.onFault,
  });
  const published: LedgerEntry[] = [];
  board.onCommitted((entries) => published.push(...entries));
  const cycles = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const slotAtMs = Math.ceil((clock.nowMs() + 1) / 5_000) * 5_000;
      await clock.advanceTo(slotAtMs);
      const run = engine.runCycle(slotAtMs);
      await clock.advanceTo(slotAtMs + 4_999);
      await run;
    }
  };
  return {
    engine,
    config,
    board,
    ledger,
    clock,
    drift: turnParts.drift,
    desks,
    asks,
    judgements,
    published,
    failures,
    cycles,
  };
}
