import { createSeededRandom, type Random } from '../../src/index.ts';
import type { Fault, FaultKind } from '../faults.ts';
import { DAY_MS } from '../market/market.ts';

/** What a swarm is drawn for. */
export type SwarmOptions = {
  readonly seed: string;
  readonly startAtMs: number;
  readonly days: number;
  readonly providerIds: readonly string[];
};

type DrawKind = (random: Random, fromMs: number) => FaultKind;

/** A provider that fails can be seen to fail: any number of them may, at any time. */
const FAILURES: readonly DrawKind[] = [
  () => ({ kind: 'dead' }),
  () => ({ kind: 'hang' }),
  () => ({ kind: 'reset' }),
  () => ({ kind: 'trickle' }),
  () => ({ kind: 'error500' }),
  (random) => ({ kind: 'limit', retryAfterS: oneOf(random, [null, 1, 30, 600]) }),
  (random) => ({ kind: 'ban', retryAfterS: oneOf(random, [60, 3_600]) }),
  () => ({ kind: 'limitIn200' }),
  () => ({ kind: 'html403' }),
  () => ({ kind: 'garbage' }),
  () => ({ kind: 'truncated' }),
  (random) => ({ kind: 'slow', factor: oneOf(random, [3, 10, 40]) }),
];

/** A provider that lies must be outvoted: one may at a time, since two that say the same would be believed. */
const LIES: readonly DrawKind[] = [
  () => ({ kind: 'wrongSymbol' }),
  (random) => ({ kind: 'priceFactor', factor: oneOf(random, [0.01, 0.7, 0.98, 1.02, 1.3, 100]) }),
  (random) => ({ kind: 'timeShift', ms: oneOf(random, [-3_600_000, -60_000, 60_000, 3_600_000]) }),
  (_, atMs) => ({ kind: 'stale', fromMs: atMs }),
  (_, atMs) => ({ kind: 'frozen', fromMs: atMs }),
];

/** Mean distance between two faults of one provider, and between two lies of any. */
const FAILURE_EVERY_MS = 4 * 3_600_000;
const LIE_EVERY_MS = 6 * 3_600_000;
const SHORTEST_MS = 10_000;
const LONGEST_MS = 2 * 3_600_000;

/**
 * A fault plan by provider, drawn from the seed. Each swarm has only some of the kinds, so that the rare ones are not
 * drowned by the loud ones.
 * @see Groce et al., Swarm Testing (ISSTA 2012)
 */
export function drawSwarm(options: SwarmOptions): ReadonlyMap<string, readonly Fault[]> {
  const { seed, startAtMs, days, providerIds } = options;
  const kinds = createSeededRandom(`${seed} swarm kinds`);
  const failures = someOf(kinds, FAILURES);
  const lies = someOf(kinds, LIES);
  const endAtMs = startAtMs + days * DAY_MS;
  const plan = new Map<string, Fault[]>();
  for (const id of providerIds) {
    // A dice of its own for each: a longer run of the same seed begins like the shorter one.
    const random = createSeededRandom(`${seed} swarm ${id}`);
    plan.set(id, [...drawn(random, failures, startAtMs, endAtMs, FAILURE_EVERY_MS)]);
  }
  const random = createSeededRandom(`${seed} swarm lies`);
  for (const lie of drawn(random, lies, startAtMs, endAtMs, LIE_EVERY_MS)) {
    plan.get(oneOf(random, providerIds))?.push(lie);
  }
  return plan;
}

/** Faults one after the other, of lengths from seconds to hours. */
function* drawn(
  random: Random,
  kinds: readonly DrawKind[],
  startAtMs: number,
  endAtMs: number,
  everyMs: number,
): Generator<Fault> {
  for (let atMs = startAtMs; ; ) {
    const fromMs = atMs + Math.round(-Math.log(1 - random.next()) * everyMs);
    if (fromMs >= endAtMs) return;
    const toMs = fromMs + Math.round(SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** random.next());
    yield { ...oneOf(random, kinds)(random, fromMs), fromMs, toMs };
    atMs = toMs;
  }
}

/** Each with even chance, at least one. */
function someOf<T>(random: Random, all: readonly T[]): readonly T[] {
  const chosen = all.filter(() => random.next() < 0.5);
  return chosen.length > 0 ? chosen : [oneOf(random, all)];
}

function oneOf<T>(random: Random, all: readonly T[]): T {
  return all[Math.floor(random.next() * all.length)] as T;
}
