import { expect, test } from 'vitest';
import { GATE_DEFAULTS } from '../core/options.ts';
import { voterBarFault } from './voter-check.ts';

function faultOf(close: number, watchClose: number | null): string | null {
  const bar = { openAtMs: 0, intervalMs: 60_000, open: close, high: close, low: close, close, volume: 1 };
  return voterBarFault(bar, watchClose, 100, { priceToleranceBps: 50 }, GATE_DEFAULTS);
}

test.each([
  {
    name: 'closes like the watched bar, far from the price now',
    close: 70.35,
    watchClose: 70,
    isBelieved: true,
  },
  { name: 'closes beyond the tolerance of it', close: 70.36, watchClose: 70, isBelieved: false },
  { name: 'below it', close: 69.64, watchClose: 70, isBelieved: false },
  { name: 'has no watched counterpart and is near the price', close: 80, watchClose: null, isBelieved: true },
  { name: 'has none and is a hundredth of the price', close: 1, watchClose: null, isBelieved: false },
  { name: 'has none and is of another scale', close: 121, watchClose: null, isBelieved: false },
])('a bar that $name: believed $isBelieved', ({ close, watchClose, isBelieved }) => {
  expect(faultOf(close, watchClose) === null).toBe(isBelieved);
});

test('the fault names both prices', () => {
  expect(faultOf(71, 70)).toBe('its bar closes at 71, the watched one at 70: more than 50 bps apart');
  expect(faultOf(1, null)).toBe('its bar closes at 1, while the price is 100');
});
