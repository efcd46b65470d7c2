import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Arrival } from '../../lab/emulators/core/provider-count.ts';
import { createLab, type Lab } from '../../lab/lab.ts';
import { labBaseUrl, labHttp } from '../../lab/lab-http.ts';
import { GeneratedMarket } from '../../lab/market/generated-market.ts';
import { xnysSession } from '../../lab/market/xnys-session.ts';
import { startLabServer } from '../../lab/server.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { LedgerEntry } from '../../src/core/ledger.ts';
import { createService, loadConfigText, type Service, verifyRecord } from '../../src/main.ts';
import { createSeededRandom } from '../../src/platform/seeded-random.ts';
import { createSystemClock } from '../../src/platform/system-clock.ts';
import { createVirtualClock } from '../../src/platform/virtual-clock.ts';

/** A version that came to rest is used by the first cycle that starts so much later. */
const USED_WITHIN_MS = 1_000;
/** More than a cycle longer than that. */
const REST_MORE_MS = 300;
const FREE = ['coinbase', 'kraken'];
const KEYED = 'massive';
const SYMBOLS = ['BTC-USD', 'ETH-USD'];

export type ReloadReport = {
  readonly writes: number;
  readonly valid: number;
  /** Writes after which nothing was written for longer than a version may take to be used. */
  readonly rests: number;
  readonly versionsUsed: number;
  readonly cycles: number;
  readonly decisions: number;
  readonly probes: number;
  readonly probesFailed: number;
  /** Processor time that the slowest file took to read, in ms. */
  readonly parseMsMax: number;
  readonly faults: readonly string[];
};

/** A time in which to wait: real, or one that is told to go on. */
type Time = {
  readonly clock: Clock;
  /** Of the service. In real time long enough that a stall of the machine costs no cycle. */
  readonly cycleMs: number;
  readonly pass: (ms: number) => Promise<void>;
};

export const REAL_TIME = (): Time => {
  const clock = createSystemClock();
  return { clock, cycleMs: 3_000, pass: (ms) => clock.sleepUntil(clock.nowMs() + ms) };
};

export const VIRTUAL_TIME = (): Time => {
  const clock = createVirtualClock(Date.UTC(2026, 0, 15, 15));
  return { clock, cycleMs: 500, pass: (ms) => clock.advanceTo(clock.nowMs() + ms) };
};

export type ReloadStage = {
  readonly time: Time;
  readonly folder: string;
  readonly path: string;
  readonly lab: Lab;
  /** Requests that reached the provider with a key. */
  readonly arrivals: readonly Arrival[];
  readonly service: Service;
  readonly url: string;
  /** A usable file, another one with every `turn`. */
  readonly textOf: (turn: number) => string;
  readonly close: () => Promise<void>;
};

