import { describe, expect, test } from 'vitest';
import { checkCertificate } from './consensus/verify-certificate.ts';
import { CONSENSUS_DEFAULTS, FLAG_DEFAULTS, PLANNER_DEFAULTS } from './core/options.ts';
import { type Script, stage } from './engine.testing.ts';
import type { Remembered } from './planner/drift-book.ts';

/** Each says what it wants of the world; the last one costs money and is not needed to decide. */
const WORLD = (paid: Script = {}): Record<string, Script> => ({
  alpaca: { score: 0.9 },
  massive: { score: 0.9 },
  yahoo: { score: 0.8 },
  gauge: { score: 0.9, market: false },
  xai: { score: -0.2, priceUsd: 0.01, market: false, ...paid },
});

const auditing = (auditShare: number, mode: 'certain' | 'calibrated' = 'certain') => ({
  config: {
    planner: { ...PLANNER_DEFAULTS, auditShare },
    consensus: { ...CONSENSUS_DEFAULTS, mode },
  },
});

describe('an audit', () => {
  test('asks everyone after the decision was published, and changes nothing in it', async () => {
    const plain = stage(WORLD(), ['AAPL']);
    const audited = stage(WORLD(), ['AAPL'], auditing(1));
    await plain.cycles(1);
    await audited.cycles(1);
    const ids = (asks: typeof plain.asks) => new Set(asks.map(({ sourceId }) => sourceId));
    expect(ids(plain.asks)).not.toContain('xai');
    expect(ids(audited.asks)).toContain('xai');
    expect(audited.published).toEqual(plain.published);
    expect(audited.board.state().audits).toMatchObject({ audited: 1, equal: 1, incomplete: 0, rate: 1 });
  });

  test('takes no kept answer, where the planned turn may take any that is of use', async () => {
    const { asks, cycles } = stage(WORLD(), ['AAPL'], auditing(1));
    await cycles(1);
    const half = asks.findIndex(({ fresh }) => fresh === true);
    expect(half).toBeGreaterThan(0);
    expect(asks.slice(half).every(({ fresh }) => fresh === true)).toBe(true);
    expect(asks.slice(0, half).every(({ fresh }) => fresh !== true)).toBe(true);
  });

  test('leaves the desks with more than the standing decision rests on, so the next turn weighs it anew', async () => {
    const { desks, cycles } = stage(WORLD(), ['AAPL'], auditing(1));
    await cycles(1);
    expect(desks[0]).toMatchObject({ weighed: null, standing: { kind: 'BUY' } });
  });

  test('also covers decisions that were merely confirmed', async () => {
    const { board, cycles } = stage(WORLD(), ['AAPL'], auditing(1));
    await cycles(5);
    expect(board.state().audits).toMatchObject({ audited: 5, equal: 5 });
  });

  test('that comes to another decision is counted as such, and the published one stays', async () => {
    const world = WORLD();
    const { board, cycles } = stage(world, ['AAPL'], auditing(1));
    board.onCommitted(() => {
      for (const id of ['massive', 'yahoo'])
        Object.assign(world[id] ?? {}, { priceFactor: id === 'yahoo' ? 1.1 : 0.9 });
    });
    await cycles(1);
    expect(board.state().audits).toMatchObject({ audited: 1, equal: 0, rate: 0 });
    expect(board.decisions()[0]?.kind).toBe('BUY');
  });

  test('is drawn by chance: about the configured share, the same for one seed', async () => {
    const counts: number[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { board, cycles } = stage(WORLD(), ['AAPL', 'MSFT'], auditing(0.2));
      await cycles(60);
      counts.push(board.state().audits.audited);
    }
    expect(counts[0]).toBe(counts[1]);
    expect(counts[0]).toBeGreaterThan(8);
    expect(counts[0]).toBeLessThan(45);
  });

  test('with a share of 0 asks nobody and draws nothing', async () => {
    const { board, cycles } = stage(WORLD(), ['AAPL'], auditing(0));
    await cycles(3);
    expect(board.state().audits).toMatchObject({ symbols: 0, audited: 0, rate: null, ci95: null });
  });

  test('has nothing to find where everyone is asked anyway', async () => {
    const flags = { ...FLAG_DEFAULTS, changeGate: false, decidedVote: false, opinionReuse: false };
    const { config } = auditing(1);
    const { board, cycles } = stage(WORLD(), ['AAPL'], { config: { ...config, flags } });
    await cycles(2);
    expect(board.state().audits.audited).toBe(0);
  });

  test('takes the silence of a source for the world, not for a fault of its own', async () => {
    const { board, cycles } = stage(WORLD({ fails: true }), ['AAPL'], auditing(1));
    await cycles(2);
    expect(board.state().audits).toMatchObject({ audited: 2, equal: 2, incomplete: 0 });
  });

  test('teaches how far the unasked drift', async () => {
    const { board, cycles } = stage(WORLD(), ['AAPL'], auditing(1));
    await cycles(40);
    expect(board.state().audits.pairs.xai).toBeGreaterThan(0);
  });
});

describe('an unasked voter that was heard before', () => {
  /** Heard in the first cycle, where it is needed for the quorum; a minute later the others suffice. */
  async function unaskedBallot(mode: 'certain' | 'calibrated', pairs: number) {
    const world = WORLD();
    const { board, cycles, drift } = stage(world, ['AAPL'], auditing(0, mode));
    const audited: Remembered = {
      sourceId: 'xai',
      regime: 'crisis',
      score: 0,
      ageMs: 400_000,
      ttlMs: 90_000,
    };
    for (let count = 0; count < pairs; count += 1) drift.learn(audited, 0.1);
    Object.assign(world.gauge ?? {}, { fails: true });
    await cycles(1);
    Object.assign(world.gauge ?? {}, { fails: false });
    await cycles(15);
    const [decision] = board.decisions();
    if (decision === undefined) throw new Error('nothing was decided');
    expect(checkCertificate(decision)).toBeNull();
    return decision.certificate.voters.find(({ sourceId }) => sourceId === 'xai')?.ballot;
  }

  const anything = { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 };

  test('may answer anything in mode certain', async () => {
    expect(await unaskedBallot('certain', 5_000)).toEqual(anything);
  });

  test('may answer anything in mode calibrated until 999 audits tell how it drifts', async () => {
    expect(await unaskedBallot('calibrated', 998)).toEqual(anything);
  });

  test('may answer what its drift allows in mode calibrated after that', async () => {
    expect(await unaskedBallot('calibrated', 999)).toEqual({
      state: 'open',
      lowMicro: -300_000,
      highMicro: -100_000,
      pairs: 999,
    });
  });
});
