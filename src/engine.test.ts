import { describe, expect, test } from 'vitest';
import { checkCertificate } from './consensus/verify-certificate.ts';
import { LedgerError } from './core/ledger.ts';
import { FLAG_DEFAULTS, PLANNER_DEFAULTS } from './core/options.ts';
import { START_MS, stage } from './engine.testing.ts';
import { createMemoryLedger } from './ledger/memory/ledger.ts';

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

  test('says behind which gate a decision stands: a share, or what the symbol’s own volatility makes of it', async () => {
    const byShare = stage(AGREEING, ['BTC-USD']);
    await byShare.cycles(2);
    expect(byShare.board.decisions()[0]?.gate).toEqual({ price: expect.any(Number), moveMin: 0.005 });

    const planner = { ...PLANNER_DEFAULTS, auditShare: 0, moveVolatility: 6 };
    const byVolatility = stage(AGREEING, ['BTC-USD'], { config: { planner } });
    await byVolatility.cycles(2);
    const { moveMin = 0 } = byVolatility.board.decisions()[0]?.gate ?? {};
    expect(moveMin).toBeGreaterThan(0.0005);
    expect(moveMin).toBeLessThan(0.003);
  });

  test('says with every question how urgent it is: a pinned symbol more than others, a price never patient', async () => {
    const planner = { ...PLANNER_DEFAULTS, auditShare: 0, pinned: ['ETH-USD'] };
    const { asks, cycles } = stage(AGREEING, ['BTC-USD', 'ETH-USD'], { config: { planner } });
    await cycles(14);
    const prioritiesOf = (id: string, kind: string) =>
      asks
        .filter(({ question }) => question.instrument.id === id && question.kind === kind)
        .map(({ priority = -1 }) => priority);
    for (const kind of ['market', 'bars']) {
      const [others, pinned] = ['BTC-USD', 'ETH-USD'].map((id) => prioritiesOf(id, kind));
      expect(Math.min(...(others ?? []))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...(others ?? []))).toBeLessThanOrEqual(0.5);
      expect(Math.min(...(pinned ?? []))).toBeGreaterThanOrEqual(0.5);
    }
    expect(asks.filter(({ question, isPatient }) => question.kind === 'market' && isPatient)).toEqual([]);
    const bars = asks.filter(({ question }) => question.kind === 'bars');
    expect(bars[0]?.isPatient, 'nothing has been heard yet').toBe(false);
    expect(bars.at(-1)?.isPatient, 'what it said holds for now').toBe(true);
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

  test('warms up on history that comes too late for the price', async () => {
    const slow = { score: 1, latencyMs: 800 };
    const { board, cycles } = stage({ a: slow, b: slow, c: slow }, ['BTC-USD']);
    await cycles(3);
    expect(board.decisions()[0]?.regime).not.toBeNull();
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

  test('says who kept silent where nobody gives a price', async () => {
    const { board, cycles } = stage({ a: { fails: true }, b: { fails: true } }, ['BTC-USD']);
    await cycles(2);
    const [decision] = board.decisions();
    expect(decision).toMatchObject({ kind: 'ABSTAIN', reason: 'noPrice' });
    expect(decision?.detail).toMatch(/^a: .+; b: .+/);
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
        recover: () => Promise.reject(new LedgerError('disk full')),
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
      pacing: false,
      adaptiveCache: false,
      backoff: false,
      breaker: false,
      fallback: false,
      hedging: false,
    };
    const { asks, cycles } = stage(AGREEING, ['BTC-USD'], { config: { flags } });
    await cycles(2);
    asks.length = 0;
    await cycles(1);
    expect(asks.map(({ sourceId }) => sourceId).sort()).toEqual(['a', 'a', 'b', 'b', 'c']);
  });
});