/** A service that follows a file, on emulated providers: behind sockets in real time, in process in virtual time. */
export async function reloadStage(time: Time, acceptedKeys: readonly string[]): Promise<ReloadStage> {
  const { clock, cycleMs } = time;
  const folder = mkdtempSync(join(tmpdir(), 'sextant-reload-'));
  const path = join(folder, 'sextant.yaml');
  const key = join(folder, 'key');
  const originMs = Math.floor((clock.nowMs() - 5 * 86_400_000) / 86_400_000) * 86_400_000;
  const market = new GeneratedMarket({
    seed: 'reload',
    instrumentIds: SYMBOLS,
    originMs,
    stockSession: xnysSession,
  });
  const providers = [...FREE, KEYED].map((id) => ({
    id,
    unlimited: true,
    latencyMedianMs: 60,
    acceptedKeys,
  }));
  const arrivals: Arrival[] = [];
  const onArrival = (id: string, arrival: Arrival): void => {
    if (id === KEYED) arrivals.push(arrival);
  };
  const lab = createLab({ market, seed: 'reload', providers, onArrival });
  const isReal = !('advanceTo' in clock);
  const server = isReal ? await startLabServer(lab, clock) : null;
  const baseUrlOf = (id: string): string =>
    server?.baseUrls[id] ?? labBaseUrl(lab, id).replace('http:', 'https:');
  const textOf = (turn: number): string => `
symbols: [${SYMBOLS.slice(0, 1 + (turn % 2)).join(', ')}]
cycleMs: ${cycleMs}
sources:
  ${FREE[0]}: { baseUrl: "${baseUrlOf('coinbase')}", weight: ${1 + (turn % 5)}, limits: [] }
  ${FREE[1]}: { baseUrl: "${baseUrlOf('kraken')}", analyst: trend, limits: [], timeoutMs: ${1_000 + turn} }
  ${KEYED}: { baseUrl: "${baseUrlOf(KEYED)}", analyst: momentum, limits: [], keys: { apiKey: "\${file:${key}}" } }
ledger: { path: "${join(folder, 'ledger.db')}" }
server: { port: 0 }
log: { level: silent }
consensus: { policy: fast }
flags: { opinionReuse: false, changeGate: false, decidedVote: false }
`;
  const text = textOf(0);
  writeFileSync(key, `${acceptedKeys[0]}\n`);
  writeFileSync(path, text);
  const loaded = loadConfigText(text);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
  const service = await createService({
    config: loaded.config,
    configVersion: loaded.version,
    label: market.label,
    clock,
    file: { path, text },
    ...(server === null && { http: labHttp(lab, clock) }),
  });
  const url = await service.listen();
  const stop = new AbortController();
  const running = service.run(stop.signal);
  return {
    time,
    folder,
    path,
    lab,
    arrivals,
    service,
    url,
    textOf,
    close: async () => {
      stop.abort();
      await time.pass(cycleMs);
      await running;
      await service.close();
      await server?.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The four ways in which files are written. */
const STYLES: readonly ((path: string, text: string, turn: number) => void)[] = [
  (path, text) => {
    const file = openSync(path, 'r+');
    writeSync(file, text, 0);
    ftruncateSync(file, Buffer.byteLength(text));
    closeSync(file);
  },
  (path, text) => {
    writeFileSync(path, '');
    writeFileSync(path, text);
  },
  (path, text) => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  },
  (path, text, turn) => {
    mkdirSync(`${path}.${turn}`);
    writeFileSync(join(`${path}.${turn}`, 'text'), text);
    symlinkSync(join(`${path}.${turn}`, 'text'), `${path}.link`);
    renameSync(`${path}.link`, path);
  },
];

const bomb = (depth: number): string =>
  Array.from(
    { length: depth },
    (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`,
  ).join('\n');

/** As much as is parsed at all, of what costs a parser the most. */
const HOSTILE: readonly ((text: string) => string)[] = [
  () => ']'.repeat(10_900),
  () => `symbols: [${','.repeat(10_900)}`,
  () => `a: {${'${A}'.repeat(5_400)}`,
  (text) => `${text}${Array.from({ length: 5_000 }, (_, i) => `k${i}: 1\n`).join('')}`,
  (text) => `${text}symbols:\n${' - k: 1\n'.repeat(5_000)}`,
];

/** Ways to spoil a usable file. */
const SPOILS: readonly ((text: string, turn: number) => string)[] = [
  () => '',
  (text) => `${text}\nthresholds: 3\n`,
  (text) => text.replace('weight: ', 'weight: -'),
  (text) => text.slice(0, text.indexOf('sources:') + 20),
  (text) => `${text}\ncycleMs: 700\n`,
  (text) => text.replace('coinbase:', 'coinbaze:'),
  (text) => text.replace('/key}', '/no-key}'),
  () => bomb(12),
  () => '['.repeat(20_000),
  (text, turn) => (HOSTILE[turn % HOSTILE.length] ?? String)(text),
  () => '\u0000\u0001\u0002',
];

type Written = { readonly atMs: number; readonly version: string | null };

/** Rewrites the file `writes` times, a third of them usable, resting after every `restEvery`th, and judges what was decided. */
export async function reloadRun(options: {
  readonly time: Time;
  readonly writes: number;
  readonly restEvery: number;
  readonly seed: string;
}): Promise<ReloadReport> {
  const { time, restEvery, seed } = options;
  const { clock, cycleMs, pass } = time;
  const random = createSeededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T;
  const { path, service, url, textOf, close } = await reloadStage(time, ['k0']);
  const entries: LedgerEntry[] = [];
  service.live.onCommitted((committed) => void entries.push(...committed));
  await pass(3 * cycleMs);
  const probes = new Probes(url);
  const probing = 'advanceTo' in clock ? null : probes.every(clock, 100);
  const first: Written = { atMs: 0, version: service.live.state().configVersion };
  const writes: { readonly atMs: number; readonly text: string }[] = [];
  let rests = 0;
  for (let turn = 1; turn <= options.writes; turn += 1) {
    const good = textOf(turn);
    const text = random.next() < 1 / 3 ? good : pick(SPOILS)(good, turn);
    pick(STYLES)(path, text, turn);
    writes.push({ atMs: clock.nowMs(), text });
    if (probing === null) await probes.probe();
    const isResting = turn % restEvery === 0 || turn === options.writes;
    if (isResting) rests += 1;
    await pass(
      isResting
        ? USED_WITHIN_MS + cycleMs + REST_MORE_MS
        : 5 + Math.floor(random.next() * (turn % 50 === 0 ? 600 : 15)),
    );
  }
  await probing?.stop();
  const { fault } = await verifyRecord(service.ledger, {});
  // Not before: what this takes the service must not miss. What the texts name is there until the end.
  const read = writes.map(({ atMs, text }) => ({ atMs, ...timedRead(text) }));
  await close();
  const written = [first, ...read];
  const judged = judge(written, entries);
  return {
    writes: writes.length,
    valid: written.filter(({ version }) => version !== null).length - 1,
    rests,
    ...judged.figures,
    probes: probes.made,
    probesFailed: probes.failed.length,
    parseMsMax: Math.round(Math.max(...read.map(({ parseMs }) => parseMs))),
    faults: [...judged.faults, ...probes.failed, ...(fault === null ? [] : [`the record: ${fault.detail}`])],
  };
}

function timedRead(text: string): { readonly version: string | null; readonly parseMs: number } {
  const before = process.threadCpuUsage();
  const loaded = loadConfigText(text);
  const { user, system } = process.threadCpuUsage(before);
  return { version: loaded.kind === 'ok' ? loaded.version : null, parseMs: (user + system) / 1_000 };
}

/** Asks whether it lives and is ready; anything but 200 is a failure. */
class Probes {
  readonly failed: string[] = [];
  made = 0;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async probe(): Promise<void> {
    for (const path of ['/health/live', '/health/ready']) {
      this.made += 1;
      const answer = await fetch(`${this.#url}${path}`).then(
        async (response) => (response.ok ? null : `${response.status} ${await response.text()}`),
        String,
      );
      if (answer !== null) this.failed.push(`${path}: ${answer}`);
    }
  }

  every(clock: Clock, everyMs: number): { stop(): Promise<void> } {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const nextAtMs = clock.nowMs() + everyMs;
        await this.probe();
        await clock.sleepUntil(nextAtMs, stop.signal);
      }
    };
    const running = run();
    return {
      stop: async () => {
        stop.abort();
        await running;
      },
    };
  }
}

/** Holds every cycle against what had been written by its start. */
function judge(written: readonly Written[], entries: readonly LedgerEntry[]) {
  const faults: string[] = [];
  const cycles = entries.flatMap((entry) => (entry.type === 'cycle' ? [entry.body] : []));
  const decisions = entries.flatMap((entry) => (entry.type === 'decision' ? [entry.body] : []));
  const versionOf = new Map(cycles.map(({ cycle, configVersion }) => [cycle, configVersion]));
  for (const { cycle, configVersion, instrumentId } of decisions) {
    if (versionOf.get(cycle) !== configVersion)
      faults.push(`cycle ${cycle}: ${instrumentId} was decided under ${configVersion}`);
  }
  let used = written[0]?.version ?? '';
  let beforeMs = 0;
  for (const { slotAtMs, configVersion, cycle } of cycles) {
    const last = written.findLast(({ atMs }) => atMs <= slotAtMs);
    if (!written.some(({ atMs, version }) => version === configVersion && atMs <= slotAtMs))
      faults.push(`cycle ${cycle} ran under ${configVersion}, which no usable file said by then`);
    if (last !== undefined && slotAtMs - last.atMs >= USED_WITHIN_MS) {
      const expected = last.version ?? (beforeMs >= last.atMs ? used : configVersion);
      if (configVersion !== expected) {
        faults.push(
          `cycle ${cycle} ran under ${configVersion}, ${slotAtMs - last.atMs} ms after ${expected} was to be used`,
        );
      }
    }
    used = configVersion;
    beforeMs = slotAtMs;
  }
  const versionsUsed = new Set(cycles.map(({ configVersion }) => configVersion)).size;
  return { faults, figures: { versionsUsed, cycles: cycles.length, decisions: decisions.length } };
}

export type RotationReport = {
  readonly rotations: number;
  readonly requests: number;
  readonly unauthenticated: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Of the rotations, those during which a request was under way. */
  readonly underWay: number;
};

/** Replaces a provider's key again and again while it is asked, the old one withdrawn when the new one has come to rest. */
export async function rotationRun(options: {
  readonly time: Time;
  readonly rotations: number;
}): Promise<RotationReport> {
  const { time, rotations } = options;
  const accepted = ['k0'];
  const { cycleMs } = time;
  const { folder, arrivals, lab, close } = await reloadStage(time, accepted);
  await time.pass(3 * cycleMs);
  let underWay = 0;
  const isUnderWay = (): boolean => arrivals.some(({ atMs, delayMs }) => time.clock.nowMs() < atMs + delayMs);
  for (let turn = 1; turn <= rotations; turn += 1) {
    // As providers have it: both are good for a while.
    accepted.push(`k${turn}`);
    for (let waitedMs = 0; waitedMs < 4 * cycleMs && !isUnderWay(); waitedMs += 5) await time.pass(5);
    if (isUnderWay()) underWay += 1;
    writeFileSync(join(folder, 'key'), `k${turn}\n`);
    await time.pass(USED_WITHIN_MS + 2 * cycleMs);
    accepted.shift();
    await time.pass(2 * cycleMs);
  }
  const count = lab.counts()[KEYED];
  await close();
  return {
    rotations,
    requests: count?.requests ?? 0,
    unauthenticated: count?.refusals.auth ?? 0,
    byStatus: count?.byStatus ?? {},
    underWay,
  };
}
