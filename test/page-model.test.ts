import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Certificate } from '../src/api/contract.ts';
import { certificateLines } from '../web/src/certificate-words.ts';
import {
  ageText,
  latencyText,
  priceText,
  returnText,
  scoreText,
  timeText,
  usdText,
} from '../web/src/format.ts';
import { newerOf, withEvent, withOutcome } from '../web/src/news.ts';
import { stack, voteShares } from '../web/src/vote-shares.ts';
import { leftOutWords } from '../web/src/words.ts';
import { decisionOf, openedOf, slotAtMs } from './fake-service.ts';

/** What the page computes before it draws. */

describe('figures as text', () => {
  test.each([
    [priceText(64387.512), '64,387.51'],
    [priceText(0.083214), '0.08321'],
    [priceText(0.0000123456), '0.00001235'],
    [priceText(9.5), '9.5000'],
    [priceText(null), '–'],
    [scoreText(-0.496), '−0.50'],
    [scoreText(0.001), '0.00'],
    [scoreText(-0.001), '0.00'],
    [scoreText(null), '–'],
    [returnText(0.0157), '+1.57 %'],
    [returnText(-0.00004), '0.00 %'],
    [returnText(-0.006), '−0.60 %'],
    [latencyText(8.26), '8.3 ms'],
    [latencyText(1_240), '1.2 s'],
    [latencyText(null), '–'],
    [usdText(0), '$0.00'],
    [usdText(0.004), '< $0.01'],
    [usdText(1.239), '$1.24'],
    [ageText(-20), '0 s'],
    [ageText(59_999), '59 s'],
    [ageText(145_000), '2 m 25 s'],
    [ageText(2_000_000), '33 m'],
    [ageText(7_500_000), '2 h 5 m'],
    [ageText(3 * 86_400_000), '3 d'],
    [ageText(null), '–'],
    [timeText(Date.UTC(2026, 0, 15, 14, 30, 5), Date.UTC(2026, 0, 15, 20)), '14:30:05'],
    [timeText(Date.UTC(2026, 0, 15, 14, 30, 5), Date.UTC(2026, 0, 16, 20)), '2026-01-15 14:30'],
    [leftOutWords('limit'), 'too many requests'],
    [leftOutWords('somethingNew'), 'somethingNew'],
    [leftOutWords('constructor'), 'constructor'],
  ])('%s is %s', (text, expected) => expect(text).toBe(expected));
});

describe('the stacked bar', () => {
  const anyShares = fc.array(
    fc.record({ sourceId: fc.string(), share: fc.double({ min: -1, max: 1, noNaN: true }) }),
    { maxLength: 8 },
  );

  test('shows what each source added, side by side, all of it', () => {
    fc.assert(
      fc.property(anyShares, (shares) => {
        const segments = stack(shares);
        const [left, right] = [
          segments.filter(({ to }) => to <= 0),
          segments.filter(({ from }) => from >= 0),
        ];
        expect(left.length + right.length).toBeGreaterThanOrEqual(segments.length);
        const reach =
          Math.max(0, ...segments.map(({ to }) => to)) + Math.min(0, ...segments.map(({ from }) => from));
        expect(reach).toBeCloseTo(
          shares.reduce((sum, { share }) => sum + share, 0),
          9,
        );
        for (const [i, { from, to }] of segments.entries())
          expect(to - from).toBeCloseTo(Math.abs(shares[i]?.share ?? 0), 9);
      }),
      { numRuns: 200 },
    );
  });

  test('adds up to the score of the vote', () => {
    const decision = decisionOf({ instrumentId: 'AAPL', cycle: 1 });
    const sum = voteShares(decision.certificate).reduce((total, { share }) => total + share, 0);
    expect(sum).toBeCloseTo(decision.score ?? Number.NaN, 6);
  });
});

