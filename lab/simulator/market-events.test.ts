import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { RunObserver } from './observer.ts';
import { readScenario } from './scenario.ts';
import { simulate } from './simulate.ts';

const EVENT_AT_MINUTE = 5;
const SEEDS = ['1', '2', '3'];

type Shown = {
  readonly minute: number;
  readonly kind: string;
  readonly reason: string | null;
  readonly price: number | null;
};

/** What stood for BTC-USD minute by minute while it happened. */
async function shown(seed: string, event: object, minutes = 30): Promise<Shown[]> {
  const scenario = {
    title: 'event',
    seed: `event-${seed}`,
    start: '2026-01-17T12:00:00Z',
    days: minutes / 1_440,
    cycleMs: 5_000,
    market: 'generated',
    config: {
      symbols: ['BTC-USD'],
      sources: {
        coinbase: { analyst: 'trend' },
        kraken: { analyst: 'momentum' },
        yahoo: { analyst: 'momentum' },
        'coinbase-advanced': { analyst: 'trend' },
      },
    },
    events: [{ atMinute: EVENT_AT_MINUTE, ...event }],
  };
  const read = readScenario(stringify(scenario), { readBars: (name) => name });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.issues));
  const seen: Shown[] = [];
  const observer: RunObserver = {
    slotOver: async ({ slot, decisions }) => {
      for (const { kind, reason, price } of decisions) {
        seen.push({ minute: slot / 12, kind, reason, price: price?.price ?? null });
      }
    },
  };
  const { violations } = await simulate(read.scenario, { observers: [observer] });
  expect(violations).toEqual([]);
  return seen;
}

/** From the second slot on: in the first a source may still show what was before. */
const sinceEvent = (seen: readonly Shown[]) => seen.filter(({ minute }) => minute > EVENT_AT_MINUTE);

/** Decisions to sell that rest on a price that only the crash can have made. */
const sellsAtTheLow = (seen: readonly Shown[]) => {
  const highest = Math.max(...seen.map(({ price }) => price ?? 0));
  return seen.filter(({ kind, price }) => kind === 'SELL' && price !== null && price < 0.8 * highest).length;
};

describe('a flash crash that every source shows', () => {
  test.each(SEEDS)('over minutes gives a SELL while it lasts: seed %s', async (seed) => {
    const seen = sinceEvent(
      await shown(seed, { kind: 'flashCrash', factor: 0.65, fallMinutes: 10, lowMinutes: 15 }),
    );
    expect(sellsAtTheLow(seen)).toBeGreaterThan(0);
  });

  test.each(SEEDS)('in one step gives a SELL once it has stood long enough: seed %s', async (seed) => {
    const seen = sinceEvent(
      await shown(seed, { kind: 'flashCrash', factor: 0.65, fallMinutes: 0, lowMinutes: 15 }),
    );
    expect(sellsAtTheLow(seen)).toBeGreaterThan(0);
    expect(seen.some(({ reason }) => reason === 'discontinuity')).toBe(true);
  });
});

describe('a split', () => {
  test.each(SEEDS)('of ten for one gives no signal at all: seed %s', async (seed) => {
    const seen = sinceEvent(await shown(seed, { kind: 'split', factor: 0.1 }, 12));
    expect(seen.filter(({ kind }) => kind === 'SELL' || kind === 'BUY')).toEqual([]);
    expect(seen.at(-1)?.reason).toBe('discontinuity');
  });
});
