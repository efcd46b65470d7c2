import type { Call, Provider, Reply } from '../core/provider.ts';
import { advancedCandles } from './candles.ts';
import { coinbase } from './coinbase.ts';
import { type Found, found, sizeOf } from './product.ts';

/** Coinbase Advanced Trade, public market data (providers.md section 8). */
export const coinbaseAdvanced: Provider = {
  ...coinbase,
  id: 'coinbase-advanced',
  basePath: '/api/v3/brokerage',
  routes: [
    { name: 'products', method: 'GET', path: '/market/products', answer: products },
    { name: 'product', method: 'GET', path: '/market/products/:product', answer: product },
    { name: 'ticker', method: 'GET', path: '/market/products/:product/ticker', answer: ticker },
    { name: 'candles', method: 'GET', path: '/market/products/:product/candles', answer: advancedCandles },
  ],
  refuse(refusal, request) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return {
          status: 429,
          body: { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] },
        };
      default:
        return coinbase.refuse(refusal, request);
    }
  },
  headers([second]) {
    return {
      'x-ratelimit-limit': String(second?.limit.max),
      'x-ratelimit-remaining': String(second?.remaining),
    };
  },
};

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

function ticker(call: Call): Reply {
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
