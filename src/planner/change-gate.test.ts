import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../core/decision.ts';
import { PLANNER_DEFAULTS } from '../core/options.ts';
import type { Signal } from '../core/signal.ts';
import type { Ballot, Certificate } from '../core/vote.ts';
import { dueReason, moveMinOf, moveReason, quietUntilMs } from './change-gate.ts';

const YES: Ballot = { state: 'answered', scoreMicro: 1 };
const OPEN: Ballot = { state: 'open', lowMicro: -1, highMicro: 1 };
const AWAY: Ballot = { state: 'absent', reason: 'down' };

function standing(ballots: Record<string, Ballot>, rule: Certificate['rule'] = 'insideTheta'): Decision {
  const voters = Object.entries(ballots).map(([sourceId, ballot]) => ({
    sourceId,
    operator: sourceId,
    weightPpb: 1,
    ballot,
  }));
  const kind = rule === 'insideTheta' ? 'HOLD' : 'ABSTAIN';
  return { kind, certificate: { rule, voters } } as unknown as Decision;
}

const weighed = { atMs: 0, price: 100, moveMin: 0.005 };
const due = (input: {
  ballots?: Record<string, Ballot>;
  rule?: Certificate['rule'];
  nowMs?: number;
  refreshAtMs?: Record<string, number>;
  weighed?: null;
}) =>
  dueReason({
    weighed: input.weighed === null ? null : weighed,
    standing: standing(input.ballots ?? { a: YES }, input.rule),
    nowMs: input.nowMs ?? 1_000,
    refreshAtMs: (sourceId: string) => (input.refreshAtMs ?? { a: 60_000 })[sourceId] ?? 0,
    options: PLANNER_DEFAULTS,
  });

describe('whatever the price does', () => {
  test.each([
    ['nothing was weighed yet', { weighed: null }, /nothing stands/],
    ['the last look found no price', { rule: 'gate' as const }, /had to abstain/],
    ['too few voters had answered', { rule: 'noQuorum' as const, ballots: { a: AWAY } }, /had to abstain/],
    ['the heartbeat', { nowMs: 300_000, refreshAtMs: { a: 400_000 } }, /heartbeat/],
    ['an opinion that counted may be renewed', { nowMs: 60_000 }, /^a may have news$/],
    ['an opinion that counted is unknown by now', { refreshAtMs: {} }, /^a may have news$/],
  ])('%s opens the gate', (_title, input, expected) => {
    expect(due(input)).toMatch(expected);
  });

  test.each([
    ['nothing happened', {}],
    [
      'an opinion the vote did not need has run out',
      { ballots: { a: YES, b: OPEN }, refreshAtMs: { a: 60_000, b: 0 } },
    ],
    [
      'a source that had failed is still silent',
      { ballots: { a: YES, b: AWAY }, refreshAtMs: { a: 60_000, b: 0 } },
    ],
    ['the heartbeat is a moment away', { nowMs: 299_999, refreshAtMs: { a: 400_000 } }],
  ])('it stays shut where %s', (_title, input) => {
    expect(due(input)).toBeNull();
  });
});

test('it is quiet until the first moment at which something is due', () => {
  const anyMs = fc.integer({ min: 0, max: 400_000 });
  const anyBallot = fc.constantFrom(YES, OPEN, AWAY);
  fc.assert(
    fc.property(anyMs, anyBallot, anyBallot, anyMs, anyMs, (nowMs, a, b, aMs, bMs) => {
      const known = {
        weighed,
        standing: standing({ a, b }),
        refreshAtMs: (sourceId: string) => (sourceId === 'a' ? aMs : bMs),
        options: PLANNER_DEFAULTS,
      };
      expect(dueReason({ ...known, nowMs }) === null).toBe(nowMs < quietUntilMs(known));
    }),
  );
});

describe('the price', () => {
  const signal = (side: 'BUY' | 'SELL'): Signal =>
    ({
      side,
      target: side === 'BUY' ? 100.3 : 99.7,
      stop: side === 'BUY' ? 99.8 : 100.2,
    }) as unknown as Signal;

  test.each([
    [100.51, null, /moved by 0\.51 %/],
    [99.49, null, /moved by -0\.51 %/],
    [100.3, signal('BUY'), /target/],
    [99.8, signal('BUY'), /stop/],
    [99.7, signal('SELL'), /target/],
    [100.2, signal('SELL'), /stop/],
  ])('%d opens the gate', (price, open, expected) => {
    expect(moveReason(price, weighed, open)).toMatch(expected);
  });

  test.each([
    [100.49, null],
    [99.51, null],
    [100.1, signal('BUY')],
    [99.9, signal('SELL')],
  ])('%d does not', (price, open) => {
    expect(moveReason(price, weighed, open)).toBeNull();
  });
});

describe('how far a price must move', () => {
  const options = (moveVolatility: number | null, moveMin = 0.005) => ({
    ...PLANNER_DEFAULTS,
    moveMin,
    moveVolatility,
  });

  test.each([
    ['is a share by default, be the market calm', options(null), 0.00001, 0.005],
    ['or wild', options(null), 0.01, 0.005],
    ['is that share until bars are known', options(3), null, 0.005],
    // 0.0004 x sqrt(300 s / 60 s) = 0.000894427; a threshold is rounded up to whole millionths.
    ['is what volatility makes of a heartbeat', options(1), 0.0004, 0.000895],
    ['is k times that', options(3), 0.0004, 0.002684],
    ['is a tenth of the share where nothing stirs', options(3), 0, 0.0005],
    ['moves the floor with the share', options(3, 0.02), 0, 0.002],
    ['is never more than the whole price', options(100), 1, 1],
  ])('%s', (_title, planner, volatility, expected) => {
    expect(moveMinOf(planner, volatility)).toBe(expected);
  });

  test('rises with volatility and with k, and opens the gate at its own edge, up and down', () => {
    const k = fc.double({ min: 0.01, max: 20, noNaN: true });
    const volatility = fc.double({ min: 0, max: 0.05, noNaN: true });
    const price = fc.double({ min: 1e-4, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(k, k, volatility, volatility, price, (kA, kB, calmer, wilder, at) => {
        const low = moveMinOf(options(Math.min(kA, kB)), Math.min(calmer, wilder));
        const high = moveMinOf(options(Math.max(kA, kB)), Math.max(calmer, wilder));
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(0.0005);
        const stood = { atMs: 0, price: at, moveMin: low };
        for (const direction of [1, -1]) {
          expect(moveReason(at * (1 + direction * low * 1.000_001), stood, null)).not.toBeNull();
          expect(moveReason(at * (1 + direction * low * 0.999_999), stood, null)).toBeNull();
        }
      }),
      { numRuns: 300 },
    );
  });
});