describe('the certificate in words', () => {
  const linesOf = (votes: NonNullable<Parameters<typeof decisionOf>[0]['votes']>) =>
    certificateLines(decisionOf({ instrumentId: 'AAPL', cycle: 1, votes })).join('\n');
  const timeout = { reason: 'timeout', detail: '' };

  test.each([
    [
      'BUY with one not asked',
      { alpaca: 0.9, yahoo: 0.9, xai: 0.9 },
      /3 of 4 voters answered: 80 %[\s\S]*binance \(20 % of the weight\)[\s\S]*Whatever they would say[\s\S]*\+0\.25, and 2 or more independent operators agree: BUY/,
    ],
    [
      'SELL',
      { alpaca: -0.9, yahoo: -0.9, binance: -0.9, xai: -0.9 },
      /The score is −0\.90[\s\S]*−0\.25[\s\S]*SELL/,
    ],
    ['HOLD', { alpaca: 0, yahoo: 0, binance: 0, xai: 0 }, /inside ±0\.25: HOLD/],
    [
      'one operator',
      { alpaca: 0.05, yahoo: 0.05, binance: timeout, xai: 1 },
      /fewer than 2 independent operators/,
    ],
    [
      'no quorum',
      { alpaca: 1, yahoo: timeout, binance: timeout, xai: timeout },
      /The quorum is out of reach/,
    ],
  ])('%s', (_name, votes, words) => expect(linesOf(votes)).toMatch(words));

  test('a gate', () => {
    const gated = decisionOf({ instrumentId: 'AAPL', cycle: 1, gate: { reason: 'halted', detail: '' } });
    expect(certificateLines(gated)).toEqual(['A check before the vote settled it: no voter was needed.']);
    expect(voteShares({ ...gated.certificate, voters: [] } satisfies Certificate)).toEqual([]);
  });
});

describe('news', () => {
  const votes = { alpaca: 0.8, yahoo: 0.7, binance: 0.6, xai: 0.5 };
  const opened = openedOf(decisionOf({ instrumentId: 'AAPL', cycle: 1, votes }), 1);
  const row = { seq: 2, signal: opened.signal, end: null, outcome: null };

  test('an opened signal comes first and only once, an ended one keeps its place', () => {
    const other = openedOf(decisionOf({ instrumentId: 'TSLA', cycle: 1, votes }), 1);
    const rows = withEvent(withEvent([row], 4, other), 2, opened);
    expect(rows.map(({ signal }) => signal.instrumentId)).toEqual(['AAPL', 'TSLA']);
    const end = {
      event: 'ended',
      signalId: other.signal.id,
      instrumentId: 'TSLA',
      side: 'BUY',
      cycle: 2,
      atMs: slotAtMs(2),
      cause: 'stop',
      price: 1,
    } as const;
    expect(withEvent(rows, 9, end).map((entry) => entry.end?.cause ?? null)).toEqual([null, 'stop']);
    const head = { signalId: other.signal.id, instrumentId: 'TSLA', side: 'BUY', cycle: 3 } as const;
    const outcome = { ...head, atMs: slotAtMs(3), kind: 'unresolved', reason: 'gap', detail: '' } as const;
    expect(withOutcome(rows, outcome).map((entry) => entry.outcome)).toEqual([null, outcome]);
  });

  test('an answer older than what the stream brought does not take it back', () => {
    const [before, after] = [1, 2].map((cycle) => decisionOf({ instrumentId: 'AAPL', cycle }));
    if (before === undefined || after === undefined) throw new Error('two decisions were made');
    const known = new Map([['AAPL', after]]);
    expect(newerOf(known, [before]).get('AAPL')).toBe(after);
    expect(newerOf(new Map([['AAPL', before]]), [after]).get('AAPL')).toBe(after);
    expect([...newerOf(known, [decisionOf({ instrumentId: 'MSFT', cycle: 1 })]).keys()]).toEqual([
      'MSFT',
      'AAPL',
    ]);
  });
});
