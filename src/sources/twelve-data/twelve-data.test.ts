import { describe, expect, test } from 'vitest';
import type { Instrument } from '../../core/instrument.ts';
import { instrumentOf } from '../../core/instrument.ts';
import {
  barsQuestion,
  endpointOf,
  questionOf,
  RECEIVED_AT_MS,
  responseOf,
  settingsOf,
  verdicts,
} from '../exchange.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { twelveData } from './twelve-data.ts';

const settings = settingsOf(twelveData);
const quotes = endpointOf(twelveData, 'quotes');
const series = endpointOf(twelveData, 'stocks/series');
const batch = [questionOf('market', 'AAPL'), questionOf('market', 'BTC-USD')];
const one = batch.slice(0, 1);

const MINUTE_S = Date.UTC(2026, 10, 20, 20, 59) / 1000;
const stock = (fields: Readonly<Record<string, unknown>> = {}) => ({
  symbol: 'AAPL',
  name: 'Apple Inc',
  exchange: 'NASDAQ',
  currency: 'USD',
  datetime: '2026-11-20 20:59:00',
  timestamp: MINUTE_S,
  open: '271.20',
  high: '271.40',
  low: '271.15',
  close: '271.34',
  volume: '18234',
  is_market_open: true,
  ...fields,
});
const pair = (fields: Readonly<Record<string, unknown>> = {}) => ({
  symbol: 'BTC/USD',
  name: 'Bitcoin US Dollar',
  exchange: 'Coinbase Pro',
  datetime: '2026-11-20 20:59:00',
  timestamp: MINUTE_S,
  close: '86421.53',
  is_market_open: true,
  ...fields,
});
const error = (code: number, message: string) => ({ code, message, status: 'error' });
const unknown = '**symbol** or **figi** parameter is missing or invalid. Please provide a valid symbol';
const minuteSpent =
  'You have run out of API credits for the current minute. 10 API credits were used, with the current limit being 8.';
const daySpent = 'You have run out of API credits for the current day. 801 API credits were used';

const seriesBody = (values: unknown, meta: Readonly<Record<string, unknown>> = {}) => ({
  meta: {
    symbol: 'AAPL',
    interval: '1min',
    currency: 'USD',
    exchange_timezone: 'America/New_York',
    exchange: 'NASDAQ',
    type: 'Common Stock',
    ...meta,
  },
  values,
  status: 'ok',
});
const bar = (datetime: string, close: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  datetime,
  open: '271.20',
  high: '271.40',
  low: '271.15',
  close,
  volume: '18234',
  ...fields,
});

describe('requests to Twelve Data', () => {
  test('batch quotes, a credit per symbol, with the key in a header', () => {
    const request = quotes.request(batch, settings, null);
    expect(request.url).toBe(
      'https://api.twelvedata.com/quote?symbol=AAPL%2CBTC%2FUSD&interval=1min&timezone=UTC',
    );
    expect(request.headers.authorization).toBe('apikey canary-apiKey-7f3a');
    expect(quotes.weight(batch)).toBe(2);
  });

  test.each([
    [60_000, 60, '1min', 60, 1],
    [300_000, 78, '5min', 78, 1],
    [60_000, 101, '1min', 101, 2],
    [3_600_000, 5_000, '1h', 800, 8],
    [86_400_000, 3, '1day', 3, 1],
  ])('%i ms x %i bars ask %s and %i rows for %i credits', (intervalMs, bars, interval, rows, credits) => {
    const toMs = Date.UTC(2026, 10, 20, 21);
    const question = barsQuestion('AAPL', { intervalMs, fromMs: toMs - bars * intervalMs, toMs });
    const { searchParams } = new URL(series.request([question], settings, null).url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      symbol: 'AAPL',
      interval,
      outputsize: String(rows),
      end_date: new Date(toMs - intervalMs).toISOString().slice(0, 19).replace('T', ' '),
      timezone: 'UTC',
    });
    expect(series.weight([question])).toBe(credits);
  });

  test('ask and pay for no bars of a night', () => {
    const [fromMs, toMs] = [Date.UTC(2026, 10, 19, 20, 30), Date.UTC(2026, 10, 20, 15)];
    const question = barsQuestion('AAPL', { intervalMs: 60_000, fromMs, toMs });
    const { searchParams } = new URL(series.request([question], settings, null).url);
    expect(searchParams.get('outputsize')).toBe('60');
    expect(series.weight([question])).toBe(1);
  });

  test('ask no bars of crypto, which would have no volume', () => {
    expect(series.accepts(instrumentOf('BTC-USD'))).toBe(false);
  });
});

