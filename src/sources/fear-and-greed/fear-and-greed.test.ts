import { describe, expect, test } from 'vitest';
import { instrumentOf } from '../../core/instrument.ts';
import { endpointOf, questionOf, responseOf, settingsOf, verdicts } from '../exchange.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { fearAndGreed } from './fear-and-greed.ts';

const settings = settingsOf(fearAndGreed);
const index = endpointOf(fearAndGreed, 'index');
const batch = [questionOf('gauge', 'BTC-USD'), questionOf('gauge', 'ETH-USDT')];

const indexBody = (fields: Readonly<Record<string, unknown>> = {}) => ({
  name: 'Fear and Greed Index',
  data: [
    {
      value: '34',
      value_classification: 'Fear',
      timestamp: '1795132800',
      time_until_update: '25199',
      ...fields,
    },
  ],
  metadata: { error: null },
});

test('one call answers for every pair, and for no stock', () => {
  expect(index.request(batch, settings, null).url).toBe(
    'https://api.alternative.me/fng/?limit=1&format=json',
  );
  const view = {
    kind: 'gauge',
    gauge: 'fearGreed',
    value: 34,
    min: 0,
    max: 100,
    eventAtMs: 1_795_132_800_000,
  };
  expect(index.parse(responseOf(indexBody()), batch, settings).readings).toEqual([
    { kind: 'ok', view },
    { kind: 'ok', view },
  ]);
  expect(index.accepts(instrumentOf('AAPL'))).toBe(false);
});

describe('an answer', () => {
  test.each([
    ['above 100', indexBody({ value: '101' }), 200, 'badPayload'],
    ['below 0', indexBody({ value: '-1' }), 200, 'badPayload'],
    ['empty', indexBody({ value: '' }), 200, 'badPayload'],
    ['as a number', indexBody({ value: 34 }), 200, 'badPayload'],
    ['with a date for its time', indexBody({ timestamp: '20-11-2026' }), 200, 'badPayload'],
    ['without data', { ...indexBody(), data: [] }, 200, 'badPayload'],
    ['of another index', { ...indexBody(), name: 'VIX' }, 200, 'mismatch'],
    ['with an error', { ...indexBody(), metadata: { error: 'down for work' } }, 200, 'down'],
    ['of a limit', { error: 'Too many requests' }, 429, 'limit'],
    ['of a broken server', '', 500, 'down'],
  ])('%s fails', (_name, body, status, expected) => {
    expect(verdicts(index.parse(responseOf(body, status), batch, settings).readings)).toEqual([
      expected,
      expected,
    ]);
  });
});

describeTorture('fear-and-greed', [
  { name: 'index', endpoint: index, batch, settings, response: responseOf(indexBody()) },
]);
