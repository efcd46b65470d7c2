import { commaList, countOf } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';
import { coinOf, isCurrency, subjectOf } from './coins.ts';

const CACHE = { 'cache-control': 'public, max-age=30' };

/** Keyed by coin; an unknown one is absent. */
export function simplePriceReply({ look, request }: Call): Reply {
  const { query } = request;
  const currencies = commaList(query.get('vs_currencies'));
  if (currencies.length === 0) return { status: 422, body: { error: 'Missing parameter vs_currencies' } };
  const wants = (name: string) => query.get(name) === 'true';
  const body: Record<string, Record<string, number>> = {};
  for (const coin of commaList(query.get('ids'))) {
    for (const currency of currencies.filter(isCurrency)) {
      const id = subjectOf(look, coin, currency);
      const quote = id === null ? null : look.quote(id);
      const day = id === null ? null : look.day(id);
      if (id === null || quote === null || day === null) continue;
      body[coinOf(id)] = {
        ...body[coinOf(id)],
        [currency]: quote.price,
        ...(wants('include_24hr_vol') && { [`${currency}_24h_vol`]: (day.bar?.volume ?? 0) * quote.price }),
        ...(wants('include_24hr_change') && {
          [`${currency}_24h_change`]: (quote.price / day.previousClose - 1) * 100,
        }),
        ...(wants('include_last_updated_at') && { last_updated_at: Math.floor(quote.eventAtMs / 1_000) }),
      };
    }
  }
  return { status: 200, body, headers: CACHE };
}

export function marketsReply({ look, request }: Call): Reply {
  const { query } = request;
  const currency = query.get('vs_currency') ?? '';
  if (!isCurrency(currency)) return { status: 422, body: { error: 'invalid vs_currency' } };
  const perPage = countOf(query.get('per_page'), 100, 250);
  const first = (countOf(query.get('page'), 1, 1_000) - 1) * perPage;
  const rows: unknown[] = [];
  for (const coin of commaList(query.get('ids')).slice(first, first + perPage)) {
    const id = subjectOf(look, coin, currency);
    const quote = id === null ? null : look.quote(id);
    const day = id === null ? null : look.day(id);
    if (id === null || quote === null || day === null) continue;
    rows.push({
      id: coinOf(id),
      symbol: id.split('-')[0]?.toLowerCase(),
      current_price: quote.price,
      high_24h: Math.max(day.bar?.high ?? quote.price, quote.price),
      low_24h: Math.min(day.bar?.low ?? quote.price, quote.price),
      total_volume: (day.bar?.volume ?? 0) * quote.price,
      price_change_percentage_24h: (quote.price / day.previousClose - 1) * 100,
      last_updated: new Date(quote.eventAtMs).toISOString(),
    });
  }
  return { status: 200, body: rows, headers: CACHE };
}
