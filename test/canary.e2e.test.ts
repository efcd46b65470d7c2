import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultKind } from '../lab/faults.ts';
import { createLab, type Lab } from '../lab/lab.ts';
import { GeneratedMarket } from '../lab/market/generated-market.ts';
import { xnysSession } from '../lab/market/xnys-session.ts';
import { type LabServer, startLabServer } from '../lab/server.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { type Finished, SextantChild, sextant } from './accept/sextant-child.ts';

/** Keys that nothing else holds go in; whatever the providers do, they come out nowhere but in requests. */

const DAY_MS = 86_400_000;
const FAULT_MS = 1_500;
const SYMBOLS = ['BTC-USD', 'ETH-USD'];

/** Key names by provider. Characters that look different in URLs and JSON are among the values. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  alpaca: ['keyId', 'secret'],
  massive: ['apiKey'],
  'alpha-vantage': ['apiKey'],
  'twelve-data': ['apiKey'],
  xai: ['apiKey'],
  perplexity: ['apiKey'],
};
const canaryOf = (id: string, name: string): string => `c4n"ry/${id}+${name}=&%-8f3a91`;
const CANARIES = [...Object.entries(KEYS), ['parrot', ['token']] as const].flatMap(([id, names]) =>
  names.map((name) => canaryOf(id, name)),
);

const FAULTS: readonly FaultKind[] = [
  { kind: 'dead' },
  { kind: 'hang' },
  { kind: 'reset' },
  { kind: 'trickle' },
  { kind: 'error500' },
  { kind: 'limit', retryAfterS: null },
  { kind: 'ban', retryAfterS: 1 },
  { kind: 'limitIn200' },
  { kind: 'html403' },
  { kind: 'garbage' },
  { kind: 'truncated' },
  { kind: 'wrongSymbol' },
  { kind: 'priceFactor', factor: 100 },
];

const folder = mkdtempSync(join(tmpdir(), 'sextant-canary-'));
const answers: Record<string, string> = {};
let lab: Lab;
let server: LabServer;
let parrot: Server;
let parroted = 0;
let ended: Finished;
let replayed: Finished;

type Replayed = {
  readonly kind: string;
  readonly cycles: number;
  readonly cut: string | null;
  readonly same: { readonly decisions: number };
};

/** A canary as it is, and in the forms in which it may stand somewhere else. */
function formsOf(canary: string): string[] {
  const url = encodeURIComponent(canary);
  const json = JSON.stringify(canary).slice(1, -1);
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(canary)]).toString('base64');
    return text.slice(before === 0 ? 0 : before + 1, -4);
  });
  return [canary, url, json, new URLSearchParams([['', canary]]).toString().slice(1), ...base64];
}

/** What is in a file, unpacked. */
function textOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
}

const hits = (text: string): string[] =>
  CANARIES.filter((canary) => formsOf(canary).some((form) => text.includes(form)));

function startLab(startMs: number): void {
  const originMs = (Math.floor(startMs / DAY_MS) - 3) * DAY_MS;
  const market = new GeneratedMarket({
    seed: 'canary',
    instrumentIds: [...SYMBOLS, 'SOL-USD'],
    originMs,
    stockSession: xnysSession,
  });
  // Every provider goes through all faults, each beginning with another one.
  const faultsOf = (place: number) =>
    FAULTS.map((_, turn) => ({
      ...(FAULTS[(turn + 2 * place) % FAULTS.length] as FaultKind),
      fromMs: startMs + (turn + 1) * FAULT_MS,
      toMs: startMs + (turn + 2) * FAULT_MS,
    }));
  lab = createLab({
    market,
    seed: 'canary',
    providers: Object.keys(KEYS).map((id, place) => ({
      id,
      latencyMedianMs: 5,
      unlimited: true,
      // The last one's key is wrong from the beginning: what it says of it must not be shown either.
      ...(id === 'perplexity' ? { acceptedKeys: ['another'] } : {}),
      faults: faultsOf(place),
    })),
  });
}

