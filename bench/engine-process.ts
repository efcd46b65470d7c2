import { rmSync } from 'node:fs';
import { criticalPathMs, type Exchange } from '../lab/critical-path.ts';
import type { Http } from '../src/core/http.ts';
import type { Flags } from '../src/core/options.ts';
import type { LimitWindow } from '../src/core/source.ts';
import { createService, loadProfile } from '../src/main.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { createUndiciHttp } from '../src/platform/undici-http.ts';
import { shiftedClock } from './shifted-clock.ts';

/** One variant of the engine, measured in a process of its own. */
export type EngineOrder = {
  readonly profile: string;
  readonly clockAheadMs: number;
  readonly baseUrls: Readonly<Record<string, string>>;
  readonly flags: Partial<Flags>;
  /** Off: no answer serves twice. */
  readonly keepsAnswers: boolean;
  /** The naive client knows of no limits. */
  readonly unlimited: boolean;
  readonly cycles: number;
  /** Cycles before the measured ones: the warm-up asks for history that no later cycle asks for. */
  readonly warmupCycles: number;
  /** Distance of this variant's slots from the multiples of the cycle, so that variants do not work at the same moment. */
  readonly offsetMs: number;
  readonly ledgerPath: string;
};

export type CycleSample = {
  readonly tookMs: number;
  readonly criticalMs: number;
  readonly calls: number;
  readonly cpuMs: number;
  readonly decided: number;
};
export type EngineFigures = { readonly cycles: readonly CycleSample[]; readonly rssMb: number };

const UNLIMITED: LimitWindow = { max: 1_000_000, windowMs: 1_000, counting: 'fixed' };

/** Passes exchanges on and notes when they began and ended, and what the server says it took. */
function noted(http: Http, exchanges: Exchange[]): Http {
  return {
    async send(request, options) {
      const startMs = performance.now();
      const outcome = await http.send(request, options);
      const timing = outcome.kind === 'response' ? outcome.response.headers['server-timing'] : undefined;
      const serverMs = Number(/dur=([\d.]+)/.exec(timing ?? '')?.[1] ?? 0);
      exchanges.push({ startMs, endMs: performance.now(), serverMs });
      return outcome;
    },
    close: () => http.close(),
  };
}

async function measure(order: EngineOrder): Promise<EngineFigures> {
  const loaded = loadProfile(order.profile, new Proxy({}, { get: () => 'bench-key' }));
  if (loaded.kind !== 'ok') throw new Error(`the profile ${order.profile} cannot be used`);
  const real = createSystemClock();
  const clock = shiftedClock(real, order.clockAheadMs);
  const exchanges: Exchange[] = [];
  const flags = { ...loaded.config.flags, ...order.flags };
  rmSync(order.ledgerPath, { force: true });
  const config = {
    ...loaded.config,
    flags,
    cache: { ...loaded.config.cache, enabled: order.keepsAnswers },
    ledger: { path: order.ledgerPath },
    server: { host: '127.0.0.1', port: 0 },
    sources: loaded.config.sources.map((source) => ({
      ...source,
      baseUrl: order.baseUrls[source.id] ?? source.baseUrl,
      ...(order.unlimited ? { limits: [UNLIMITED] } : {}),
    })),
  };
  const http = noted(createUndiciHttp({ clock, keepAlive: flags.connectionPool }), exchanges);
  const service = await createService({
    config,
    configVersion: loaded.version,
    label: { kind: 'SIMULATED', seed: 'bench' },
    clock,
    http,
  });
  const samples: CycleSample[] = [];
  let slotAtMs = Math.ceil(clock.nowMs() / config.cycleMs) * config.cycleMs + order.offsetMs;
  for (let cycle = 0; cycle < order.warmupCycles + order.cycles; cycle += 1) {
    await clock.sleepUntil(slotAtMs);
    exchanges.length = 0;
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    await service.runCycle(slotAtMs);
    const endMs = performance.now();
    const used = process.cpuUsage(cpu);
    samples.push({
      tookMs: endMs - startMs,
      criticalMs: criticalPathMs(exchanges, endMs),
      calls: exchanges.length,
      cpuMs: (used.user + used.system) / 1_000,
      decided: service.live.decisions().filter(({ kind }) => kind !== 'ABSTAIN').length,
    });
    slotAtMs += config.cycleMs;
  }
  const rssMb = process.memoryUsage().rss / 1e6;
  await service.close();
  return { cycles: samples.slice(order.warmupCycles), rssMb };
}

process.once('message', (order) => {
  void measure(order as EngineOrder).then((figures) => process.send?.(figures, () => process.exit(0)));
});
