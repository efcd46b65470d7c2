import { describe, expect, test } from 'vitest';
import { VoterDesk } from './analysts/voter-desk.ts';
import { checkCertificate } from './consensus/verify-certificate.ts';
import { shareOut } from './consensus/weights.ts';
import type { AnalystSpec } from './core/analyst.ts';
import type { Answer, Ask, Gateway } from './core/answer.ts';
import type { Bar } from './core/bar.ts';
import { failure } from './core/failure.ts';
import { instrumentOf } from './core/instrument.ts';
import type { Ledger, LedgerEntry } from './core/ledger.ts';
import { LedgerError } from './core/ledger.ts';
import {
  CONSENSUS_DEFAULTS,
  type Config,
  FLAG_DEFAULTS,
  GATE_DEFAULTS,
  PLANNER_DEFAULTS,
  SERVER_DEFAULTS,
  SIGNAL_DEFAULTS,
  type SourceOptions,
} from './core/options.ts';
import type { Question, View } from './core/question.ts';
import { type Endpoint, NO_LIMIT_STATE, type Source } from './core/source.ts';
import { Engine } from './engine.ts';
import { createMemoryLedger } from './ledger/memory/ledger.ts';
import { createVirtualClock, type VirtualClock } from './platform/virtual-clock.ts';
import { MarketDesk } from './signals/market-desk.ts';
import { LiveBoard } from './telemetry/live-board.ts';
import type { Desk, Seat } from './turn.ts';

const MINUTE_MS = 60_000;
/** A Wednesday, half an hour into regular trading. */
const START_MS = Date.parse('2026-01-14T15:00:00Z');

