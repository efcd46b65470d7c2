import { barAt, priceAt, scoreAt } from './scale-market.ts';

const MINUTE_MS = 60_000;

/** What a provider of `bench/scale.ts` answers. */
export function bodyOf(sourceId: string, url: URL, nowMs: number): string {
  const symbols = (url.searchParams.get('symbols') ?? '').split(',');
  const closedMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const data = symbols.map((symbol) => {
    if (url.pathname === '/quotes')
      return { s: symbol, p: priceAt(symbol, nowMs), t: nowMs, b: barAt(symbol, closedMs - MINUTE_MS) };
    if (url.pathname === '/bars') {
      const fromMs = Number(url.searchParams.get('from'));
      const toMs = Math.min(Number(url.searchParams.get('to')), closedMs);
      const count = Math.max(0, Math.floor((toMs - fromMs) / MINUTE_MS));
      const bars = Array.from({ length: count }, (_, index) => barAt(symbol, fromMs + index * MINUTE_MS));
      return { s: symbol, b: bars };
    }
    const { score, atMs } = scoreAt(sourceId, symbol, nowMs);
    return { symbol, score, at: atMs };
  });
  return JSON.stringify({ data });
}
