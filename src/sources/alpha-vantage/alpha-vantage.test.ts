import { describe, expect, test } from 'vitest';
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
import { alphaVantage } from './alpha-vantage.ts';
import { article, bar, cryptoSeries, newsBody, quoteBody, rateBody, stockSeries } from './bodies.testing.ts';

const settings = settingsOf(alphaVantage);
const quote = endpointOf(alphaVantage, 'stocks/quote');
const rate = endpointOf(alphaVantage, 'crypto/rate');
const stockBars = endpointOf(alphaVantage, 'stocks/intraday');
const cryptoBars = endpointOf(alphaVantage, 'crypto/intraday');
const news = endpointOf(alphaVantage, 'news');
const aapl = questionOf('market', 'AAPL');
const btc = questionOf('market', 'BTC-USD');

describe('requests to Alpha Vantage', () => {
  test.each([
    [quote, aapl, 'function=GLOBAL_QUOTE&symbol=AAPL'],
    [rate, btc, 'function=CURRENCY_EXCHANGE_RATE&from_currency=BTC&to_currency=USD'],
    [
      stockBars,
      barsQuestion('AAPL'),
      'function=TIME_SERIES_INTRADAY&symbol=AAPL&interval=1min&outputsize=compact',
    ],
    [
      stockBars,
      barsQuestion('AAPL', { fromMs: 0, intervalMs: 300_000 }),
      'function=TIME_SERIES_INTRADAY&symbol=AAPL&interval=5min&outputsize=full',
    ],
    [
      cryptoBars,
      barsQuestion('BTC-USD'),
      'function=CRYPTO_INTRADAY&symbol=BTC&market=USD&interval=1min&outputsize=compact',
    ],
    [news, questionOf('gauge', 'AAPL'), 'function=NEWS_SENTIMENT&tickers=AAPL&sort=LATEST&limit=50'],
    [
      news,
      questionOf('gauge', 'BTC-USDT'),
      'function=NEWS_SENTIMENT&tickers=CRYPTO%3ABTC&sort=LATEST&limit=50',
    ],
  ])('%$', (endpoint, question, query) => {
    const { url } = endpoint.request([question], settings, null);
    expect(url).toBe(`https://www.alphavantage.co/query?${query}&apikey=canary-apiKey-7f3a`);
  });

  test('never ask one currency for another', () => {
    expect(rate.accepts(instrumentOf('BTC-USDT')) || cryptoBars.accepts(instrumentOf('BTC-USDC'))).toBe(
      false,
    );
  });
});

describe('a quote of Alpha Vantage', () => {
  test('is stamped with the first moment of its day in New York, so that it never looks fresh', () => {
    expect(quote.parse(responseOf(quoteBody()), [aapl], settings).readings).toEqual([
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
            eventAtMs: Date.UTC(2026, 10, 20, 5),
            receivedAtMs: RECEIVED_AT_MS,
          },
          bars: [],
        },
      },
    ]);
  });

  test.each([
    ['empty, the symbol is unknown', { 'Global Quote': {} }, 'unknownSymbol'],
    ['nothing at all, the symbol is unknown', {}, 'unknownSymbol'],
    ['something else', { Quote: { price: 1 } }, 'badPayload'],
    ['of another symbol', quoteBody({ '01. symbol': 'MSFT' }), 'mismatch'],
    ['of no symbol', quoteBody({ '01. symbol': undefined }), 'mismatch'],
    ['without a day', quoteBody({ '07. latest trading day': '' }), 'badPayload'],
    ['of a day that does not exist', quoteBody({ '07. latest trading day': '2026-02-30' }), 'badPayload'],
    ['with a comma in its price', quoteBody({ '05. price': '1,271.34' }), 'badPayload'],
    ['priced 0', quoteBody({ '05. price': '0.0000' }), 'badPayload'],
    ['priced by a number', quoteBody({ '05. price': 271.34 }), 'badPayload'],
  ])('%s', (_name, body, expected) => {
    expect(verdicts(quote.parse(responseOf(body), [aapl], settings).readings)).toEqual([expected]);
  });
});

