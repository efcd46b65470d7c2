import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../lab/critical-path.ts';
import type { PhaseFigures } from '../src/core/http-pools.ts';
import { LOOPBACK_CERTIFICATE } from '../src/platform/loopback-certificate.testing.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { createUndiciHttp, type UndiciHttp } from '../src/platform/undici-http.ts';
import type { Addresses } from './pooling-server.ts';

/**
 * One keep-alive pool per origin, off and on, turn by turn in one run over loopback: latency of a request and connections
 * opened. Loopback has no distance: a real network adds a round trip for TCP and one or two for TLS to each new connection.
 *
 *     node bench/pooling.ts --requests 1000 --latency-ms 0 --json FILE
 */

const { values: args } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000' },
    /** Of the server, per answer. */
    'latency-ms': { type: 'string', default: '0' },
    json: { type: 'string' },
  },
});

const IN_FLIGHT = 8;
const ROUND = 50;

type Variant = {
  readonly name: string;
  readonly url: string;
  readonly http: UndiciHttp;
  readonly tookMs: number[];
};

function variant(name: string, url: string, keepAlive: boolean): Variant {
  const http = createUndiciHttp({ clock: createSystemClock(), keepAlive, authority: LOOPBACK_CERTIFICATE });
  return { name, url, http, tookMs: [] };
}

async function ask({ url, http }: Variant): Promise<number> {
  const startedMs = performance.now();
  const outcome = await http.send(
    { method: 'GET', url, headers: {}, body: null },
    { timeoutMs: 10_000, bytesMax: 100_000 },
  );
  if (outcome.kind !== 'response') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return performance.now() - startedMs;
}

async function round(subject: Variant, requests: number): Promise<void> {
  for (let left = requests; left > 0; left -= IN_FLIGHT) {
    const some = Array.from({ length: Math.min(IN_FLIGHT, left) }, () => ask(subject));
    subject.tookMs.push(...(await Promise.all(some)));
  }
}

const server = fork(join(import.meta.dirname, 'pooling-server.ts'), [args['latency-ms']]);
const { http, https, http2 } = await new Promise<Addresses>((resolve) =>
  server.once('message', (message) => resolve(message as Addresses)),
);
const variants = [
  variant('http, off', http, false),
  variant('http, on', http, true),
  variant('https, off', https, false),
  variant('https, on', https, true),
  variant('HTTP/2, on', http2, true),
];
for (const subject of variants) await round(subject, ROUND);
for (const subject of variants) subject.tookMs.length = 0;
for (let sent = 0; sent < Number(args.requests); sent += ROUND) {
  for (const subject of variants) await round(subject, ROUND);
}

const text = ({ p50Ms }: PhaseFigures): string => p50Ms?.toFixed(2) ?? '–';
const rows = variants.map(({ name, http: client, tookMs }) => {
  const [pool] = client.pools();
  if (pool === undefined) throw new Error('nothing was asked');
  return { name, p50Ms: percentile(tookMs, 0.5) ?? 0, p99Ms: percentile(tookMs, 0.99) ?? 0, pool };
});
console.log(
  `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}, ${args.requests} requests each, ${IN_FLIGHT} in flight, answers after ${args['latency-ms']} ms\n`,
);
console.log('| pool | p50 ms | p99 ms | sent | connections opened | queue p50 | connect p50 | headers p50 |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const { name, p50Ms, p99Ms, pool } of rows) {
  const { queue, connect, headers } = pool.phases;
  const cells = [name, p50Ms.toFixed(2), p99Ms.toFixed(2), pool.sent, pool.opened];
  console.log(`| ${[...cells, text(queue), text(connect), text(headers)].join(' | ')} |`);
}
if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify({ ...args, rows }, null, 1)}\n`);
await Promise.all(variants.map(({ http: client }) => client.close()));
server.disconnect();
