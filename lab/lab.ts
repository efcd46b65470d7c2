import { PROVIDERS } from './emulators/catalogue.ts';
import { Emulator } from './emulators/core/emulator.ts';
import type { LabLimit } from './emulators/core/limit-gate.ts';
import type { Provider } from './emulators/core/provider.ts';
import type { Arrival, ProviderCount } from './emulators/core/provider-count.ts';
import { disturbanceOf, type Fault } from './faults.ts';
import type { Market } from './market/market.ts';

export type LabProviderOptions = {
  /** What the lab calls it: its host, its line in the counts. */
  readonly id: string;
  /** One of {@link PROVIDERS}; equals `id` unless one provider is played twice. */
  readonly kind?: string;
  /** One of the provider's plans; its first when left out. */
  readonly plan?: string;
  /** In the place of the plan's. */
  readonly limits?: readonly LabLimit[];
  /** Most requests of one account under way at once; any number when left out. */
  readonly concurrencyMax?: number;
  readonly latencyMedianMs?: number;
  /** Any key is good when left out. */
  readonly acceptedKeys?: readonly string[];
  readonly faults?: readonly Fault[];
  /** Its plan's limits do not bind: for a judge that must not be held up. */
  readonly unlimited?: boolean;
};

export type LabOptions = {
  readonly market: Market;
  readonly seed: string;
  readonly providers: readonly LabProviderOptions[];
  /** Told of every request by the provider it came to, as that one counted it. */
  readonly onArrival?: (providerId: string, arrival: Arrival) => void;
};

/** Providers over one market. Time comes with each request, so the same lab serves real and virtual clocks. */
export type Lab = {
  readonly market: Market;
  readonly emulators: ReadonlyMap<string, Emulator>;
  /** Every provider's own count, by id. */
  counts(): Record<string, ProviderCount>;
};

/** Throws RangeError on a provider or plan that does not exist, naming those that do. */
export function createLab({ market, seed, providers, onArrival }: LabOptions): Lab {
  const emulators = new Map<string, Emulator>();
  for (const { id, kind = id, faults = [], unlimited = false, ...options } of providers) {
    const provider = PROVIDERS[kind];
    if (provider === undefined) {
      throw new RangeError(`the lab has no provider "${kind}"; it has ${Object.keys(PROVIDERS).join(', ')}`);
    }
    const disturbance =
      faults.length === 0 ? {} : { disturbanceAt: (nowMs: number) => disturbanceOf(faults, nowMs) };
    const listener =
      onArrival === undefined ? {} : { onArrival: (arrival: Arrival) => onArrival(id, arrival) };
    const plans = unlimited ? withoutLimits(provider.plans) : provider.plans;
    const played = { ...provider, id, plans };
    emulators.set(
      id,
      new Emulator({ provider: played, market, seed, ...options, ...disturbance, ...listener }),
    );
  }
  return {
    market,
    emulators,
    counts: () => Object.fromEntries([...emulators].map(([id, emulator]) => [id, emulator.count()])),
  };
}

function withoutLimits(plans: Provider['plans']): Provider['plans'] {
  return Object.fromEntries(Object.entries(plans).map(([name, plan]) => [name, { ...plan, limits: [] }]));
}
