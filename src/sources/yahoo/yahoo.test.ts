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
import { describeTorture } from '../torture.testing.ts';
import { symbolOf } from './symbols.ts';
import { yahoo } from './yahoo.ts';
import { yahooQuote } from './yahoo-quote.ts';

const settings = settingsOf(yahoo);
const session = settingsOf(yahooQuote);
const chartQuote = endpointOf(yahoo, 'chart/quote');
const chartBars = endpointOf(yahoo, 'chart/bars');
const quote = endpointOf(yahooQuote, 'quote');
const recommendations = endpointOf(yahooQuote, 'recommendations');

const AT_S = Date.UTC(2026, 10, 20, 20, 30) / 1000;

const meta = {
  currency: 'USD',
  symbol: 'AAPL',
  regularMarketTime: AT_S + 1799,
  regularMarketPrice: 271.34,
  chartPreviousClose: 268.56,
  dataGranularity: '1m',
};
const chartBody = (metaChange: object = {}, change: object = {}) => ({
  chart: {
    result: [
      {
        meta: { ...meta, ...metaChange },
        // The third minute saw no trade, the last row is the running quote.
        timestamp: [AT_S, AT_S + 60, AT_S + 120, AT_S + 1799],
        indicators: {
          quote: [
            {
              open: [268.9, 269.05, null, 271.34],
              high: [269.2, 269.5, null, 271.34],
              low: [268.7, 269, null, 271.34],
              close: [269.05, 269.4, null, 271.34],
              volume: [1203345, 0, null, 0],
            },
          ],
        },
        ...change,
      },
    ],
    error: null,
  },
});

const quoteOf = (symbol: string, price: number, change: object = {}) => ({
  symbol,
  regularMarketPrice: price,
  regularMarketTime: AT_S + 1799,
  bid: price - 0.03,
  ask: price + 0.02,
  marketState: 'POST',
  postMarketPrice: price + 1,
  currency: 'USD',
  averageAnalystRating: '2.1 - Buy',
  ...change,
});
const quoteBody = {
  quoteResponse: {
    result: [quoteOf('BTC-USD', 86421.53), quoteOf('BRK-B', 500.5), quoteOf('AAPL', 271.34)],
    error: null,
  },
};

const trend = (period: string, strongBuy: number) => ({
  period,
  strongBuy,
  buy: 21,
  hold: 6,
  sell: 1,
  strongSell: 0,
});
const ratingBody = {
  quoteSummary: {
    result: [{ recommendationTrend: { trend: [trend('-1m', 9), trend('0m', 11)], maxAge: 86400 } }],
    error: null,
  },
};

describe('asking Yahoo', () => {
  test('spells a class share with a dash and looks like a browser', () => {
    const { url, headers } = chartQuote.request([questionOf('market', 'BRK.B')], settings, null);
    expect(url).toBe(
      'https://query1.finance.yahoo.com/v8/finance/chart/BRK-B?interval=1m&range=1d&includePrePost=false',
    );
    expect(headers['user-agent']).toMatch(/^Mozilla.*sextant/);
  });

  test('asks bars by a window in seconds', () => {
    const { url } = chartBars.request([barsQuestion('BTC-USD')], settings, null);
    expect(url).toBe(
      'https://query1.finance.yahoo.com/v8/finance/chart/BTC-USD?interval=1m&period1=1795204800&period2=1795208400&events=div&includePrePost=false',
    );
  });

  test('asks many quotes at once inside a session', () => {
    const batch = [questionOf('market', 'AAPL'), questionOf('market', 'BTC-USD')];
    const { url, headers } = quote.request(batch, session, null);
    expect(url).toBe(
      'https://query1.finance.yahoo.com/v7/finance/quote?symbols=AAPL%2CBTC-USD&crumb=canary-crumb-7f3a',
    );
    expect(headers.cookie).toBe('canary-cookie-7f3a');
  });

  test('does not offer stablecoin pairs', () => {
    const { instrument } = questionOf('market', 'BTC-USDT');
    expect([...yahoo.endpoints, ...yahooQuote.endpoints].some((one) => one.accepts(instrument))).toBe(false);
  });
});

