import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ledger, OutcomeFilter, OutcomeRow } from '../core/ledger.ts';
import type { DataLabel } from '../core/live.ts';
import type { TrackRecord } from '../core/track-record.ts';
import { anyScored, resolvedOf, scored } from './statistics.testing.ts';
import { StatisticsTally } from './statistics.ts';
import { createTrackRecord } from './statistics-record.ts';
import type { Scored } from './statistics-scored.ts';
import { StatisticsStore } from './statistics-store.ts';

const SIMULATED: DataLabel = { kind: 'SIMULATED', seed: 'test' };

/** Outcomes as a ledger gives them back: newest first, in pages. */
class FakeRecord implements Pick<Ledger, 'outcomes' | 'configs'> {
  readonly #rows: OutcomeRow[] = [];
  readonly #configs: { seq: number; version: string; label: DataLabel; outcomesMin: number }[] = [];
  #seq = 0;
  rowsRead = 0;
  isBroken = false;

  config(version: string, label: DataLabel = { kind: 'LIVE' }, outcomesMin = 2): void {
    this.#seq += 1;
    this.#configs.unshift({ seq: this.#seq, version, label, outcomesMin });
  }

  add({ atMs, stratum, leanings, confidence, result }: Scored): void {
    this.#seq += 1;
    const shares = leanings.map(({ sourceId, way }) => ({ sourceId, share: way * 0.1 }));
    const signal = { ...stratum, confidence, shares } as unknown as OutcomeRow['signal'];
    this.#rows.unshift({ seq: this.#seq, signal, outcome: { atMs, ...result } as OutcomeRow['outcome'] });
  }

  async outcomes({ beforeSeq = Number.MAX_SAFE_INTEGER, limit }: OutcomeFilter): Promise<OutcomeRow[]> {
    if (this.isBroken && beforeSeq < Number.MAX_SAFE_INTEGER) throw new Error('the disk is gone');
    const page = this.#rows.filter(({ seq }) => seq < beforeSeq).slice(0, limit);
    this.rowsRead += page.length;
    return page;
  }

  async configs(limit: number) {
    return this.#configs.slice(0, limit).map(({ seq, version, label, outcomesMin }) => ({
      seq,
      body: { version, atMs: 0, label, config: { outcomes: { outcomesMin } } },
    }));
  }
}

function opened(record: FakeRecord): TrackRecord {
  return createTrackRecord({ ledger: record, data: 'LIVE', pause: async () => {} });
}

const resolvedIn = async (track: TrackRecord): Promise<number> => (await track.statistics({})).all.resolved;
const win = scored(resolvedOf(0.01));

