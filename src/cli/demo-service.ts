import type { Lab } from '../../lab/lab.ts';
import { startLabServer } from '../../lab/server.ts';
import type { Http } from '../core/http.ts';
import type { HttpPools } from '../core/http-pools.ts';
import type { Config } from '../core/options.ts';
import { createService, type Service, type TapeOptions } from '../main.ts';
import { createSteppedClock, type SteppedClock } from '../platform/stepped-clock.ts';
import { createUndiciHttp } from '../platform/undici-http.ts';

export type DemoService = {
  readonly service: Service;
  readonly clock: SteppedClock;
  close(): Promise<void>;
};

/** A service on emulated providers behind real sockets, in one process and in one time that jumps from slot to slot. */
export async function startDemoService(options: {
  readonly config: Config;
  readonly configVersion: string;
  readonly lab: Lab;
  readonly startAtMs: number;
  /** Waits for limits and deadlines take no real time. */
  readonly leaps: boolean;
  readonly tape?: TapeOptions | undefined;
}): Promise<DemoService> {
  const { config, configVersion, lab, startAtMs, leaps, tape } = options;
  const { cycleMs } = config;
  const clock = createSteppedClock({ startAtMs: Math.floor(startAtMs / cycleMs) * cycleMs, cycleMs, leaps });
  const server = await startLabServer(lab, clock);
  try {
    const service = await createService({
      config: pointedAt(config, server.baseUrls),
      configVersion,
      label: lab.market.label,
      tape,
      clock,
      http: heldFor(createUndiciHttp({ clock, keepAlive: config.flags.connectionPool }), clock),
      logLevel: 'error',
    });
    await goOnAfterRecord(service, clock);
    const close = async (): Promise<void> => {
      await service.close();
      await server.close();
    };
    return { service, clock, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

function pointedAt(config: Config, baseUrls: Readonly<Record<string, string>>): Config {
  return {
    ...config,
    sources: config.sources.map((source) => ({ ...source, baseUrl: baseUrls[source.id] ?? source.baseUrl })),
  };
}

/** While a request is under way real time counts; where only a limit or a deadline is waited for, none is lost. */
function heldFor(http: Http & HttpPools, clock: SteppedClock): Http & HttpPools {
  return {
    pools: () => http.pools(),
    onPhase: (listener) => http.onPhase(listener),
    send: async (request, options) => {
      const release = clock.hold();
      try {
        return await http.send(request, options);
      } finally {
        release();
      }
    },
    close: () => http.close(),
  };
}

/** A record that is kept goes on where it ends: its time never goes back. */
async function goOnAfterRecord(service: Service, clock: SteppedClock): Promise<void> {
  const standing = await service.ledger.standing();
  if (standing !== null && standing.slotAtMs > clock.nowMs()) clock.jumpTo(standing.slotAtMs);
}
