import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyOf } from '../lab/chance.ts';
import { bodyOf } from './scale-answers.ts';

/** The providers of `bench/scale.ts` in a process of their own, each on a port of its own. */
export type ScaleLabOrder = { readonly latencyMedianMs: Readonly<Record<string, number>> };
export type ScaleLabUp = { readonly baseUrls: Readonly<Record<string, string>> };

const SIGMA = 0.3;

/** Log-normal around the median; drawn anew for every request. */
function latencyMs(sourceId: string, medianMs: number, request: number): number {
  const uniform = (keyOf(`${sourceId}${request}`) + 0.5) / 0x1_0000_0000;
  const other = (keyOf(`${request}${sourceId}`) + 0.5) / 0x1_0000_0000;
  const normal = Math.sqrt(-2 * Math.log(uniform)) * Math.cos(2 * Math.PI * other);
  return medianMs * Math.exp(SIGMA * normal);
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
