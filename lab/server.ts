import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../src/index.ts';
import type { Emulator } from './emulators/core/emulator.ts';
import type { LabRequest, Served } from './emulators/core/wire.ts';
import type { Lab } from './lab.ts';

export type LabServer = {
  /** By provider id: `http://127.0.0.1:40123/v1`, to be used as it stands. */
  readonly baseUrls: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

const BODY_BYTES_MAX = 1_000_000;

/** Puts every provider of the lab behind real HTTP: a port of its own on loopback, in the time of `clock`. */
export async function startLabServer(lab: Lab, clock: Clock): Promise<LabServer> {
  const servers: Server[] = [];
  const baseUrls: Record<string, string> = {};
  for (const [id, emulator] of lab.emulators) {
    const server = createServer((request, response) => serve(emulator, clock, request, response));
    // Idle clients keep their connections; only what they send is bounded.
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    servers.push(server);
    baseUrls[id] = `http://127.0.0.1:${(server.address() as AddressInfo).port}${emulator.provider.basePath}`;
  }
  return {
    baseUrls,
    async close() {
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise<void>((resolve) => server.close(() => resolve()));
        }),
      );
    },
  };
}

function serve(emulator: Emulator, clock: Clock, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) incoming.destroy();
    else chunks.push(chunk);
  });
  incoming.on('end', () => {
    const body = chunks.length === 0 ? null : Buffer.concat(chunks).toString('utf8');
    const startMs = clock.nowMs();
    const served = emulator.serve(labRequest(incoming, body), startMs);
    if (served.delayMs === 0) return finish(served, incoming, outgoing);
    const cancel = clock.at(startMs + served.delayMs, () => finish(served, incoming, outgoing));
    outgoing.once('close', cancel);
  });
}

function labRequest(incoming: IncomingMessage, body: string | null): LabRequest {
  const url = incoming.url ?? '/';
  const queryAt = url.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: queryAt === -1 ? url : url.slice(0, queryAt),
    query: new URLSearchParams(queryAt === -1 ? '' : url.slice(queryAt + 1)),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ),
    body,
  };
}

function finish(
  { fate, response, delayMs }: Served,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  if (fate === 'hang') return;
  if (fate === 'refused') {
    incoming.socket.destroy();
    return;
  }
  const body = Buffer.from(response.body, 'utf8');
  outgoing.writeHead(response.status, {
    ...response.headers,
    'content-length': body.length,
    'server-timing': `lab;dur=${delayMs.toFixed(1)}`,
  });
  if (fate === 'whole') {
    outgoing.end(body);
    return;
  }
  outgoing.write(body.subarray(0, body.length >> 1), () => {
    if (fate === 'reset') incoming.socket.resetAndDestroy();
  });
}