describe('reading a chart', () => {
  test('takes the quote from its head and the closed minutes from its rows', () => {
    const { readings } = chartQuote.parse(responseOf(chartBody()), [questionOf('market', 'AAPL')], settings);
    expect(readings).toEqual([
      {
        kind: 'ok',
        view: {
          kind: 'market',
          quote: {
            instrumentId: 'AAPL',
            price: 271.34,
            currency: 'USD',
            bid: null,
            ask: null,
            eventAtMs: (AT_S + 1799) * 1000,
            receivedAtMs: RECEIVED_AT_MS,
          },
          bars: [
            {
              openAtMs: AT_S * 1000,
              intervalMs: 60_000,
              open: 268.9,
              high: 269.2,
              low: 268.7,
              close: 269.05,
              volume: 1203345,
            },
            {
              openAtMs: (AT_S + 60) * 1000,
              intervalMs: 60_000,
              open: 269.05,
              high: 269.5,
              low: 269,
              close: 269.4,
              volume: 0,
            },
          ],
        },
      },
    ]);
  });

  test.each([
    { why: 'pence instead of pounds', metaChange: { currency: 'GBp' }, verdict: 'mismatch' },
    { why: 'another symbol', metaChange: { symbol: 'APLE' }, verdict: 'mismatch' },
    { why: 'no currency', metaChange: { currency: null }, verdict: 'badPayload' },
    { why: 'no price', metaChange: { regularMarketPrice: null }, verdict: 'badPayload' },
    { why: 'a price in quotes', metaChange: { regularMarketPrice: '271.34' }, verdict: 'badPayload' },
  ])('$why is $verdict', ({ metaChange, verdict }) => {
    const { readings } = chartQuote.parse(
      responseOf(chartBody(metaChange)),
      [questionOf('market', 'AAPL')],
      settings,
    );
    expect(verdicts(readings)).toEqual([verdict]);
  });

  test.each([
    { why: 'rows of minutes', body: chartBody(), verdict: 'ok' },
    { why: 'days where minutes were asked', body: chartBody({ dataGranularity: '1d' }), verdict: 'mismatch' },
    {
      why: 'an empty window',
      body: chartBody({}, { timestamp: undefined, indicators: { quote: [{}] } }),
      verdict: 'noData',
    },
    {
      why: 'rows without prices',
      body: chartBody({}, { timestamp: [AT_S], indicators: { quote: [{ close: [269] }] } }),
      verdict: 'badPayload',
    },
  ])('bars from $why are $verdict', ({ body, verdict }) => {
    const { readings } = chartBars.parse(responseOf(body), [barsQuestion('AAPL')], settings);
    expect(verdicts(readings)).toEqual([verdict]);
  });
});

describe('daily history with a dividend of 2 on a close of 100', () => {
  const DAY_S = 86_400;
  const FIRST_S = Date.UTC(2026, 9, 5, 13, 30) / 1000;
  const question = barsQuestion('AAPL', { intervalMs: 86_400_000, fromMs: 0 });

  const read = (adjclose: readonly number[], date = FIRST_S + DAY_S) => {
    const prices = [100, 98, 99];
    const body = chartBody(
      { dataGranularity: '1d' },
      {
        timestamp: [0, 1, 2].map((day) => FIRST_S + day * DAY_S),
        events: { dividends: { [date]: { amount: 2, date } } },
        indicators: {
          quote: [{ open: prices, high: prices, low: prices, close: prices, volume: [1, 1, 1] }],
          adjclose: [{ adjclose }],
        },
      },
    );
    return verdicts(chartBars.parse(responseOf(body), [question], settings).readings);
  };

  test.each([
    { why: 'taken off before it', adjclose: [98, 98, 99], verdict: 'ok' },
    { why: 'left out', adjclose: [100, 98, 99], verdict: 'badPayload' },
    { why: 'taken off twice', adjclose: [96, 98, 99], verdict: 'badPayload' },
  ])('$why is $verdict', ({ adjclose, verdict }) => {
    expect(read(adjclose)).toEqual([verdict]);
  });

  test('cannot be judged where it was paid before the window', () => {
    expect(read([100, 98, 99], FIRST_S)).toEqual(['ok']);
  });
});

describe('reading quotes', () => {
  const batch = ['AAPL', 'BRK.B', 'BTC-USD', 'NVDA'].map((id) => questionOf('market', id));

  test('takes each symbol’s own, and names the one that is missing', () => {
    const { readings } = quote.parse(responseOf(quoteBody), batch, session);
    expect(readings.map((reading) => field(reading, 'view', 'quote', 'price'))).toEqual([
      271.34,
      500.5,
      86421.53,
      undefined,
    ]);
    expect(verdicts(readings)).toEqual(['ok', 'ok', 'ok', 'unknownSymbol']);
  });

  test.each([
    { change: { currency: undefined }, verdict: 'badPayload' },
    { change: { currency: 'EUR' }, verdict: 'mismatch' },
    { change: { regularMarketPrice: 0 }, verdict: 'badPayload' },
  ])('a quote with $change is $verdict', ({ change, verdict }) => {
    const body = { quoteResponse: { result: [quoteOf('AAPL', 271.34, change)], error: null } };
    expect(verdicts(quote.parse(responseOf(body), batch.slice(0, 1), session).readings)).toEqual([verdict]);
  });
});

