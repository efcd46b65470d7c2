import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AbstainReason, Decision, DecisionKind } from '../../src/index.ts';
import { wilson95 } from '../../src/index.ts';
import { agreementOf, changedShare } from './agreement.ts';
import { DecisionTrack } from './decision-track.ts';
import { effectiveSize } from './proportion.ts';

const SESSION_MS = Date.UTC(2026, 0, 15, 15);
const NIGHT_MS = Date.UTC(2026, 0, 15, 3);

/** One letter a slot: B, S, H, q (no quorum), c (closed), a dot where nobody looked. */
function track(line: string, symbol = 'AAPL', startAtMs = SESSION_MS): DecisionTrack {
  const made = new DecisionTrack([symbol], startAtMs, 5_000, line.length);
  for (const [slot, letter] of line.split('').entries()) {
    const [kind, reason] = ({
      B: ['BUY', null],
      S: ['SELL', null],
      H: ['HOLD', null],
      q: ['ABSTAIN', 'noQuorum'],
      c: ['ABSTAIN', 'marketClosed'],
    }[letter] as [DecisionKind, AbstainReason | null] | undefined) ?? [null, null];
    if (kind !== null) {
      made.slotOver({ slot, decisions: [{ instrumentId: symbol, kind, reason } as Decision] });
    }
  }
  return made;
}

describe('agreement with asking everyone afresh', () => {
  test('counts slots of an open market in which both looked', () => {
    expect(agreementOf(track('HHBBHHcc'), track('HHBHHq.c'))).toMatchObject({
      audited: 6,
      equal: 4,
      rate: 4 / 6,
      auditedShare: 7 / 8,
      directions: { recall: { count: 1, of: 1 }, precision: { count: 1, of: 2 } },
    });
  });

  test('an abstention that the world did not require is a direction missed', () => {
    const { directions, needlessAbstentions } = agreementOf(track('qB'), track('BB'));
    expect(directions.recall).toMatchObject({ count: 1, of: 2 });
    expect(needlessAbstentions).toBe(1);
  });

  test('an abstention for another reason is another decision', () => {
    expect(agreementOf(track('q'), track('c'))).toMatchObject({ audited: 1, equal: 0 });
  });

  test.each([
    ['in the same slot', 'HHBBHH', 'HHBBHH', 2, 2],
    ['one slot late', 'HHHBBH', 'HHBBHH', 0, 2],
    ['two slots late', 'HHHHBB', 'HHBBBB', 0, 0],
    ['to the other side', 'HHSSHH', 'HHBBHH', 1, 1],
  ])('a change that comes %s', (_, ours, fresh, exact, near) => {
    const { transitions } = agreementOf(track(ours), track(fresh));
    expect(transitions.exact.recall.count).toBe(exact);
    expect(transitions.withinOneSlot.recall.count).toBe(near);
  });

  test('tells market hours and asset classes apart', () => {
    const parts = (symbol: string, atMs: number) =>
      agreementOf(track('HB', symbol, atMs), track('HH', symbol, atMs)).parts;
    expect(parts('AAPL', SESSION_MS).stocksInSession.audited).toBe(2);
    expect(parts('BTC-USD', SESSION_MS).cryptoInSession.audited).toBe(2);
    expect(parts('BTC-USD', NIGHT_MS).cryptoOtherHours.audited).toBe(2);
  });

  test('is whole with itself and symmetric in what changed', () => {
    const line = fc.string({ unit: fc.constantFrom('B', 'S', 'H', 'q'), minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(line, line, (one, other) => {
        const length = Math.min(one.length, other.length);
        const [a, b] = [track(one.slice(0, length)), track(other.slice(0, length))];
        expect(agreementOf(a, a).rate).toBe(1);
        expect(changedShare(a, b)).toBe(changedShare(b, a));
        const { directions, transitions } = agreementOf(a, b);
        const back = agreementOf(b, a);
        expect(directions.recall).toEqual(back.directions.precision);
        expect(transitions.exact.recall).toEqual(back.transitions.exact.precision);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the interval', () => {
  // Newcombe 1998, table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is that of the literature', (count, of, low, high) => {
    const interval = wilson95(count / of, of);
    expect(interval?.[0]).toBeCloseTo(low, 4);
    expect(interval?.[1]).toBeCloseTo(high, 4);
  });

  test('counts clusters that are all or nothing as about one observation each', () => {
    const clusters = Array.from({ length: 40 }, (_, index) => ({
      of: 100,
      count: index % 2 === 0 ? 100 : 0,
    }));
    expect(effectiveSize(clusters)).toBeCloseTo(39, 0);
  });

  test('counts clusters that are all alike as what they are', () => {
    expect(
      effectiveSize([
        { of: 100, count: 50 },
        { of: 100, count: 50 },
      ]),
    ).toBe(200);
  });
});
