/** Answers of Massive in the documented shapes, written from the documentation. */

export const MINUTE_OPEN_MS = Date.UTC(2026, 10, 20, 20, 59);

/** A stock ticker of the snapshot; trades and quotes are stamped in ns, which JSON text carries beyond 2^53. */
export function stockTicker(ticker: string, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    ticker,
    todaysChange: 2.78,
    updated: 1795208399871204000,
    day: { o: 268.9, h: 272.05, l: 268.1, c: 271.34, v: 48211034, vw: 270.44 },
    min: { t: MINUTE_OPEN_MS, o: 271.2, h: 271.4, l: 271.15, c: 271.33, v: 18234, av: 48211034, vw: 271.28 },
    lastTrade: { p: 271.34, s: 100, t: 1795208399871204000, x: 4, c: [14], i: '52983' },
    lastQuote: { p: 271.31, s: 2, P: 271.36, S: 1, t: 1795208399902117000 },
    prevDay: { o: 266, h: 269.7, l: 265.4, c: 268.56, v: 50118732 },
    ...fields,
  };
}

export function cryptoTicker(ticker: string, price: number) {
  return {
    ticker,
    updated: 1795208399871,
    day: { o: 86000, h: 87100, l: 85800, c: price, v: 2410.52 },
    min: { t: MINUTE_OPEN_MS, o: price, h: price + 5, l: price - 5, c: price, v: 1.25 },
    lastTrade: { p: price, s: 0.017, t: 1795208399017, x: 1, c: [1], i: '302763085' },
    prevDay: { o: 86000, h: 87100, l: 85800, c: 86010, v: 2000 },
  };
}

export const snapshot = (...tickers: unknown[]) => ({ status: 'OK', count: tickers.length, tickers });
export const aggregate = (openAtMs: number, close: number) => ({
  t: openAtMs,
  o: 271,
  h: 272,
  l: 270,
  c: close,
  v: 100,
  vw: 271,
  n: 4,
});
export const HOUR_MS = Date.UTC(2026, 10, 20, 20);
export const aggregates = (...results: unknown[]) => ({
  ticker: 'AAPL',
  queryCount: results.length,
  resultsCount: results.length,
  adjusted: true,
  results,
  status: 'OK',
  request_id: 'x',
});

export const rsiBody = (value: unknown, symbol = 'AAPL') => ({
  results: {
    underlying: { url: `https://api.massive.com/v2/aggs/ticker/${symbol}/range/1/minute/1/2?limit=50000` },
    values: [{ timestamp: MINUTE_OPEN_MS, value }],
  },
  status: 'OK',
});
