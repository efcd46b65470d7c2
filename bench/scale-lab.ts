import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyOf } from '../lab/chance.ts';
import { barAt, priceAt, scoreAt } from './scale-market.ts';

/** The providers of `bench/scale.ts` in a process of their own, each on a port of its own. */
export type ScaleLabOrder = { readonly latencyMedianMs: Readonly<Record<string, number>> };
export type ScaleLabUp = { readonly baseUrls: Readonly<Record<string, string>> };

const MINUTE_MS = 60_000;
const SIGMA = 0.3;

/** Log-normal around the median; drawn anew for every request. */
function latencyMs(sourceId: string, medianMs: number, request: number): number {
  const uniform = (keyOf(`${sourceId}${request}`) + 0.5) / 0x1_0000_0000;
  const other = (keyOf(`${request}${sourceId}`) + 0.5) / 0x1_0000_0000;
  const normal = Math.sqrt(-2 * Math.log(uniform)) * Math.cos(2 * Math.PI * other);
  return medianMs * Math.exp(SIGMA * normal);
}

function bodyOf(sourceId: string, url: URL, nowMs: number): string {
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

async function serve(sourceId: string, medianMs: number): Promise<string> {
  let requests = 0;
  const server = createServer({ keepAlive: true }, (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    const body = bodyOf(sourceId, new URL(request.url ?? '', 'http://lab'), Date.now());
    setTimeout(
      () => {
        response.setHeader('content-type', 'application/json');
        response.end(body);
      },
      latencyMs(sourceId, medianMs, requests),
    );
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function start({ latencyMedianMs }: ScaleLabOrder): Promise<void> {
  const served = Object.entries(latencyMedianMs).map(
    async ([id, medianMs]) => [id, await serve(id, medianMs)] as const,
  );
  const up: ScaleLabUp = { baseUrls: Object.fromEntries(await Promise.all(served)) };
  process.send?.(up);
}

process.once('message', (order) => void start(order as ScaleLabOrder));
process.once('disconnect', () => process.exit(0));