/** Says back whatever it was told, address and headers, as some providers do, under one status after the other. */
async function startParrot(): Promise<string> {
  const statuses = [200, 400, 401, 403, 429, 500, 302];
  parrot = createServer((request, response) => {
    const status = statuses[parroted++ % statuses.length] ?? 200;
    const said = `${request.url} ${decodeURIComponent(request.url ?? '')} ${JSON.stringify(request.headers)}`;
    response.writeHead(status, { 'content-type': 'text/plain', location: `/elsewhere?was=${request.url}` });
    response.end(said);
  });
  await new Promise<void>((resolve) => parrot.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(parrot.address() as AddressInfo).port}`;
}

function keyFile(id: string, name: string): string {
  const file = join(folder, `${id}.${name}.key`);
  writeFileSync(file, `${canaryOf(id, name)}\n`, { mode: 0o600 });
  return `\${file:${file}}`;
}

function configFile(parrotUrl: string): string {
  const sources = Object.fromEntries(
    Object.entries(KEYS).map(([id, names]) => {
      const keys = Object.fromEntries(names.map((name) => [name, keyFile(id, name)]));
      const analyst = ['xai', 'perplexity'].includes(id)
        ? 'model'
        : id === 'alpha-vantage'
          ? 'gauge'
          : 'trend';
      return [
        id,
        { analyst, keys, baseUrl: server.baseUrls[id], limits: ['1000/s'], timeoutMs: 400, ttlMs: 1_000 },
      ];
    }),
  );
  const path = join(folder, 'sextant.yaml');
  writeFileSync(
    path,
    JSON.stringify({
      symbols: SYMBOLS,
      cycleMs: 500,
      sources: {
        ...sources,
        parrot: {
          kind: 'http-json',
          keys: { token: keyFile('parrot', 'token') },
          ttlMs: 1_000,
          http: {
            url: `${parrotUrl}/score?symbol={symbol}&token={key:token}`,
            headers: { authorization: 'Bearer {key:token}' },
            symbols: '{id}',
            answer: { symbol: '/symbol', time: '/at', score: '/score' },
          },
        },
      },
      watch: { crypto: ['alpaca', 'massive', 'twelve-data'] },
      ledger: { path: join(folder, 'ledger.db') },
      server: { port: 0 },
      flags: { changeGate: false, opinionReuse: false, decidedVote: false, breaker: false },
      cache: { enabled: false },
    }),
  );
  return path;
}

beforeAll(async () => {
  const startMs = Date.now();
  startLab(startMs);
  server = await startLabServer(lab, createSystemClock());
  const config = configFile(await startParrot());
  const tape = join(folder, 'tape.gz');
  const child = new SextantChild(['run', '-c', config, '--tape', tape]);
  const url = await child.url;
  const paths = [
    '/',
    '/metrics',
    '/openapi.json',
    '/health/ready',
    '/api/v1/state',
    '/api/v1/sources',
    '/api/v1/decisions?limit=500',
    '/api/v1/signals',
  ];
  const collect = async (when: string): Promise<void> => {
    for (const path of paths) answers[`${when} ${path}`] = await (await fetch(`${url}${path}`)).text();
  };
  for (let turn = 0; turn < FAULTS.length + 2; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, FAULT_MS));
    await collect(`fault ${turn}`);
  }
  const commands = ['sources', 'signals', 'verify', 'doctor', 'plan'];
  for (const command of commands) {
    const { stdout, stderr } = await sextant(command, '-c', config);
    answers[`sextant ${command}`] = stdout + stderr;
  }
  answers['sextant why'] = (await sextant('why', 'BTC-USD', '-c', config)).stdout;
  ended = await child.end('SIGTERM');
  replayed = await sextant('replay', '--tape', tape, '-c', config, '--json');
  answers['sextant replay'] = replayed.stdout + replayed.stderr;
}, 90_000);

afterAll(async () => {
  parrot.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the providers saw the keys and every fault was met', () => {
  const counts = Object.entries(lab.counts());
  for (const [id, { requests }] of counts) expect([id, requests > 10]).toEqual([id, true]);
  expect(Object.keys(lab.counts().alpaca?.byStatus ?? {})).toEqual(
    expect.arrayContaining(['0', '200', '403', '429', '500']),
  );
  expect(parroted).toBeGreaterThan(7);
  const shown = Object.entries(answers).filter(([where]) => where.endsWith('/api/v1/sources'));
  expect(shown.some(([, text]) => text.includes('***'))).toBe(true);
});

test('what was decided meanwhile is decided again by a replay of its tape, byte for byte', () => {
  expect([replayed.code, replayed.stderr]).toEqual([0, '']);
  const { kind, cycles, same, cut } = JSON.parse(replayed.stdout) as Replayed;
  expect([kind, cut]).toEqual(['identical', null]);
  expect(cycles).toBeGreaterThan((FAULTS.length * FAULT_MS) / 1_000);
  expect(same.decisions).toBeGreaterThan(10);
});

describe('no canary is found', () => {
  test('in any answer of the API, the page, the metrics or a command', () => {
    expect(Object.keys(answers).length).toBeGreaterThan(100);
    expect(
      Object.entries(answers)
        .filter(([, text]) => hits(text).length > 0)
        .map(([where]) => where),
    ).toEqual([]);
  });

  test('in what the service printed', () => {
    expect(hits(ended.stdout + ended.stderr)).toEqual([]);
  });

  test('in any file that it wrote', () => {
    const files = readdirSync(folder).filter((file) => !file.endsWith('.key'));
    expect(files.length).toBeGreaterThanOrEqual(3);
    const found = files.filter((file) => {
      const path = join(folder, file);
      return statSync(path).isFile() && hits(textOf(path)).length > 0;
    });
    expect(found).toEqual([]);
  });
});
