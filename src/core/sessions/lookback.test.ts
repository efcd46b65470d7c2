import { expect, test } from 'vitest';
import { tradingTimeBefore } from './lookback.ts';
import { sessionAt } from './session.ts';

const MINUTE_MS = 60_000;
const at = (text: string): number => Date.parse(text);

test('crypto looks straight back', () => {
  expect(tradingTimeBefore('crypto', at('2026-01-05T00:10:00Z'), 3_600_000)).toBe(at('2026-01-04T23:10:00Z'));
});

test('inside a session it looks straight back', () => {
  expect(tradingTimeBefore('stock', at('2026-01-06T17:00:00Z'), 60 * MINUTE_MS)).toBe(
    at('2026-01-06T16:00:00Z'),
  );
});

test.each([
  ['a Monday morning', '2026-01-05T14:35:00Z', 60],
  ['the Tuesday after a Monday holiday', '2026-01-20T14:31:00Z', 200],
  ['a half day', '2026-11-27T14:40:00Z', 500],
])('%s has at least the trading time asked for', (_name, text, minutes) => {
  const to = at(text);
  const from = tradingTimeBefore('stock', to, minutes * MINUTE_MS);
  let trading = 0;
  for (let t = from; t < to; t += MINUTE_MS) if (sessionAt('stock', t).phase === 'open') trading += 1;
  expect(trading).toBeGreaterThanOrEqual(minutes);
  expect(trading).toBeLessThanOrEqual(minutes + 31);
});