describe('a rate of Alpha Vantage', () => {
  test.each([
    ['UTC', '2026-11-20 20:59:58', Date.UTC(2026, 10, 20, 20, 59, 58)],
    ['US/Eastern', '2026-11-20 15:59:58', Date.UTC(2026, 10, 20, 20, 59, 58)],
    ['US/Eastern', '2026-07-20 15:59:58', Date.UTC(2026, 6, 20, 19, 59, 58)],
  ])('in zone %s at %s is read in that zone', (zone, text, eventAtMs) => {
    const body = rateBody({ '6. Last Refreshed': text, '7. Time Zone': zone });
    expect(rate.parse(responseOf(body), [btc], settings).readings).toMatchObject([
      { view: { quote: { price: 86421.53, currency: 'USD', eventAtMs } } },
    ]);
  });

  test.each([
    ['of another coin', rateBody({ '1. From_Currency Code': 'ETH' }), 'mismatch'],
    ['in another currency', rateBody({ '3. To_Currency Code': 'CNY' }), 'mismatch'],
    ['in a zone that is not known', rateBody({ '7. Time Zone': 'Mars' }), 'badPayload'],
    ['in an inherited zone', rateBody({ '7. Time Zone': 'constructor' }), 'badPayload'],
    [
      'in the doubled hour',
      rateBody({ '6. Last Refreshed': '2026-11-01 01:30:00', '7. Time Zone': 'US/Eastern' }),
      'badPayload',
    ],
    ['without a time', rateBody({ '6. Last Refreshed': undefined }), 'badPayload'],
  ])('%s is refused', (_name, body, expected) => {
    expect(verdicts(rate.parse(responseOf(body), [btc], settings).readings)).toEqual([expected]);
  });
});

describe('bars of Alpha Vantage', () => {
  test('of stocks start at the New York time of their key, oldest first, the open one left out', () => {
    const series = {
      '2026-11-20 16:00:00': bar('271.3400'),
      '2026-11-20 15:59:00': bar('271.3000'),
      '2026-11-20 15:58:00': bar('271.2500'),
    };
    expect(
      stockBars.parse(responseOf(stockSeries(series)), [barsQuestion('AAPL')], settings).readings,
    ).toMatchObject([
      {
        view: {
          bars: [
            { openAtMs: Date.UTC(2026, 10, 20, 20, 58), close: 271.25, volume: 18234 },
            { openAtMs: Date.UTC(2026, 10, 20, 20, 59), close: 271.3 },
          ],
        },
      },
    ]);
  });

  test('of crypto are in UTC, their volume a number', () => {
    const body = cryptoSeries({ '2026-11-20 20:58:00': bar('271.2', 12.5) });
    expect(cryptoBars.parse(responseOf(body), [barsQuestion('BTC-USD')], settings).readings).toMatchObject([
      { view: { bars: [{ openAtMs: Date.UTC(2026, 10, 20, 20, 58), volume: 12.5 }] } },
    ]);
  });

  const series = { '2026-11-20 15:58:00': bar('271.2500') };
  test.each([
    ['of another symbol', stockSeries(series, { '2. Symbol': 'MSFT' }), 'mismatch'],
    ['of another length', stockSeries(series, { '4. Interval': '5min' }), 'mismatch'],
    ['in no zone', stockSeries(series, { '6. Time Zone': undefined }), 'badPayload'],
    ['outside the window', stockSeries({ '2026-11-20 12:00:00': bar('271.25') }), 'noData'],
    ['that contradict themselves', stockSeries({ '2026-11-20 15:58:00': bar('300') }), 'badPayload'],
    ['that are none', stockSeries('none'), 'badPayload'],
    ['that are missing', {}, 'unknownSymbol'],
  ])('%s are refused', (_name, body, expected) => {
    expect(verdicts(stockBars.parse(responseOf(body), [barsQuestion('AAPL')], settings).readings)).toEqual([
      expected,
    ]);
  });
});

describe('news of Alpha Vantage', () => {
  const gauge = (body: unknown) => {
    const [reading] = news.parse(responseOf(body), [questionOf('gauge', 'AAPL')], settings).readings;
    return reading?.kind === 'ok' && reading.view.kind === 'gauge' ? reading.view : reading;
  };

  test('are the mean of the ticker’s own scores, weighted by relevance, as of the newest article', () => {
    const body = newsBody(
      article('0.40', { time_published: '20261120T120000' }, '0.9'),
      article('-0.20', {}, '0.3'),
      article('0.99', {
        ticker_sentiment: [{ ticker: 'MSFT', relevance_score: '1', ticker_sentiment_score: '1' }],
      }),
    );
    expect(gauge(body)).toMatchObject({
      gauge: 'newsSentiment',
      min: -1,
      max: 1,
      value: expect.closeTo((0.9 * 0.4 - 0.3 * 0.2) / 1.2, 12),
      eventAtMs: Date.UTC(2026, 10, 20, 13, 15),
    });
  });

  test('of one site count five times at most, the newest first', () => {
    const flood = Array.from({ length: 40 }, (_, index) =>
      article(index < 5 ? '1' : '-1', {
        time_published: `20261120T13${String(50 - index).padStart(2, '0')}00`,
      }),
    );
    const calm = article('-0.5', { source_domain: 'other.example' });
    expect(gauge(newsBody(...flood, calm))).toMatchObject({ value: expect.closeTo((5 - 0.5) / 6, 12) });
  });

  test('that are old, of tomorrow, out of range or unreadable are left aside', () => {
    const good = article('0.2');
    for (const bad of [
      article('1', { time_published: '20261116T131500' }),
      article('1', { time_published: '20261121T131500' }),
      article('1', { time_published: '2026-11-20T13:15:00Z' }),
      article('1e9'),
      article('-1.01'),
      article('0.9', {}, '-0.5'),
      article('0.9', {}, '7'),
      article(null),
      null,
    ]) {
      expect(gauge(newsBody(bad, good))).toMatchObject({ value: expect.closeTo(0.2, 12) });
    }
  });

  test.each([
    ['no article', newsBody(), 'noData'],
    ['none about the ticker', newsBody(article('1', { ticker_sentiment: [] })), 'noData'],
    ['no relevance', newsBody(article('1', {}, '0')), 'noData'],
    ['no feed', { items: '0', feed: 'none' }, 'badPayload'],
    ['nothing', {}, 'unknownSymbol'],
  ])('with %s fail', (_name, body, expected) => {
    expect(gauge(body)).toMatchObject({ failure: { kind: expected } });
  });
});

