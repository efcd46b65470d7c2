import { LRUCache } from 'lru-cache';
import type { Ledger } from '../core/ledger.ts';
import type { DataLabel } from '../core/live.ts';
import { OUTCOME_DEFAULTS } from '../core/options.ts';
import type { Statistics, StatisticsQuery, TrackRecord } from '../core/track-record.ts';
import { StatisticsTally } from './statistics.ts';
import { type RecordedConfig, recordedConfigs } from './statistics-configs.ts';
import { type Scored, scoredOf } from './statistics-scored.ts';
import { sliceKeys } from './statistics-slices.ts';
import { StatisticsStore } from './statistics-store.ts';

/** Also the most configurations that are known: an outcome under an older one is set aside. */
const PAGE_ROWS = 500;
/** Counted at a stretch: a few ms. */
const PORTION_ROWS = 10_000;
/** Kept and continued, for those who ask again: what only adds up need not be counted anew. */
const QUERIES_KEPT = 8;

export type TrackRecordWorld = {
  readonly ledger: Pick<Ledger, 'outcomes' | 'configs'>;
  /** Outcomes on other kinds of prices are set aside: they never count together. */
  readonly data: DataLabel['kind'];
  /** Lets others have the process between two portions. */
  readonly pause: () => Promise<void>;
};

/** Reads each outcome of the record once, when somebody asks first after it was recorded. */
export function createTrackRecord(world: TrackRecordWorld): TrackRecord {
  return new StoredTrackRecord(world);
}

type Counted = { readonly tally: StatisticsTally; rows: number; setAside: number };

class StoredTrackRecord implements TrackRecord {
  readonly #world: TrackRecordWorld;
  #store = new StatisticsStore();
  readonly #counted = new LRUCache<string, Counted>({ max: QUERIES_KEPT });
  #configs: ReadonlyMap<string, RecordedConfig> = new Map();
  #newestConfigSeq = 0;
  #outcomesMin = OUTCOME_DEFAULTS.outcomesMin;
  #readSeq = 0;
  #before: Promise<unknown> = Promise.resolve();

  constructor(world: TrackRecordWorld) {
    this.#world = world;
  }

  async labels(): Promise<(configVersion: string) => DataLabel | null> {
    await this.#readConfigs();
    return (configVersion) => this.#configs.get(configVersion)?.label ?? null;
  }

  /** One after the other: two at once would count the same outcome twice. */
  statistics(query: StatisticsQuery): Promise<Statistics> {
    const statistics = this.#before.then(() => this.#statistics(query));
    this.#before = statistics.catch(() => undefined);
    return statistics;
  }

  async #statistics(query: StatisticsQuery): Promise<Statistics> {
    await this.#readConfigs();
    await this.#readOutcomes();
    const { tally, setAside } = await this.#count(query);
    return tally.statistics(this.#outcomesMin, setAside);
  }

  async #readConfigs(): Promise<void> {
    const { ledger } = this.#world;
    const [newest] = await ledger.configs(1);
    if (newest === undefined || newest.seq === this.#newestConfigSeq) return;
    const rows = await ledger.configs(PAGE_ROWS);
    this.#configs = recordedConfigs(rows.map(({ body }) => body));
    this.#outcomesMin = this.#configs.get(newest.body.version)?.outcomesMin ?? this.#outcomesMin;
    this.#newestConfigSeq = newest.seq;
    this.#counted.clear();
  }

  /** Pages come newest first: what is new counts only when it is there as a whole. */
  async #readOutcomes(): Promise<void> {
    const { ledger, pause } = this.#world;
    const [newest] = await ledger.outcomes({ limit: 1 });
    if (newest === undefined || newest.seq === this.#readSeq) return;
    const news = new StatisticsStore();
    let beforeSeq = newest.seq + 1;
    while (beforeSeq > this.#readSeq + 1) {
      const page = await ledger.outcomes({ beforeSeq, limit: PAGE_ROWS });
      const fresh = page.filter(({ seq }) => seq > this.#readSeq);
      for (const row of fresh) news.add(scoredOf(row));
      beforeSeq = fresh.length < PAGE_ROWS ? 0 : (fresh.at(-1)?.seq ?? 0);
      await pause();
    }
    // The first time is the one with many, and nothing to add them to.
    if (this.#store.size === 0) this.#store = news;
    else for (const scored of news.outcomes(0, news.size)) this.#store.add(scored);
    this.#readSeq = newest.seq;
  }

  async #count(query: StatisticsQuery): Promise<Counted> {
    const { data, pause } = this.#world;
    const counted = this.#countedBefore(query);
    while (counted.rows < this.#store.size) {
      const end = Math.min(this.#store.size, counted.rows + PORTION_ROWS);
      for (const scored of this.#store.outcomes(counted.rows, end)) {
        if (!isWithin(scored, query)) continue;
        if (this.#configs.get(scored.stratum.configVersion)?.label?.kind === data) counted.tally.add(scored);
        else counted.setAside += 1;
      }
      counted.rows = end;
      if (end < this.#store.size) await pause();
    }
    return counted;
  }

  #countedBefore(query: StatisticsQuery): Counted {
    const key = JSON.stringify(query);
    const known = this.#counted.get(key);
    if (known !== undefined) return known;
    const keysOf = query.by === undefined ? null : sliceKeys(query.by, this.#configs);
    const fresh = { tally: new StatisticsTally(keysOf), rows: 0, setAside: 0 };
    this.#counted.set(key, fresh);
    return fresh;
  }
}

function isWithin({ atMs, stratum }: Scored, { instrumentId, side, fromMs, toMs }: StatisticsQuery): boolean {
  return (
    (instrumentId === undefined || stratum.instrumentId === instrumentId) &&
    (side === undefined || stratum.side === side) &&
    (fromMs === undefined || atMs >= fromMs) &&
    (toMs === undefined || atMs <= toMs)
  );
}
