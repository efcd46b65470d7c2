import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from '../src/platform/loopback-certificate.testing.ts';

/** The provider of `bench/pooling.ts` in a process of its own: the same answer over HTTP, HTTPS and HTTP/2. */
export type Addresses = { readonly http: string; readonly https: string; readonly http2: string };

const TLS = { cert: LOOPBACK_CERTIFICATE, key: LOOPBACK_KEY };
const latencyMs = Number(process.argv[2] ?? 0);

function answer(_request: unknown, response: { end(text: string): unknown }): void {
  if (latencyMs === 0) response.end('{"price":100}');
  else setTimeout(() => response.end('{"price":100}'), latencyMs);
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const addresses: Addresses = {
  http: `http://localhost:${await portOf(createHttpServer(answer))}`,
  https: `https://localhost:${await portOf(createHttpsServer(TLS, answer))}`,
  http2: `https://localhost:${await portOf(createSecureServer(TLS, answer))}`,
};
process.send?.(addresses);
process.once('disconnect', () => process.exit(0));
