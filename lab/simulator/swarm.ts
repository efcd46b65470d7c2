import { createSeededRandom, type Random } from '../../src/index.ts';
import type { Fault, FaultKind } from '../faults.ts';
import type { MarketEvent } from '../market/event-market.ts';
import { DAY_MS } from '../market/market.ts';
import { CRASH_STEPS, type MachineFault } from './machine-faults.ts';

/** What a swarm is drawn for. */
export type SwarmOptions = {
  readonly seed: string;
  readonly startAtMs: number;
  readonly days: number;
  readonly providerIds: readonly string[];
};

/** What is wrong with whom. */
export type Swarm = {
  /** By provider. */
  readonly providers: ReadonlyMap<string, readonly Fault[]>;
  readonly events: readonly MarketEvent[];
  readonly machine: readonly MachineFault[];
};

export const NO_SWARM: Swarm = { providers: new Map(), events: [], machine: [] };

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

type Span = { readonly fromMs: number; readonly toMs: number };

const EVENTS: readonly ((random: Random, span: Span) => MarketEvent)[] = [
  (random, { fromMs: atMs }) => ({
    kind: 'flashCrash',
    atMs,
    factor: oneOf(random, [0.5, 0.65, 0.9, 1.5]),
    fallMs: oneOf(random, [0, 60_000, 600_000]),
    lowMs: oneOf(random, [30_000, 300_000, 3_600_000]),
    riseMs: oneOf(random, [0, 60_000, 600_000]),
  }),
  (random, { fromMs: atMs }) => ({ kind: 'split', atMs, factor: oneOf(random, [0.1, 0.25, 0.5, 10]) }),
];

const MACHINE: readonly ((random: Random, span: Span) => MachineFault)[] = [
  (random, { fromMs: atMs }) => ({
    kind: 'crash',
    atMs: atMs + Math.floor(1_000 * random.next()),
    step: oneOf(random, CRASH_STEPS),
    skip: oneOf(random, [0, 1, 2, 7]),
    downMs: oneOf(random, [0, 500, 10_000, 600_000]),
  }),
  (_, span) => ({ kind: 'diskRefuses', ...span }),
  (_, span) => ({ kind: 'diskInDoubt', ...span }),
  (random, span) => ({
    kind: 'clockOffset',
    ms: oneOf(random, [-3_600_000, -30_000, -1_500, 1_500, 30_000, 3_600_000]),
    ...span,
  }),
];

const EVENT_EVERY_MS = 12 * 3_600_000;
const MACHINE_EVERY_MS = 6 * 3_600_000;

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
export function drawSwarm(options: SwarmOptions): Swarm {
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
  const events = createSeededRandom(`${seed} swarm events`);
  const machine = createSeededRandom(`${seed} swarm machine`);
  const [eventKinds, machineKinds] = [someOrNone(events, EVENTS), someOrNone(machine, MACHINE)];
  return {
    providers: plan,
    events: [...drawnAt(events, eventKinds, startAtMs, endAtMs, EVENT_EVERY_MS)],
    machine: [...drawnAt(machine, machineKinds, startAtMs, endAtMs, MACHINE_EVERY_MS)],
  };
}

/** Faults one after the other, of lengths from seconds to hours. */
function drawn(
  random: Random,
  kinds: readonly DrawKind[],
  startAtMs: number,
  endAtMs: number,
  everyMs: number,
): Generator<Fault> {
  const faults = kinds.map((draw) => (dice: Random, span: Span) => ({ ...draw(dice, span.fromMs), ...span }));
  return drawnAt(random, faults, startAtMs, endAtMs, everyMs);
}

function* drawnAt<T>(
  random: Random,
  kinds: readonly ((random: Random, span: Span) => T)[],
  startAtMs: number,
  endAtMs: number,
  everyMs: number,
): Generator<T> {
  if (kinds.length === 0) return;
  for (let atMs = startAtMs; ; ) {
    const fromMs = atMs + Math.round(-Math.log(1 - random.next()) * everyMs);
    if (fromMs >= endAtMs) return;
    const toMs = fromMs + Math.round(SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** random.next());
    yield oneOf(random, kinds)(random, { fromMs, toMs });
    atMs = toMs;
  }
}

/** Each with even chance. */
function someOrNone<T>(random: Random, all: readonly T[]): readonly T[] {
  return all.filter(() => random.next() < 0.5);
}

/** Each with even chance, at least one. */
function someOf<T>(random: Random, all: readonly T[]): readonly T[] {
  const chosen = someOrNone(random, all);
  return chosen.length > 0 ? chosen : [oneOf(random, all)];
}

function oneOf<T>(random: Random, all: readonly T[]): T {
  return all[Math.floor(random.next() * all.length)] as T;
}
