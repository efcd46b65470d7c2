import { describe, expect, test } from 'vitest';
import { NO_LIMIT_STATE } from '../../core/source.ts';
import { field } from '../door/json.ts';
import {
  barsQuestion,
  endpointOf,
  questionOf,
  RECEIVED_AT_MS,
  responseOf,
  settingsOf,
  verdicts,
} from '../exchange.testing.ts';
import { describeTorture, type Specimen } from '../torture.testing.ts';
import { alpaca } from './alpaca.ts';
import { symbolOf } from './symbols.ts';

const settings = settingsOf(alpaca);
const stocks = endpointOf(alpaca, 'stocks/snapshots');
const crypto = endpointOf(alpaca, 'crypto/snapshots');
const stockBars = endpointOf(alpaca, 'stocks/bars');

const snapshot = (price: number, minuteBarAt = '2026-11-20T20:59:00Z') => ({
  latestTrade: { t: '2026-11-20T20:59:59.871204113Z', x: 'V', p: price, s: 100, c: ['@'], i: 52983, z: 'C' },
  latestQuote: {
    t: '2026-11-20T20:59:59.902117004Z',
    bx: 'V',
    bp: price - 0.03,
    bs: 200,
    ax: 'V',
    ap: price + 0.02,
    as: 100,
  },
  minuteBar: {
    t: minuteBarAt,
    o: price,
    h: price + 0.5,
    l: price - 0.25,
    c: price + 0.25,
    v: 18234,
    n: 214,
    vw: price,
  },
  dailyBar: { t: '2026-11-20T05:00:00Z', o: 1, h: 2, l: 1, c: 2, v: 1, n: 1, vw: 1 },
  prevDailyBar: null,
});
const barAt = (t: string, c = 271.34) => ({
  t,
  o: 271.2,
  h: 271.4,
  l: 271.15,
  c,
  v: 18234,
  n: 214,
  vw: 271.28,
});

const stockBatch = ['AAPL', 'BRK.B'].map((id) => questionOf('market', id));
const stockBody = { 'BRK.B': snapshot(500), AAPL: snapshot(271.34) };
const barsBody = {
  bars: { AAPL: [barAt('2026-11-20T20:30:00Z'), barAt('2026-11-20T20:31:00Z', 271.2)], MSFT: [] },
  next_page_token: null,
};

describe('asking Alpaca', () => {
  test('names all stocks in one call, with both keys as headers', () => {
    const request = stocks.request(stockBatch, settings, null);
    expect(request.url).toBe('https://data.alpaca.markets/v2/stocks/snapshots?symbols=AAPL%2CBRK.B&feed=iex');
    expect(request.headers).toMatchObject({
      'apca-api-key-id': 'canary-keyId-7f3a',
      'apca-api-secret-key': 'canary-secret-7f3a',
    });
  });

  test('writes crypto with a slash', () => {
    const { url } = crypto.request([questionOf('market', 'BTC-USD')], settings, null);
    expect(url).toBe('https://data.alpaca.markets/v1beta3/crypto/us/snapshots?symbols=BTC%2FUSD');
  });

  test('asks bars over the union of the windows, the last start inclusive, page by page', () => {
    const batch = [
      barsQuestion('AAPL'),
      barsQuestion('NVDA', { fromMs: Date.UTC(2026, 10, 20, 19), toMs: Date.UTC(2026, 10, 20, 20, 30) }),
    ];
    const query = new URL(stockBars.request(batch, settings, 'QUFQTHw=').url).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      symbols: 'AAPL,NVDA',
      timeframe: '1Min',
      start: '2026-11-20T19:00:00.000Z',
      end: '2026-11-20T20:59:00.000Z',
      limit: '10000',
      sort: 'asc',
      page_token: 'QUFQTHw=',
      adjustment: 'split',
      feed: 'iex',
    });
  });

  test.each([
    [300_000, '5Min'],
    [3_600_000, '1Hour'],
    [86_400_000, '1Day'],
  ])('calls %i ms %s', (intervalMs, timeframe) => {
    const { url } = stockBars.request([barsQuestion('AAPL', { intervalMs })], settings, null);
    expect(new URL(url).searchParams.get('timeframe')).toBe(timeframe);
  });

  test('leaves pairs in other currencies to others', () => {
    const { instrument } = questionOf('market', 'BTC-EUR');
    expect(alpaca.endpoints.some((endpoint) => endpoint.accepts(instrument))).toBe(false);
  });
});

describe('reading snapshots', () => {
  test('takes trade, book and the closed minute of each symbol, whatever the order', () => {
    const { readings } = stocks.parse(responseOf(stockBody), stockBatch, settings);
    expect(readings.map((reading) => field(reading, 'view', 'quote', 'price'))).toEqual([271.34, 500]);
    expect(readings[0]).toEqual({
      kind: 'ok',
      view: {
        kind: 'market',
        quote: {
          instrumentId: 'AAPL',
          price: 271.34,
          currency: 'USD',
          bid: 271.34 - 0.03,
          ask: 271.34 + 0.02,
          eventAtMs: Date.UTC(2026, 10, 20, 20, 59, 59, 871),
          receivedAtMs: RECEIVED_AT_MS,
        },
        bars: [
          {
            openAtMs: Date.UTC(2026, 10, 20, 20, 59),
            intervalMs: 60_000,
            open: 271.34,
            high: 271.84,
            low: 271.09,
            close: 271.59,
            volume: 18234,
          },
        ],
      },
    });
  });

  test('leaves out a minute that is still open', () => {
    const body = { AAPL: snapshot(271.34, '2026-11-20T21:00:00Z') };
    const { readings } = stocks.parse(responseOf(body), [questionOf('market', 'AAPL')], settings);
    expect(readings[0]).toMatchObject({ kind: 'ok', view: { bars: [] } });
  });

  test.each([
    { why: 'no symbol at all', body: {}, verdict: 'unknownSymbol' },
    { why: 'another symbol in its place', body: { NVDA: snapshot(1) }, verdict: 'mismatch' },
    { why: 'a symbol that is null', body: { AAPL: null }, verdict: 'unknownSymbol' },
    { why: 'a snapshot without trade', body: { AAPL: { latestTrade: null } }, verdict: 'badPayload' },
    { why: 'a price in quotes', body: { AAPL: { latestTrade: { p: '271.34' } } }, verdict: 'badPayload' },
    { why: 'a price of zero', body: { AAPL: { latestTrade: { p: 0 } } }, verdict: 'badPayload' },
    {
      why: 'another currency',
      body: { AAPL: snapshot(2536.46), currency: 'MXN' },
      verdict: 'mismatch',
    },
  ])('$why is $verdict', ({ body, verdict }) => {
    const { readings } = stocks.parse(responseOf(body), [questionOf('market', 'AAPL')], settings);
    expect(verdicts(readings)).toEqual([verdict]);
  });
});