describe('words of Alpha Vantage instead of data', () => {
  const daily =
    'our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans';
  const burst = 'Please consider spreading out your free API requests more sparingly (1 request per second).';
  test.each([
    ['Information', `We have detected your API key as SOMEKEY123 and ${daily} at https://...`, 'quota', null],
    ['Information', `Thank you for using Alpha Vantage! Our ${daily}`, 'quota', null],
    [
      'Information',
      `Thank you for using Alpha Vantage! ${burst} You may subscribe to lift it (1 per second)`,
      'limit',
      1_000,
    ],
    ['Information', `${burst} Your limit of 25 requests per day stays.`, 'limit', 1_000],
    [
      'Information',
      'Please consider spreading out your requests. The limit is 25 requests per day.',
      'limit',
      1_000,
    ],
    ['Note', 'Our standard API call frequency is 5 calls per minute and 500 calls per day.', 'limit', 60_000],
    [
      'Information',
      'Thank you! This is a premium endpoint. You may subscribe to any of the premium plans',
      'plan',
      null,
    ],
    [
      'Error Message',
      'the parameter apikey is invalid or missing. Please claim your free API key',
      'auth',
      null,
    ],
    [
      'Error Message',
      'Invalid API call. Please retry or visit the documentation for TIME_SERIES_INTRADAY.',
      'unknownSymbol',
      null,
    ],
    ['Information', 'Invalid inputs. Please refer to the API documentation', 'badRequest', null],
    ['Information', 'A wording that nobody has seen yet, to canary-apiKey-7f3a', 'limit', null],
  ])('%s: %s is %s', (member, text, kind, retryAfterMs) => {
    for (const [endpoint, question] of [
      [quote, aapl],
      [rate, btc],
      [stockBars, barsQuestion('AAPL')],
      [news, questionOf('gauge', 'AAPL')],
    ] as const) {
      const { readings } = endpoint.parse(responseOf({ [member]: text }), [question], settings);
      expect(readings).toMatchObject([{ failure: { kind, retryAfterMs } }]);
      expect(JSON.stringify(readings)).not.toMatch(/canary|SOMEKEY123/);
    }
  });

  test('a status of its own still counts', () => {
    expect(verdicts(quote.parse(responseOf('', 503), [aapl], settings).readings)).toEqual(['down']);
  });
});

/** The first member of an object whose name has this ending, whatever its number. */
function named(json: unknown, object: string, ending: string): unknown {
  const members = (json as Readonly<Record<string, object>>)[object] ?? {};
  return Object.entries(members).find(([name]) => name.endsWith(ending))?.[1];
}

describeTorture('alpha-vantage', [
  {
    name: 'quote',
    endpoint: quote,
    batch: [aapl],
    settings,
    response: responseOf(quoteBody()),
    witness: (json) => named(json, 'Global Quote', '. price'),
  },
  {
    name: 'rate',
    endpoint: rate,
    batch: [btc],
    settings,
    response: responseOf(rateBody()),
    witness: (json) => named(json, 'Realtime Currency Exchange Rate', '. Exchange Rate'),
  },
  {
    name: 'stocks/intraday',
    endpoint: stockBars,
    batch: [barsQuestion('AAPL')],
    settings,
    response: responseOf(
      stockSeries({ '2026-11-20 15:59:00': bar('271.30'), '2026-11-20 15:58:00': bar('271.25') }),
    ),
  },
  {
    name: 'crypto/intraday',
    endpoint: cryptoBars,
    batch: [barsQuestion('BTC-USD')],
    settings,
    response: responseOf(cryptoSeries({ '2026-11-20 20:58:00': bar('271.2', 12.5) })),
  },
  {
    name: 'news',
    endpoint: news,
    batch: [questionOf('gauge', 'AAPL')],
    settings,
    response: responseOf(newsBody(article('0.4'), article('-0.2', {}, '0.9'))),
  },
]);