/** How one scripted source behaves. */
type Script = {
  score?: number;
  latencyMs?: number;
  priceFactor?: number;
  fails?: boolean;
  priceUsd?: number;
  market?: boolean;
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
    weight: 1,
    operator: `${id}-inc`,
    analyst: id,
    baseUrl: 'https://x.test',
    keys: {},
    options: {},
    limits: [],
    priceUsdPerCall: script.priceUsd ?? 0,
    timeoutMs: 2_000,
    ttlMs: 90_000,
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
    for (let openAtMs = question.fromMs; openAtMs + MINUTE_MS <= question.toMs; openAtMs += MINUTE_MS) {
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

function stage(
  scripts: Record<string, Script>,
  symbols: string[],
  overrides: { ledger?: Ledger; startMs?: number; config?: Partial<Config> } = {},
) {
  const clock: VirtualClock = createVirtualClock(overrides.startMs ?? START_MS);
  const asks: Ask[] = [];
  const gateway: Gateway = {
    askEach: (batch) =>
      batch.map(async (ask): Promise<Answer> => {
        asks.push(ask);
        const script = scripts[ask.sourceId] ?? {};
        await clock.sleepUntil(clock.nowMs() + (script.latencyMs ?? 20));
        if (script.fails === true)
          return { kind: 'failed', failure: failure('down', '503 Service Unavailable') };
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
    ask: (batch) => Promise.all(gateway.askEach(batch)),
    health: () => [],
    close: async () => {},
  };
  const seats = Object.entries(scripts).map(([id, script]) => seat(id, script));
  const config: Config = {
    symbols: symbols.map(instrumentOf),
    cycleMs: 5_000,
    sources: seats.map(({ options }) => options),
    watch: { stock: [], crypto: [] },
    consensus: CONSENSUS_DEFAULTS,
    gates: GATE_DEFAULTS,
    planner: PLANNER_DEFAULTS,
    signals: SIGNAL_DEFAULTS,
    ledger: { path: '' },
    server: SERVER_DEFAULTS,
    flags: FLAG_DEFAULTS,
    ...overrides.config,
  };
  const weights = shareOut(seats.map(({ options }) => ({ sourceId: options.id, weight: 1 })));
  const desks: Desk[] = config.symbols.map((instrument) => ({
    instrument,
    market: new MarketDesk(instrument),
    watchers: seats.filter(({ source }) => source.endpoints.some(({ kind }) => kind === 'market')),
    voters: seats.map((entry) => ({
      seat: entry,
      weightPpb: weights.get(entry.options.id) ?? 0,
      desk: new VoterDesk({
        sourceId: entry.options.id,
        instrument,
        spec: entry.analyst,
        ttlMs: 90_000,
        futureMsMax: 5_000,
      }),
    })),
    gate: null,
    weighed: null,
    standing: null,
    signal: null,
  }));
  const ledger = overrides.ledger ?? createMemoryLedger();
  const board = new LiveBoard({
    label: { kind: 'LIVE' },
    cycleMs: 5_000,
    configVersion: 'v1',
    sources: [],
    clock,
    health: () => [],
    bars: () => [],
  });
  const failures: unknown[] = [];
  const engine = new Engine({
    config,
    configVersion: 'v1',
    gateway,
    ledger,
    clock,
    board,
    desks,
    onLedgerFailure: (error) => failures.push(error),
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
  return { engine, board, ledger, clock, asks, published, failures, cycles };
}

/** Otherwise a vote may be decided before a faulty source has shown its fault. */
const ASK_ALL = { flags: { ...FLAG_DEFAULTS, decidedVote: false } };

const AGREEING = { a: { score: 0.8 }, b: { score: 0.6 }, c: { score: 0.7 } };

describe('the engine', () => {
  test('says BUY where the sources agree, opens one signal, and everything verifies', async () => {
    const { board, ledger, published, cycles } = stage(AGREEING, ['BTC-USD', 'AAPL']);
    await cycles(3);
    expect(board.decisions().map(({ instrumentId, kind }) => [instrumentId, kind])).toEqual([
      ['BTC-USD', 'BUY'],
      ['AAPL', 'BUY'],
    ]);
    expect(published.filter(({ type }) => type === 'signal')).toHaveLength(2);
    expect(await ledger.verify({ checkDecision: checkCertificate })).toMatchObject({
      fault: null,
      cycles: 3,
    });
    expect(board.state()).toMatchObject({ decisionsDue: 6, decisionsMade: 6, ready: true });
  });

  test('writes a decision row only when the decision changes, and a cycle row always', async () => {
    const { published, cycles } = stage(AGREEING, ['BTC-USD']);
    await cycles(6);
    expect(published.filter(({ type }) => type === 'cycle')).toHaveLength(6);
    expect(published.filter(({ type }) => type === 'decision').length).toBeLessThan(3);
  });

  test('asks for nothing but one price while nothing changes', async () => {
    const { asks, cycles } = stage(AGREEING, ['BTC-USD']);
    await cycles(2);
    asks.length = 0;
    await cycles(5);
    expect(asks.filter(({ question }) => question.kind === 'bars')).toEqual([]);
    expect(asks.length).toBe(5);
  });

  test('leaves a paid source unasked where the free ones decide', async () => {
    const scripts = {
      a: { score: 0 },
      b: { score: 0 },
      c: { score: 0 },
      d: { score: 0 },
      paid: { score: 1, priceUsd: 1, market: false },
    };
    const { asks, board, cycles } = stage(scripts, ['BTC-USD']);
    await cycles(3);
    expect(asks.filter(({ sourceId }) => sourceId === 'paid')).toEqual([]);
    expect(board.decisions()[0]).toMatchObject({ kind: 'HOLD', certificate: { rule: 'insideTheta' } });
  });

  test('does not wait for a hanging source beyond the deadline, and names it', async () => {
    const { board, clock, cycles } = stage(
      { ...AGREEING, c: { score: -0.9, latencyMs: 60_000, market: false } },
      ['BTC-USD'],
    );
    await cycles(2);
    expect(board.decisions()[0]).toMatchObject({
      kind: 'BUY',
      leftOut: [{ sourceId: 'c', reason: 'timeout' }],
    });
    expect(board.state().lastCycleTookMs).toBeLessThanOrEqual(3_050);
    expect(clock.nowMs()).toBeGreaterThan(START_MS);
  });

  test('goes on without a dead source, and names it', async () => {
    const { board, cycles } = stage({ ...AGREEING, d: { fails: true } }, ['BTC-USD'], { config: ASK_ALL });
    await cycles(2);
    expect(board.decisions()[0]).toMatchObject({ kind: 'BUY' });
    expect(board.decisions()[0]?.leftOut).toContainEqual({
      sourceId: 'd',
      reason: 'down',
      detail: '503 Service Unavailable',
    });
  });

  test('keeps a source out whose prices are a hundredfold', async () => {
    const scripts = { ...AGREEING, lies: { score: -1, priceFactor: 100 } };
    const { board, cycles } = stage(scripts, ['BTC-USD'], { config: ASK_ALL });
    await cycles(2);
    const [decision] = board.decisions();
    expect(decision?.kind).toBe('BUY');
    expect(decision?.leftOut.map(({ sourceId, reason }) => [sourceId, reason])).toContainEqual([
      'lies',
      'mismatch',
    ]);
  });

  test('abstains where only one operator shows a price', async () => {
    const { board, cycles } = stage(
      { a: { score: 1 }, b: { score: 1, market: false }, c: { score: 1, market: false } },
      ['BTC-USD'],
    );
    await cycles(2);
    expect(board.decisions()[0]).toMatchObject({ kind: 'ABSTAIN', reason: 'unconfirmedPrice' });
  });

  test('abstains below quorum', async () => {
    const { board, cycles } = stage(
      {
        a: { score: 1 },
        b: { score: 1 },
        c: { fails: true, market: false },
        d: { fails: true, market: false },
      },
      ['BTC-USD'],
    );
    await cycles(2);
    expect(board.decisions()[0]).toMatchObject({ kind: 'ABSTAIN', reason: 'noQuorum' });
  });

  test('asks nobody while the market is closed', async () => {
    const { board, asks, cycles } = stage(AGREEING, ['AAPL'], {
      startMs: Date.parse('2026-01-17T15:00:00Z'),
    });
    await cycles(2);
    expect(asks).toEqual([]);
    expect(board.decisions()[0]).toMatchObject({
      kind: 'ABSTAIN',
      reason: 'marketClosed',
      detail: 'weekend',
    });
  });

  test('goes on after a restart without doubling anything', async () => {
    const first = stage(AGREEING, ['BTC-USD']);
    await first.cycles(2);
    const second = stage(AGREEING, ['BTC-USD'], { ledger: first.ledger, startMs: first.clock.nowMs() });
    await second.engine.restore();
    await second.cycles(3);
    expect(second.published.filter(({ type }) => type === 'signal')).toEqual([]);
    expect(await first.ledger.verify({ checkDecision: checkCertificate })).toMatchObject({
      fault: null,
      cycles: 5,
    });
  });

  test('shows nothing that the record refused', async () => {
    const ledger = createMemoryLedger();
    const { board, published, failures, cycles } = stage(AGREEING, ['BTC-USD'], {
      ledger: {
        ...ledger,
        standing: () => ledger.standing(),
        append: () => Promise.reject(new LedgerError('disk full')),
      },
    });
    await cycles(2);
    expect(published).toEqual([]);
    expect(board.decisions()).toEqual([]);
    expect(failures).toHaveLength(2);
    expect(board.state()).toMatchObject({ ready: false, decisionsDue: 2, decisionsMade: 0 });
    expect(board.state().troubles[0]).toMatch(/disk full/);
  });

  test('asks everyone anew, one after the other, where the improvements are switched off', async () => {
    const flags = {
      parallelSources: false,
      batching: false,
      opinionReuse: false,
      changeGate: false,
      decidedVote: false,
      connectionPool: false,
    };
    const { asks, cycles } = stage(AGREEING, ['BTC-USD'], { config: { flags } });
    await cycles(2);
    asks.length = 0;
    await cycles(1);
    expect(asks.map(({ sourceId }) => sourceId).sort()).toEqual(['a', 'a', 'b', 'b', 'c']);
  });
});