describe('reading bars', () => {
  test('says where the next page is, and that a missing symbol may stand on it', () => {
    const parsed = stockBars.parse(
      responseOf({ ...barsBody, next_page_token: 'QUFQTHw=' }),
      [barsQuestion('AAPL'), barsQuestion('NVDA')],
      settings,
    );
    expect(parsed.nextPage).toBe('QUFQTHw=');
    expect(verdicts(parsed.readings)).toEqual(['ok', 'noData']);
  });

  test.each([
    { why: 'an empty answer', body: { bars: {}, next_page_token: null }, verdict: 'noData' },
    { why: 'an answer in another currency', body: { ...barsBody, currency: 'JPY' }, verdict: 'mismatch' },
    {
      why: 'bars that are no list',
      body: { bars: { AAPL: barAt('2026-11-20T20:30:00Z') } },
      verdict: 'badPayload',
    },
    { why: 'nothing called bars', body: { trades: {} }, verdict: 'badPayload' },
  ])('$why is $verdict', ({ body, verdict }) => {
    const { readings } = stockBars.parse(responseOf(body), [barsQuestion('AAPL')], settings);
    expect(verdicts(readings)).toEqual([verdict]);
  });

  test('answers only questions of the interval that was asked', () => {
    const batch = [barsQuestion('AAPL'), barsQuestion('AAPL', { intervalMs: 300_000 })];
    expect(verdicts(stockBars.parse(responseOf(barsBody), batch, settings).readings)).toEqual([
      'ok',
      'noData',
    ]);
  });
});

describe('refusals', () => {
  test.each([
    { status: 429, body: { message: 'too many requests.' }, kind: 'limit' },
    { status: 401, body: { message: 'forbidden.' }, kind: 'auth' },
    { status: 403, body: { message: 'forbidden.' }, kind: 'auth' },
    {
      status: 403,
      body: { code: 42210000, message: 'subscription does not permit querying recent SIP data' },
      kind: 'plan',
    },
    { status: 400, body: { message: 'end should not be before start' }, kind: 'badRequest' },
    { status: 422, body: { message: 'invalid feed' }, kind: 'badRequest' },
    { status: 500, body: { message: 'internal server error occurred' }, kind: 'down' },
    { status: 503, body: '', kind: 'down' },
  ])('$status $body is $kind', ({ status, body, kind }) => {
    const { readings } = stocks.parse(responseOf(body, status), stockBatch, settings);
    expect(verdicts(readings)).toEqual([kind, kind]);
  });

  test('of a whole list blame the one symbol they name', () => {
    const body = { message: 'code=400, message=invalid symbol: BRK.B' };
    const { readings } = stocks.parse(responseOf(body, 400), stockBatch, settings);
    expect(verdicts(readings)).toEqual(['badRequest', 'unknownSymbol']);
  });

  test('that echo a key do not pass it on', () => {
    const body = { message: `key ${settings.keys.secret} is not valid` };
    const { readings } = stocks.parse(responseOf(body, 401), stockBatch, settings);
    expect(JSON.stringify(readings)).not.toContain('canary');
  });
});

test('the allowance is read from its headers', () => {
  const headers = {
    'x-ratelimit-limit': '200',
    'x-ratelimit-remaining': '12',
    'x-ratelimit-reset': '1795208465',
  };
  expect(alpaca.limitState(responseOf({}, 200, headers))).toEqual({
    ...NO_LIMIT_STATE,
    max: 200,
    remaining: 12,
    resetAtMs: RECEIVED_AT_MS + 60_000,
  });
});

const specimen = (
  name: string,
  ids: readonly string[],
  body: unknown,
  more: Partial<Specimen>,
): Specimen => ({
  name,
  endpoint: endpointOf(alpaca, name),
  batch: ids.map((id) => (name.endsWith('bars') ? barsQuestion(id) : questionOf('market', id))),
  settings,
  response: responseOf(body),
  ...more,
});

describeTorture('alpaca', [
  specimen('stocks/snapshots', ['AAPL', 'BRK.B'], stockBody, {
    witness: (json, instrument) => field(json, symbolOf(instrument), 'latestTrade', 'p'),
  }),
  specimen(
    'crypto/snapshots',
    ['ETH-USD', 'BTC-USD'],
    { snapshots: { 'BTC/USD': snapshot(86421.53), 'ETH/USD': snapshot(2811.44) } },
    {
      witness: (json, instrument) => field(json, 'snapshots', symbolOf(instrument), 'latestTrade', 'p'),
    },
  ),
  specimen('stocks/bars', ['AAPL'], barsBody, {}),
]);
