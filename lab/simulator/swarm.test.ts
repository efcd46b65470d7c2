import { describe, expect, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { drawSwarm, type Swarm } from './swarm.ts';

const START_MS = Date.UTC(2026, 0, 15);
const PROVIDERS = ['alpaca', 'massive', 'yahoo', 'alpha-vantage', 'xai', 'perplexity'];
const LYING = new Set(['wrongSymbol', 'priceFactor', 'timeShift', 'stale', 'frozen']);

function draw(seed: string, days = 1): Swarm {
  return drawSwarm({ seed, days, startAtMs: START_MS, providerIds: PROVIDERS });
}

function faultsOf(seed: string): Fault[] {
  return [...draw(seed).providers.values()].flat();
}

const SEEDS = Array.from({ length: 300 }, (_, index) => `seed-${index}`);

describe('a swarm', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  test('of a longer run begins like that of a shorter one', () => {
    for (const [id, faults] of draw('a', 2).providers) {
      const firstDay = faults.filter(({ fromMs = 0 }) => fromMs < START_MS + 86_400_000);
      expect(firstDay).toEqual(draw('a').providers.get(id));
    }
  });

  test('has only some of the kinds, and many swarms have them all', () => {
    const kinds = SEEDS.map((seed) => new Set(faultsOf(seed).map(({ kind }) => kind)));
    for (const some of kinds) expect(some.size).toBeLessThan(17);
    expect(new Set(kinds.flatMap((some) => [...some])).size).toBe(17);
  });

  test('lets one provider lie at a time: two that say the same would be believed', () => {
    for (const seed of SEEDS) {
      const lies = faultsOf(seed)
        .filter(({ kind }) => LYING.has(kind))
        .sort((a, b) => (a.fromMs ?? 0) - (b.fromMs ?? 0));
      for (const [index, { fromMs = 0 }] of lies.entries()) {
        expect(fromMs).toBeGreaterThanOrEqual(lies[index - 1]?.toMs ?? 0);
      }
    }
  });

  test('begins within its days and troubles every provider sooner or later', () => {
    for (const seed of SEEDS) {
      for (const { fromMs = 0, toMs = 0 } of faultsOf(seed)) {
        expect(fromMs).toBeGreaterThanOrEqual(START_MS);
        expect(fromMs).toBeLessThan(START_MS + 86_400_000);
        expect(toMs).toBeGreaterThan(fromMs);
      }
    }
    for (const faults of draw('long', 30).providers.values()) expect(faults.length).toBeGreaterThan(10);
  });

  test('moves the market and troubles the machine in all known ways, in some swarms and not in others', () => {
    const swarms = SEEDS.map((seed) => draw(seed));
    const kindsOf = (all: readonly (readonly { readonly kind: string }[])[]) =>
      [...new Set(all.flat().map(({ kind }) => kind))].sort();
    expect(kindsOf(swarms.map(({ events }) => events))).toEqual(['flashCrash', 'split']);
    expect(kindsOf(swarms.map(({ machine }) => machine))).toEqual([
      'clockOffset',
      'crash',
      'diskInDoubt',
      'diskRefuses',
    ]);
    for (const key of ['events', 'machine'] as const) {
      const without = swarms.filter((swarm) => swarm[key].length === 0).length;
      expect(without).toBeGreaterThan(SEEDS.length / 20);
      expect(without).toBeLessThan(SEEDS.length * 0.9);
    }
  });
});
