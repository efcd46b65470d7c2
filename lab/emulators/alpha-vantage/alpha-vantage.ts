import type { LabLimit } from '../core/limit-gate.ts';
import type { Call, Provider, Reply } from '../core/provider.ts';
import { cryptoIntradayReply, intradayReply } from './intraday.ts';
import { bulkQuotesReply, exchangeRateReply, globalQuoteReply } from './market.ts';
import { newsReply } from './news.ts';

const FUNCTIONS: Readonly<Record<string, (call: Call) => Reply>> = {
  GLOBAL_QUOTE: globalQuoteReply,
  REALTIME_BULK_QUOTES: premium(bulkQuotesReply),
  CURRENCY_EXCHANGE_RATE: exchangeRateReply,
  TIME_SERIES_INTRADAY: intradayReply,
  CRYPTO_INTRADAY: cryptoIntradayReply,
  NEWS_SENTIMENT: newsReply,
};

const THANKS = 'Thank you for using Alpha Vantage!';

/** Alpha Vantage (providers.md section 4): one address, and every refusal is a 200 with words. */
export const alphaVantage: Provider = {
  id: 'alpha-vantage',
  basePath: '',
  latencyMedianMs: 250,
  lagMs: 1_000,
  plans: {
    premium75: { limits: [limitOf('minute', 75, 60_000, 'limit')], usdPerMonth: 49.99 },
    premium1200: { limits: [limitOf('minute', 1_200, 60_000, 'limit')], usdPerMonth: 249.99 },
    free: {
      limits: [limitOf('second', 1, 1_000, 'limit'), limitOf('day', 25, 86_400_000, 'quota')],
      usdPerMonth: 0,
    },
  },
  routes: [{ name: 'query', method: 'GET', path: '/query', answer }],
  key: (request) => request.query.get('apikey'),
  needsKey: () => true,
  refuse(refusal, request) {
    switch (refusal.kind) {
      case 'quota':
        return information(
          `We have detected your API key as ${request.query.get('apikey')} and our standard API rate limit is ${refusal.limit.max} requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.`,
        );
      case 'limit':
        return information(
          refusal.limit.name === 'minute'
            ? `${THANKS} You have reached the ${refusal.limit.max} requests per minute of your plan. Please visit https://www.alphavantage.co/premium/ to target a higher API call volume.`
            : `${THANKS} Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to lift the free key rate limit (25 requests per day).`,
        );
      case 'ban':
        return information(`${THANKS} Please consider spreading out your API requests more sparingly.`);
      case 'auth':
        return errorMessage(
          'the parameter apikey is invalid or missing. Please claim your free API key on (https://www.alphavantage.co/support/#api-key).',
        );
      case 'noRoute':
        return { status: 404, body: '<h1>Not Found</h1>', headers: { 'content-type': 'text/html' } };
      case 'down':
        return {
          status: 503,
          body: '<h1>Service Unavailable</h1>',
          headers: { 'content-type': 'text/html' },
        };
    }
  },
};

function limitOf(name: string, max: number, windowMs: number, refusal: 'limit' | 'quota'): LabLimit {
  return { name, max, windowMs, counting: 'sliding', unit: 'requests', refusal };
}

function information(text: string): Reply {
  return { status: 200, body: { Information: text } };
}

function errorMessage(text: string): Reply {
  return { status: 200, body: { 'Error Message': text } };
}

function answer(call: Call): Reply {
  const name = call.request.query.get('function') ?? '';
  const reply = FUNCTIONS[name]?.(call);
  if (reply !== undefined) return reply;
  return errorMessage(`This API function (${name}) does not exist.`);
}

function premium(reply: (call: Call) => Reply): (call: Call) => Reply {
  return (call) =>
    call.plan === 'free'
      ? information(
          `${THANKS} This is a premium endpoint. You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly unlock all premium endpoints`,
        )
      : reply(call);
}