describe('quotes of Twelve Data', () => {
  test('come keyed for several symbols and plain for one', () => {
    const view = {
      quote: {
        instrumentId: 'AAPL',
        price: 271.34,
        eventAtMs: MINUTE_S * 1000,
        receivedAtMs: RECEIVED_AT_MS,
      },
    };
    const keyed = { 'BTC/USD': pair(), AAPL: stock() };
    expect(quotes.parse(responseOf(keyed), batch, settings).readings).toMatchObject([
      { view },
      { view: { quote: { price: 86421.53, currency: 'USD' } } },
    ]);
    expect(quotes.parse(responseOf(stock()), one, settings).readings).toMatchObject([{ view }]);
  });

  test.each([
    [
      'an unknown symbol among good ones',
      { AAPL: stock(), 'BTC/USD': error(404, unknown) },
      ['ok', 'unknownSymbol'],
    ],
    ['a plan that lacks one', { AAPL: error(403, 'only on Pro'), 'BTC/USD': pair() }, ['plan', 'ok']],
    ['one left out', { AAPL: stock() }, ['ok', 'noData']],
    ['one under the key of another', { AAPL: pair(), 'BTC/USD': stock() }, ['mismatch', 'mismatch']],
    ['a plain answer about another', stock({ symbol: 'TSLA' }), ['mismatch', 'mismatch']],
    ['pence', { AAPL: stock({ currency: 'GBp' }), 'BTC/USD': pair() }, ['mismatch', 'ok']],
    ['no currency', { AAPL: stock({ currency: undefined }), 'BTC/USD': pair() }, ['mismatch', 'ok']],
    ['no time', { AAPL: stock({ timestamp: null }), 'BTC/USD': pair() }, ['badPayload', 'ok']],
    ['a price that is a number', { AAPL: stock({ close: 271.34 }), 'BTC/USD': pair() }, ['badPayload', 'ok']],
    ['a price of zero', { AAPL: stock({ close: '0' }), 'BTC/USD': pair() }, ['badPayload', 'ok']],
  ])('with %s', (_name, body, expected) => {
    expect(verdicts(quotes.parse(responseOf(body), batch, settings).readings)).toEqual(expected);
  });
});

describe('a series of Twelve Data', () => {
  test('is read in UTC, oldest first, the open bar left out', () => {
    const body = seriesBody([
      bar('2026-11-20 21:00:00', '271.39'),
      bar('2026-11-20 20:59:00', '271.34'),
      bar('2026-11-20 20:58:00', '271.30'),
    ]);
    expect(series.parse(responseOf(body), [barsQuestion('AAPL')], settings).readings).toMatchObject([
      {
        view: {
          bars: [
            { openAtMs: Date.UTC(2026, 10, 20, 20, 58), close: 271.3 },
            { openAtMs: Date.UTC(2026, 10, 20, 20, 59), close: 271.34, volume: 18234 },
          ],
        },
      },
    ]);
  });

  const rows = [bar('2026-11-20 20:58:00', '271.30')];
  test.each([
    ['of another symbol', seriesBody(rows, { symbol: 'TSLA' }), 'mismatch'],
    ['of another length', seriesBody(rows, { interval: '5min' }), 'mismatch'],
    ['in another currency', seriesBody(rows, { currency: 'EUR' }), 'mismatch'],
    ['without rows', seriesBody([]), 'noData'],
    ['without a list', seriesBody('none'), 'badPayload'],
    [
      'without a volume',
      seriesBody([bar('2026-11-20 20:58:00', '271.30', { volume: undefined })]),
      'badPayload',
    ],
    ['with an impossible bar', seriesBody([bar('2026-11-20 20:58:00', '300')]), 'badPayload'],
  ])('%s is refused', (_name, body, expected) => {
    expect(verdicts(series.parse(responseOf(body), [barsQuestion('AAPL')], settings).readings)).toEqual([
      expected,
    ]);
  });
});

describe('an error of Twelve Data', () => {
  test.each([
    [429, error(429, minuteSpent), 'limit'],
    [200, error(429, minuteSpent), 'limit'],
    [200, error(429, daySpent), 'quota'],
    [401, error(401, '**apikey** parameter is incorrect or not specified: canary-apiKey-7f3a'), 'auth'],
    [200, error(401, '**apikey** parameter is incorrect or not specified'), 'auth'],
    [400, error(400, unknown), 'unknownSymbol'],
    [400, error(400, 'Invalid **interval** provided'), 'badRequest'],
    [403, error(403, '/quote is available exclusively with Pro plans'), 'plan'],
    [404, error(404, 'Data not found'), 'noData'],
    [414, error(414, 'Parameter **symbol** is too long'), 'badRequest'],
    [500, error(500, 'Internal'), 'down'],
    [200, { status: 'error', message: 'A new kind' }, 'badPayload'],
    [429, '', 'limit'],
    [503, 'upstream', 'down'],
    [403, '{}', 'plan'],
  ])('%i %j is %3$s', (status, body, expected) => {
    const { readings } = quotes.parse(responseOf(body, status), batch, settings);
    expect(verdicts(readings)).toEqual([expected, expected]);
    expect(JSON.stringify(readings)).not.toContain('canary');
  });

  test('headers count the credits of the minute', () => {
    const headers = { 'api-credits-used': '6', 'api-credits-left': '2' };
    expect(twelveData.limitState(responseOf({}, 200, headers))).toMatchObject({
      used: 6,
      remaining: 2,
      max: null,
    });
  });
});

const keyed = responseOf({ AAPL: stock(), 'BTC/USD': pair() });
describeTorture('twelve-data', [
  {
    name: 'quotes',
    endpoint: quotes,
    batch,
    settings,
    response: keyed,
    witness: (json, { assetClass, id, base, quote }: Instrument) => {
      const body = json as Record<string, { symbol: string; close: unknown }>;
      const symbol = assetClass === 'stock' ? id : `${base}/${quote}`;
      return typeof body.symbol === 'string' ? body.close : body[symbol]?.close;
    },
  },
  {
    name: 'one quote',
    endpoint: quotes,
    batch: one,
    settings,
    response: responseOf(stock()),
    witness: (json) => (json as { close: unknown }).close,
  },
  {
    name: 'stocks/series',
    endpoint: series,
    batch: [barsQuestion('AAPL')],
    settings,
    response: responseOf(
      seriesBody([bar('2026-11-20 20:59:00', '271.34'), bar('2026-11-20 20:58:00', '271.30')]),
    ),
  },
]);
