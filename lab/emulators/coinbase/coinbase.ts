import type { MarketPrice } from '../../market/market.ts';
import type { Call, Provider, Reply, Route } from '../core/provider.ts';
import { advancedCandles, exchangeCandles } from './candles.ts';

const ADVANCED_ROOTS = ['/api/v3/brokerage/market', '/market'] as const;

/** Coinbase Exchange and Advanced Trade, public market data (providers.md section 8). */
export const coinbase: Provider = {
  id: 'coinbase',
  basePath: '',
  latencyMedianMs: 60,
  lagMs: 80,
  plans: {
    /** Ten a second per IP, fifteen in a burst. */
    public: {
      limits: [
        { name: 'second', max: 15, windowMs: 1_500, counting: 'bucket', unit: 'requests', refusal: 'limit' },
      ],
      usdPerMonth: 0,
    },
  },
  routes: [
    { name: 'exchange/ticker', method: 'GET', path: '/products/:product/ticker', answer: exchangeTicker },
    { name: 'exchange/stats', method: 'GET', path: '/products/:product/stats', answer: exchangeStats },
    { name: 'exchange/candles', method: 'GET', path: '/products/:product/candles', answer: exchangeCandles },
    ...ADVANCED_ROOTS.flatMap(advancedRoutes),
  ],
  key: () => null,
  needsKey: () => false,
  refuse(refusal, request) {
    const advanced = ADVANCED_ROOTS.some((root) => request.path.startsWith(root));
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return advanced
          ? { status: 429, body: { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] } }
          : { status: 429, body: { message: 'Public rate limit exceeded' } };
      case 'auth':
        return { status: 401, body: { message: 'Unauthorized.' } };
      case 'noRoute':
        return { status: 404, body: { message: 'NotFound' } };
      case 'down':
        return { status: 500, body: { message: 'Internal server error' } };
    }
  },
};

function advancedRoutes(root: (typeof ADVANCED_ROOTS)[number]): Route[] {
  return [
    { name: 'advanced/products', method: 'GET', path: `${root}/products`, answer: products },
    { name: 'advanced/product', method: 'GET', path: `${root}/products/:product`, answer: product },
    {
      name: 'advanced/ticker',
      method: 'GET',
      path: `${root}/products/:product/ticker`,
      answer: advancedTicker,
    },
    {
      name: 'advanced/candles',
      method: 'GET',
      path: `${root}/products/:product/candles`,
      answer: advancedCandles,
    },
  ];
}

type Found = { readonly id: string; readonly quote: MarketPrice };

function found(call: Call, asked: string): Found | null {
  const id = call.look.subject(asked);
  const quote = id === null ? null : call.look.quote(id);
  return id === null || quote === null || !id.includes('-') ? null : { id, quote };
}

/** The Exchange wants to know who asks. */
function exchange(call: Call, answer: (product: Found) => unknown): Reply {
  if (!call.request.headers['user-agent']) {
    return { status: 400, body: { message: 'User-Agent header is required.' } };
  }
  const product = found(call, call.params.product as string);
  if (product === null) return { status: 404, body: { message: 'NotFound' } };
  return { status: 200, body: answer(product) };
}

function exchangeTicker(call: Call): Reply {
  return exchange(call, ({ id, quote }) => ({
    ask: String(quote.ask),
    bid: String(quote.bid),
    volume: (call.look.day(id)?.bar?.volume ?? 0).toFixed(8),
    trade_id: Math.floor(quote.eventAtMs / 5_000),
    price: String(quote.price),
    size: sizeOf(call, id),
    time: new Date(quote.eventAtMs).toISOString(),
  }));
}

function exchangeStats(call: Call): Reply {
  return exchange(call, ({ id, quote }) => {
    const day = call.look.day(id)?.bar ?? null;
    return {
      open: String(day?.open ?? quote.price),
      high: String(day?.high ?? quote.price),
      low: String(day?.low ?? quote.price),
      last: String(quote.price),
      volume: (day?.volume ?? 0).toFixed(8),
    };
  });
}

function advanced(call: Call, answer: (product: Found) => unknown): Reply {
  const asked = call.params.product as string;
  const product = found(call, asked);
  if (product !== null) return { status: 200, body: answer(product) };
  const message = `valid product_id is required: ${asked}`;
  return { status: 404, body: { error: 'NOT_FOUND', error_details: message, message } };
}

/** Several products by repeating `product_id`; unknown ones are left out. Carries no time of the price. */
function products(call: Call): Reply {
  const list = call.request.query
    .getAll('product_ids')
    .map((asked) => found(call, asked))
    .filter((product) => product !== null)
    .map((product) => productOf(call, product));
  return { status: 200, body: { products: list, num_products: list.length } };
}

function product(call: Call): Reply {
  return advanced(call, (asked) => productOf(call, asked));
}

function productOf(call: Call, { id, quote }: Found) {
  const day = call.look.day(id);
  const [base, currency] = id.split('-');
  return {
    product_id: id,
    price: String(quote.price),
    price_percentage_change_24h: String((quote.price / (day?.previousClose ?? quote.price) - 1) * 100),
    volume_24h: String(day?.bar?.volume ?? 0),
    base_currency_id: base,
    quote_currency_id: currency,
    status: 'online',
    trading_disabled: false,
    is_disabled: false,
    product_type: 'SPOT',
  };
}

function advancedTicker(call: Call): Reply {
  return advanced(call, ({ id, quote }) => {
    const newest = Math.floor(quote.eventAtMs / 5_000);
    const trade = {
      trade_id: String(newest),
      product_id: id,
      price: String(quote.price),
      size: sizeOf(call, id),
      time: new Date(quote.eventAtMs).toISOString(),
      side: call.look.chance(id, 2, 5_000) < 0.5 ? 'BUY' : 'SELL',
      exchange: 'CBE',
    };
    return { trades: [trade], best_bid: String(quote.bid), best_ask: String(quote.ask) };
  });
}

function sizeOf(call: Call, id: string): string {
  return (0.001 + 0.1 * call.look.chance(id, 1, 5_000)).toFixed(8);
}