describe('the track record of a ledger', () => {
  test('holds every outcome once, whether it was there at the start or came page by page', async () => {
    const record = new FakeRecord();
    record.config('c1');
    const track = opened(record);
    expect(await resolvedIn(track)).toBe(0);
    let added = 0;
    for (const count of [1, 499, 500, 501, 1, 1_200]) {
      for (let one = 0; one < count; one += 1) record.add(win);
      added += count;
      expect(await resolvedIn(track)).toBe(added);
      expect(await resolvedIn(track)).toBe(added);
    }
    expect(await resolvedIn(opened(record))).toBe(added);
  });

  test('reads what is new, and no more', async () => {
    const record = new FakeRecord();
    record.config('c1');
    for (let one = 0; one < 2_000; one += 1) record.add(win);
    const track = opened(record);
    await resolvedIn(track);
    record.rowsRead = 0;
    for (let one = 0; one < 10; one += 1) await resolvedIn(track);
    expect(record.rowsRead).toBe(10);
  });

  test('counts once what several ask for at the same time', async () => {
    const record = new FakeRecord();
    record.config('c1');
    for (let one = 0; one < 700; one += 1) record.add(win);
    const track = opened(record);
    expect(await Promise.all([resolvedIn(track), resolvedIn(track), resolvedIn(track)])).toEqual([
      700, 700, 700,
    ]);
  });

  test('goes on where it was after a record that could not be read', async () => {
    const record = new FakeRecord();
    record.config('c1');
    for (let one = 0; one < 10; one += 1) record.add(win);
    const track = opened(record);
    record.isBroken = true;
    await expect(track.statistics({})).rejects.toThrow('the disk is gone');
    record.isBroken = false;
    expect(await resolvedIn(track)).toBe(10);
  });

  test('never counts simulated prices among live ones, nor those of which nobody can tell', async () => {
    const record = new FakeRecord();
    record.config('simulated', SIMULATED);
    record.config('both', SIMULATED);
    record.config('both');
    record.config('c1');
    for (const configVersion of ['simulated', 'both', 'forgotten', 'c1', 'c1'])
      record.add(scored(resolvedOf(0.01), { stratum: { ...win.stratum, configVersion } }));
    const track = opened(record);
    const { all, setAside } = await track.statistics({});
    expect({ resolved: all.resolved, setAside }).toEqual({ resolved: 2, setAside: 3 });
    const labelOf = await track.labels();
    expect(['c1', 'simulated', 'both', 'forgotten'].map(labelOf)).toEqual([
      { kind: 'LIVE' },
      SIMULATED,
      null,
      null,
    ]);
  });

  test('takes a new configuration up, also one that goes back to an earlier', async () => {
    const record = new FakeRecord();
    record.config('c1');
    record.add(win);
    const track = opened(record);
    expect((await track.statistics({})).all.winRate).toMatchObject({ outcomesMin: 2 });
    record.config('c2');
    record.add(scored(resolvedOf(0.01), { stratum: { ...win.stratum, configVersion: 'c2' } }));
    record.config('c1');
    const { all, setAside } = await track.statistics({});
    expect({ resolved: all.resolved, setAside }).toEqual({ resolved: 2, setAside: 0 });
    record.config('c3', { kind: 'LIVE' }, 9);
    expect((await track.statistics({})).all.winRate).toMatchObject({ outcomesMin: 9 });
  });

  test('answers each query with what a fresh count over its outcomes gives', async () => {
    const anyQuery = fc.record(
      {
        instrumentId: fc.constantFrom('AAPL', 'BTC-USD', 'MSFT'),
        side: fc.constantFrom('BUY', 'SELL'),
        fromMs: fc.constant(win.atMs + 5 * 7 * 86_400_000),
        toMs: fc.constant(win.atMs + 12 * 7 * 86_400_000),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyScored, { maxLength: 30 }), { minLength: 1, maxLength: 3 }),
        anyQuery,
        async (batches, query) => {
          const record = new FakeRecord();
          record.config('c1');
          record.config('c2');
          const track = opened(record);
          const { instrumentId, side, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = query;
          const tally = new StatisticsTally();
          for (const batch of batches) {
            // Newest first is how they are read, and the last digit depends on it.
            for (const one of batch) record.add(one);
            for (const one of batch.toReversed()) {
              const { stratum, atMs } = one;
              if (instrumentId !== undefined && stratum.instrumentId !== instrumentId) continue;
              if (side !== undefined && stratum.side !== side) continue;
              if (atMs >= fromMs && atMs <= toMs) tally.add(one);
            }
            expect(await track.statistics(query)).toEqual(tally.statistics(2, 0, null));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

function shown(store: StatisticsStore, from: number, to: number): Scored[] {
  const all: Scored[] = [];
  store.each(from, to, (one) => all.push(one));
  return all;
}

test('the store gives back what was put in, over many chunks', () => {
  fc.assert(
    fc.property(fc.array(anyScored, { minLength: 1, maxLength: 30 }), (some) => {
      const many = Array.from({ length: 80 }, () => some).flat();
      const store = new StatisticsStore();
      for (const one of many) store.add(one);
      expect(store.size).toBe(many.length);
      expect(shown(store, 0, store.size)).toEqual(many);
      expect(shown(store, 1, 3)).toEqual(many.slice(1, 3));
    }),
    { numRuns: 20 },
  );
});
