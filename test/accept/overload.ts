import { axiosCarrier, BODY, type Carrier, type Provider, sextantCarrier } from '../../bench/carriers.ts';
import { createSeededRandom } from '../../src/platform/seeded-random.ts';
import { createSystemClock } from '../../src/platform/system-clock.ts';
import { type PartResult, part } from './part.ts';

/**
 * More questions in one cycle than can leave at once, to healthy providers: what waits with us must not count as theirs.
 * Beside it the chain that a user would build from npm. Options: `--symbols N --seed TEXT`.
 */

type Load = {
  readonly title: string;
  readonly symbolsPerRequestMax: number;
  /** Log-normal, sigma 0.3, one per source. */
  readonly latencyMediansMs: readonly number[];
  readonly patienceMs: number;
  /** The chain is asked about no more: with 25,000 jobs in its queue bottleneck did not come back in 100 s. */
  readonly chainSymbolsMax: number;
};

const LOADS: readonly Load[] = [
  {
    title: 'sixSourcesOf100PerRequest',
    symbolsPerRequestMax: 100,
    latencyMediansMs: [40, 60, 90, 120, 250, 400],
    patienceMs: 15_000,
    chainSymbolsMax: 25_000,
  },
  {
    title: 'oneSourceOf1PerRequest',
    symbolsPerRequestMax: 1,
    latencyMediansMs: [5],
    patienceMs: 20_000,
    chainSymbolsMax: 2_500,
  },
];

type Outcome = {
  readonly due: number;
  readonly missing: number;
  readonly gaveUp: boolean;
  readonly tookMs: number;
};

const clock = createSystemClock();

function providerOf(seed: string, medianMs: number, symbolsPerRequestMax: number): Provider {
  const random = createSeededRandom(seed);
  const latencyMs = (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return medianMs * Math.exp(0.3 * normal);
  };
  return {
    symbolsPerRequestMax,
    send: async (_url, timeoutMs) => {
      const tookMs = latencyMs();
      await clock.sleepUntil(clock.nowMs() + Math.min(tookMs, timeoutMs));
      if (tookMs > timeoutMs) throw new Error('timed out');
      return BODY;
    },
  };
}

/** Everything at once, in portions that fit into a request. */
async function missingOf(carrier: Carrier, symbols: readonly string[], portion: number): Promise<number> {
  const portions = Array.from({ length: Math.ceil(symbols.length / portion) }, (_, i) =>
    symbols.slice(i * portion, (i + 1) * portion),
  );
  const ends = await Promise.allSettled(portions.map((some) => carrier.ask(some)));
  return ends.reduce((sum, end, i) => sum + (end.status === 'rejected' ? (portions[i]?.length ?? 0) : 0), 0);
}

async function cycleOf(
  load: Load,
  seed: string,
  symbols: readonly string[],
  carrierOf: (provider: Provider) => Carrier,
): Promise<Outcome> {
  const carriers = load.latencyMediansMs.map((medianMs) =>
    carrierOf(providerOf(`${seed} ${medianMs}`, medianMs, load.symbolsPerRequestMax)),
  );
  const startedMs = clock.elapsedMs();
  const missing = await Promise.all(
    carriers.map((carrier) => missingOf(carrier, symbols, load.symbolsPerRequestMax)),
  );
  const tookMs = Math.round(clock.elapsedMs() - startedMs);
  const gaveUp = carriers.some((carrier) => carrier.hasGivenUp());
  await Promise.all(carriers.map((carrier) => carrier.close()));
  return {
    due: symbols.length * carriers.length,
    missing: missing.reduce((sum, count) => sum + count, 0),
    gaveUp,
    tookMs,
  };
}

await part('overload', { symbols: '25000', seed: 'accept' }, async (options): Promise<PartResult> => {
  const symbols = Array.from({ length: Number(options.symbols) }, (_, i) => `S${i}`);
  const figures: Record<string, Outcome> = {};
  const faults: string[] = [];
  for (const load of LOADS) {
    const { title, patienceMs, chainSymbolsMax } = load;
    const ours = await cycleOf(load, options.seed, symbols, (provider) =>
      sextantCarrier({ provider, symbols, patienceMs }),
    );
    figures[`${title}, sextant`] = ours;
    figures[`${title}, npm chain`] = await cycleOf(
      load,
      options.seed,
      symbols.slice(0, chainSymbolsMax),
      axiosCarrier,
    );
    if (ours.missing > 0) faults.push(`${title}: ${ours.missing} of ${ours.due} answers are missing`);
    if (ours.gaveUp) faults.push(`${title}: a breaker opened although the provider was well`);
  }
  return { figures: { symbols: symbols.length, seed: options.seed, ...figures }, faults };
});
// What the npm chain still has in its queue would keep the process for minutes.
process.exit();
