import { describe, expect, test } from 'vitest';
import { SIGNAL_DEFAULTS } from '../core/options.ts';
import { AT_MS, decisionOf } from './decision.testing.ts';
import { openSignal, signalId } from './signal.ts';

const options = { ...SIGNAL_DEFAULTS, targetAtr: 3, stopAtr: 2, expiryMs: 3_600_000 };

describe('opening a signal', () => {
  test('a BUY becomes a signal with its levels, its shares and its reasons', () => {
    const decision = decisionOf('BUY', {
      leftOut: [
        { sourceId: 'coinbase', reason: 'timeout', detail: 'no whole answer in 2000 ms' },
        { sourceId: 'coinbase', reason: 'timeout', detail: 'no whole answer in 1999 ms' },
      ],
    });
    expect(openSignal(decision, 0.8, options)).toEqual({
      id: 'AAPL-20260115T143005Z-BUY',
      instrumentId: 'AAPL',
      side: 'BUY',
      openedAtMs: AT_MS,
      cycle: 7,
      currency: 'USD',
      entry: 171.2,
      target: 171.2 + 3 * 0.8,
      stop: 171.2 - 2 * 0.8,
      expiresAtMs: AT_MS + 3_600_000,
      regime: 'trend',
      confidence: 0.26,
      explanation:
        'BUY at 171.20 USD: alpaca +0.38, yahoo -0.05; score +0.33 against a threshold of +0.25 in a trending market; ' +
        'target 173.60, stop 169.60; not needed: xai; left out: coinbase (timeout)',
      shares: [
        { sourceId: 'alpaca', share: 0.375 },
        { sourceId: 'yahoo', share: -0.05 },
      ],
      configVersion: 'c0ffee',
    });
  });

  test('a SELL is its mirror', () => {
    const signal = openSignal(decisionOf('SELL'), 0.8, options);
    expect(signal).toMatchObject({ id: 'AAPL-20260115T143005Z-SELL', side: 'SELL' });
    expect(signal.stop).toBeCloseTo(172.8, 9);
    expect(signal.target).toBeCloseTo(168.8, 9);
    expect(signal.explanation).toContain('score -0.33 against a threshold of -0.25');
  });

  test.each([
    ['a HOLD', decisionOf('HOLD'), 0.8],
    ['an abstention', decisionOf('ABSTAIN'), 0.8],
    ['a BUY without a price', decisionOf('BUY', { price: null }), 0.8],
    ['a BUY without a regime', decisionOf('BUY', { regime: null }), 0.8],
    ['a BUY without a range', decisionOf('BUY'), null],
  ])('%s opens none: asking for it is a bug', (_what, decision, atr) => {
    expect(() => openSignal(decision, atr, options)).toThrow(RangeError);
  });
});

test.each([
  ['BTC-USD', AT_MS, 'SELL', 'BTC-USD-20260115T143005Z-SELL'],
  ['BRK.B', AT_MS + 250, 'BUY', 'BRK.B-20260115T143005.250Z-BUY'],
] as const)('the signal of %s at %d to %s is called %s', (instrumentId, atMs, side, id) => {
  expect(signalId(instrumentId, atMs, side)).toBe(id);
});
