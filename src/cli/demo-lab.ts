import type { Fault, FaultKind } from '../../lab/faults.ts';
import { createLab, type Lab } from '../../lab/lab.ts';
import { readBarFile } from '../../lab/market/bar-files.ts';
import { GeneratedMarket } from '../../lab/market/generated-market.ts';
import type { Market } from '../../lab/market/market.ts';
import { RecordedMarket } from '../../lab/market/recorded-market.ts';
import { xnysSession } from '../../lab/market/xnys-session.ts';
import { sessionAt } from '../core/sessions/session.ts';
import { CommandError } from './output.ts';

/** Median latencies of the emulated providers in ms, in the order of the profile: those of the reference workload. */
const LATENCY_MEDIANS_MS = [40, 60, 90, 120, 250, 400];
const HISTORY_MS = 30 * 86_400_000;
/** Listed, but not asked for: what a provider speaks of that answers with the wrong symbol. */
const STRANGERS = ['SPY', 'SOL-USD'];

/** A market of recorded bars, on its own dates. Throws CommandError that names file, line and what was found. */
export function recordedMarket(files: readonly string[], seed: string): RecordedMarket {
  const texts = files.map((path) => {
    const file = readBarFile(path);
    if (typeof file === 'string') throw new CommandError(file);
    return file;
  });
  const read = RecordedMarket.from(texts, seed);
  if (read.kind === 'ok') return read.market;
  throw new CommandError(
    ['these bars cannot be replayed:', ...read.details.map((detail) => `  - ${detail}`)].join('\n'),
  );
}

/** A seeded market in which the stock exchange is open at the start, whatever the day and the hour really are. */
export function generatedMarket(seed: string, instrumentIds: readonly string[], nowMs: number) {
  const session = sessionAt('stock', nowMs);
  const opensAtMs = session.opensAtMs ?? nowMs;
  const startAtMs = session.phase === 'open' ? nowMs : opensAtMs + 90 * 60_000;
  const originMs = Math.floor((startAtMs - HISTORY_MS) / 86_400_000) * 86_400_000;
  const listed = [...new Set([...instrumentIds, ...STRANGERS])];
  const market = new GeneratedMarket({ seed, instrumentIds: listed, originMs, stockSession: xnysSession });
  return { market, startAtMs };
}

/** Emulated providers over a market; `instant` ones answer without delay, for replays at speed. */
export function demoLab(options: {
  readonly market: Market;
  readonly seed: string;
  readonly providers: readonly string[];
  readonly faults: ReadonlyMap<string, Fault>;
  readonly instant: boolean;
}): Lab {
  const { market, seed, providers, faults, instant } = options;
  for (const id of faults.keys()) {
    if (!providers.includes(id))
      throw new CommandError(`--fault names ${id}; the demo has ${providers.join(', ')}`);
  }
  return createLab({
    market,
    seed,
    providers: providers.map((id, index) => {
      const fault = faults.get(id);
      return {
        id,
        latencyMedianMs: instant ? 0 : (LATENCY_MEDIANS_MS[index % LATENCY_MEDIANS_MS.length] ?? 0),
        ...(fault === undefined ? {} : { faults: [fault] }),
      };
    }),
  });
}

/** Ready-made faults by the name that `--fault source=name` uses. */
const FAULTS: Readonly<Record<string, (startAtMs: number) => FaultKind>> = {
  dead: () => ({ kind: 'dead' }),
  hang: () => ({ kind: 'hang' }),
  reset: () => ({ kind: 'reset' }),
  error500: () => ({ kind: 'error500' }),
  limit: () => ({ kind: 'limit', retryAfterS: null }),
  ban: () => ({ kind: 'ban', retryAfterS: 3_600 }),
  garbage: () => ({ kind: 'garbage' }),
  'wrong-symbol': () => ({ kind: 'wrongSymbol' }),
  x100: () => ({ kind: 'priceFactor', factor: 100 }),
  outlier: () => ({ kind: 'priceFactor', factor: 1.3 }),
  future: () => ({ kind: 'timeShift', ms: 3_600_000 }),
  stale: (startAtMs) => ({ kind: 'stale', fromMs: startAtMs }),
  frozen: (startAtMs) => ({ kind: 'frozen', fromMs: startAtMs }),
  slow: () => ({ kind: 'slow', factor: 20 }),
};

/** Reads `coinbase=hang`. Throws CommandError that lists what there is. */
export function readFaults(texts: readonly string[], startAtMs: number): Map<string, Fault> {
  return new Map(
    texts.map((text) => {
      const [id = '', name = ''] = text.split('=');
      const fault = FAULTS[name];
      if (fault !== undefined) return [id, fault(startAtMs)];
      throw new CommandError(
        `--fault ${text}: write source=fault with one of ${Object.keys(FAULTS).join(', ')}`,
      );
    }),
  );
}
