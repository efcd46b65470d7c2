import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabLimit } from '../../lab/emulators/core/limit-gate.ts';
import type { Arrival } from '../../lab/emulators/core/provider-count.ts';
import { createLab } from '../../lab/lab.ts';
import { GeneratedMarket } from '../../lab/market/generated-market.ts';
import { xnysSession } from '../../lab/market/xnys-session.ts';
import { startLabServer } from '../../lab/server.ts';
import { createSystemClock } from '../../src/platform/system-clock.ts';
import type { Burden, LimitsTask } from './limits-child.ts';

/** One kind of limit, the provider that plays it, and what the gateway is told of it. */
export type LimitKind = {
  readonly title: string;
  readonly providerId: string;
  readonly questionKind: Burden['questionKind'];
  readonly assetClass: 'stock' | 'crypto';
  /** As the provider counts; the first is the one that is judged. */
  readonly limits: readonly LabLimit[];
  readonly concurrencyMax?: number;
  readonly latencyMedianMs?: number;
};

export type LimitsOptions = {
  readonly kinds: readonly LimitKind[];
  readonly lengthMs: number;
  /** After the start: `kill -9`, and a new life with the same memory file. */
  readonly killsAtMs: readonly number[];
};

export type LimitReport = {
  readonly title: string;
  readonly requests: number;
  /** By the provider's own count. */
  readonly overLimit: number;
  /** Of what it allowed in the time of the run, 0..1. */
  readonly usedShare: number;
  /** Requests admitted after the last kill. */
  readonly afterKill: number;
};

const SYMBOLS = 64;
const CHILD = join(import.meta.dirname, 'limits-child.ts');

/** A backlog before every kind of limit at once, over real sockets and in real time, through kills of the gateway. */
export async function limitsRun({ kinds, lengthMs, killsAtMs }: LimitsOptions): Promise<LimitReport[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-limits-'));
  const clock = createSystemClock();
  const arrivals = new Map<string, Arrival[]>(kinds.map(({ providerId }) => [providerId, []]));
  const symbols = { stock: symbolsOf(''), crypto: symbolsOf('-USDT') };
  const lab = createLab({
    market: new GeneratedMarket({
      seed: 'limits',
      instrumentIds: [...symbols.stock, ...symbols.crypto],
      originMs: clock.nowMs() - 86_400_000,
      stockSession: xnysSession,
    }),
    seed: 'limits',
    providers: kinds.map(({ providerId, limits, concurrencyMax, latencyMedianMs = 40 }) => ({
      id: providerId,
      limits,
      latencyMedianMs,
      ...(concurrencyMax === undefined ? {} : { concurrencyMax }),
    })),
    onArrival: (id, arrival) => arrivals.get(id)?.push(arrival),
  });
  const server = await startLabServer(lab, clock);
  const taskPath = join(folder, 'task.json');
  const task: LimitsTask = {
    memoryPath: join(folder, 'gateway.json'),
    burdens: kinds.map(({ providerId, questionKind, assetClass, limits, concurrencyMax = null }) => ({
      sourceId: providerId,
      baseUrl: server.baseUrls[providerId] ?? '',
      limits: limits.map(({ max, windowMs, counting }) => ({
        max,
        windowMs,
        counting: counting === 'fixed' ? 'fixed' : 'sliding',
      })),
      concurrency: concurrencyMax,
      questionKind,
      symbols: symbols[assetClass],
    })),
  };
  writeFileSync(taskPath, JSON.stringify(task));
  let child = bear(taskPath);
  try {
    const startMs = clock.nowMs();
    let lastKillMs = startMs;
    for (const killAtMs of killsAtMs) {
      await sleep(startMs + killAtMs - clock.nowMs());
      await kill(child);
      lastKillMs = clock.nowMs();
      child = bear(taskPath);
    }
    await sleep(startMs + lengthMs - clock.nowMs());
    await kill(child);
    return kinds.map((kind) => {
      const seen = arrivals.get(kind.providerId) ?? [];
      const admitted = seen.filter(({ overLimit }) => !overLimit);
      return {
        title: kind.title,
        requests: seen.length,
        overLimit: seen.length - admitted.length,
        usedShare: usedShareOf(kind, admitted, startMs, startMs + lengthMs),
        afterKill: admitted.filter(({ atMs }) => atMs >= lastKillMs).length,
      };
    });
  } finally {
    await kill(child);
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

function symbolsOf(suffix: string): string[] {
  return Array.from(
    { length: SYMBOLS },
    (_, i) => `Q${String.fromCharCode(65 + (i % 26), 65 + Math.floor(i / 26))}${suffix}`,
  );
}

function bear(taskPath: string): ChildProcess {
  const child = spawn(process.execPath, [CHILD, taskPath], { stdio: ['ignore', 'inherit', 'inherit'] });
  const killIt = (): void => void child.kill('SIGKILL');
  process.once('exit', killIt);
  child.once('close', () => process.off('exit', killIt));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}

/**
 * What was admitted, of the most that could have been: time under way where requests go one at a time; the whole
 * windows of the run where they are fixed; as many full windows as begin in the run where they slide.
 */
function usedShareOf(
  { limits: [limit], concurrencyMax }: LimitKind,
  admitted: readonly Arrival[],
  fromMs: number,
  toMs: number,
): number {
  if (limit === undefined) {
    const busyMs = admitted.reduce((sum, { delayMs }) => sum + delayMs, 0);
    return busyMs / ((toMs - fromMs) * (concurrencyMax ?? 1));
  }
  const { max, windowMs, counting, unit } = limit;
  const unitsBetween = (beginMs: number, endMs: number): number =>
    admitted
      .filter(({ atMs }) => atMs >= beginMs && atMs < endMs)
      .reduce((sum, { weight }) => sum + (unit === 'weight' ? weight : 1), 0);
  if (counting !== 'fixed') {
    return unitsBetween(fromMs, toMs) / (max * Math.ceil((toMs - fromMs) / windowMs));
  }
  const beginMs = Math.ceil(fromMs / windowMs) * windowMs;
  const endMs = Math.floor(toMs / windowMs) * windowMs;
  return unitsBetween(beginMs, endMs) / ((max * (endMs - beginMs)) / windowMs);
}