describe('reading ratings', () => {
  const batch = [questionOf('rating', 'AAPL')];

  test('takes the counts of the running month', () => {
    expect(recommendations.parse(responseOf(ratingBody), batch, session).readings).toEqual([
      {
        kind: 'ok',
        view: {
          kind: 'rating',
          strongBuy: 11,
          buy: 21,
          hold: 6,
          sell: 1,
          strongSell: 0,
          eventAtMs: RECEIVED_AT_MS,
        },
      },
    ]);
  });

  test.each([
    { why: 'no running month', trends: [trend('-1m', 9)], verdict: 'badPayload' },
    { why: 'half an analyst', trends: [trend('0m', 0.5)], verdict: 'badPayload' },
    {
      why: 'nobody',
      trends: [{ period: '0m', strongBuy: 0, buy: 0, hold: 0, sell: 0, strongSell: 0 }],
      verdict: 'noData',
    },
  ])('$why is $verdict', ({ trends, verdict }) => {
    const body = { quoteSummary: { result: [{ recommendationTrend: { trend: trends } }], error: null } };
    expect(verdicts(recommendations.parse(responseOf(body), batch, session).readings)).toEqual([verdict]);
  });
});

describe('refusals', () => {
  const error = (envelope: string, code: string, description: string) => ({
    [envelope]: { result: null, error: { code, description } },
  });

  test.each([
    { status: 429, body: 'Edge: Too Many Requests', kind: 'limit' },
    { status: 401, body: error('finance', 'Unauthorized', 'Invalid Crumb'), kind: 'auth' },
    {
      status: 404,
      body: error('chart', 'Not Found', 'No data found, symbol may be delisted'),
      kind: 'unknownSymbol',
    },
    {
      status: 200,
      body: error('chart', 'Not Found', 'No data found, symbol may be delisted'),
      kind: 'unknownSymbol',
    },
    { status: 200, body: error('chart', 'Something New', 'who knows'), kind: 'badPayload' },
    {
      status: 422,
      body: error('chart', 'Unprocessable Entity', 'Invalid input - interval=7m is not supported'),
      kind: 'badRequest',
    },
    {
      status: 422,
      body: error('chart', 'Unprocessable Entity', '1m data not available for startTime=1 and endTime=2'),
      kind: 'noData',
    },
    {
      status: 400,
      body: error('chart', 'Bad Request', 'Data doesn’t exist for startDate = 1'.replace('’', "'")),
      kind: 'noData',
    },
    { status: 404, body: '', kind: 'unknownSymbol' },
    { status: 403, body: '<html><title>Forbidden</title></html>', kind: 'blocked' },
    { status: 999, body: '<html><title>Request denied</title></html>', kind: 'blocked' },
    { status: 502, body: '<html><title>Bad Gateway</title></html>', kind: 'down' },
  ])('$status $body is $kind', ({ status, body, kind }) => {
    const { readings } = chartQuote.parse(responseOf(body, status), [questionOf('market', 'AAPL')], settings);
    expect(verdicts(readings)).toEqual([kind]);
  });

  test('that echo the crumb do not pass it on', () => {
    const body = error('finance', 'Unauthorized', `Invalid Crumb ${session.keys.crumb}`);
    const { readings } = quote.parse(responseOf(body, 401), [questionOf('market', 'AAPL')], session);
    expect(JSON.stringify(readings)).not.toContain('canary');
  });
});

test('nothing is stated about the allowance but Retry-After', () => {
  expect(yahoo.limitState(responseOf('', 429, { 'retry-after': '60' }))).toEqual({
    ...NO_LIMIT_STATE,
    retryAfterMs: 60_000,
  });
});

describeTorture('yahoo', [
  {
    name: 'chart/quote',
    endpoint: chartQuote,
    batch: [questionOf('market', 'AAPL')],
    settings,
    response: responseOf(chartBody()),
    witness: (json, instrument) => {
      const head = field(json, 'chart', 'result', 0, 'meta');
      return field(head, 'symbol') === instrument.id ? field(head, 'regularMarketPrice') : undefined;
    },
  },
  {
    name: 'chart/bars',
    endpoint: chartBars,
    batch: [barsQuestion('AAPL')],
    settings,
    response: responseOf(chartBody()),
  },
  {
    name: 'quote',
    endpoint: quote,
    batch: ['AAPL', 'BRK.B', 'BTC-USD'].map((id) => questionOf('market', id)),
    settings: session,
    response: responseOf(quoteBody),
    witness: (json, instrument) => {
      const quotes = field(json, 'quoteResponse', 'result') as readonly unknown[];
      const own = quotes.filter((one) => field(one, 'symbol') === symbolOf(instrument));
      return field(own.at(-1), 'regularMarketPrice');
    },
  },
  {
    name: 'recommendations',
    endpoint: recommendations,
    batch: [questionOf('rating', 'AAPL')],
    settings: session,
    response: responseOf(ratingBody),
  },
]);
