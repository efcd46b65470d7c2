import { LRUCache } from 'lru-cache';
import type { Ledger } from '../core/ledger.ts';
import type { DataLabel } from '../core/live.ts';
import { OUTCOME_DEFAULTS } from '../core/options.ts';
import type { Statistics, StatisticsQuery, TrackRecord } from '../core/track-record.ts';
import { StatisticsTally } from './statistics.ts';
import { type RecordedConfig, recordedConfigs } from './statistics-configs.ts';
import { type Scored, scoredOf } from './statistics-scored.ts';
import { SliceGroups, sliceKeys } from './statistics-slices.ts';
import { StatisticsStore } from './statistics-store.ts';

/** Also the most configurations that are known: an outcome under an older one is set aside. */
const PAGE_ROWS = 500;
/** Counted at a stretch: a few ms. */
const PORTION_ROWS = 10_000;
/** Of each kind kept and continued, for those who ask again: what only adds up need not be counted anew. */
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

type Tally = { add(scored: Scored): void };
/** What was counted of the outcomes that a query is about, up to one of them. */
type Counted<T extends Tally> = { readonly tally: T; rows: number; setAside: number };

class StoredTrackRecord implements TrackRecord {
  readonly #world: TrackRecordWorld;
  #store = new StatisticsStore();
  readonly #whole = new LRUCache<string, Counted<StatisticsTally>>({ max: QUERIES_KEPT });
  readonly #slices = new LRUCache<string, Counted<SliceGroups>>({ max: QUERIES_KEPT });
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
    const { by, ...about } = query;
    const whole = keptIn(this.#whole, about, () => new StatisticsTally());
    await this.#count(whole, about);
    if (by === undefined) return whole.tally.statistics(this.#outcomesMin, whole.setAside, null);
    const slices = keptIn(this.#slices, query, () => new SliceGroups(sliceKeys(by, this.#configs)));
    await this.#count(slices, about);
    return whole.tally.statistics(this.#outcomesMin, whole.setAside, slices.tally);
  }

  async #readConfigs(): Promise<void> {
    const { ledger } = this.#world;
    const [newest] = await ledger.configs(1);
    if (newest === undefined || newest.seq === this.#newestConfigSeq) return;
    const rows = await ledger.configs(PAGE_ROWS);
    this.#configs = recordedConfigs(rows.map(({ body }) => body));
    this.#outcomesMin = this.#configs.get(newest.body.version)?.outcomesMin ?? this.#outcomesMin;
    this.#newestConfigSeq = newest.seq;
    this.#whole.clear();
    this.#slices.clear();
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
    else news.each(0, news.size, (scored) => this.#store.add(scored));
    this.#readSeq = newest.seq;
  }

  /** Goes on to the newest outcome. */
  async #count(counted: Counted<Tally>, query: StatisticsQuery): Promise<void> {
    const { data, pause } = this.#world;
    while (counted.rows < this.#store.size) {
      const end = Math.min(this.#store.size, counted.rows + PORTION_ROWS);
      this.#store.each(counted.rows, end, (scored) => {
        if (!isWithin(scored, query)) return;
        if (this.#configs.get(scored.stratum.configVersion)?.label?.kind === data) counted.tally.add(scored);
        else counted.setAside += 1;
      });
      counted.rows = end;
      if (end < this.#store.size) await pause();
    }
  }
}

function keptIn<T extends Tally>(
  kept: LRUCache<string, Counted<T>>,
  query: StatisticsQuery,
  begin: () => T,
): Counted<T> {
  const key = JSON.stringify(query);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const fresh = { tally: begin(), rows: 0, setAside: 0 };
  kept.set(key, fresh);
  return fresh;
}

function isWithin({ atMs, stratum }: Scored, { instrumentId, side, fromMs, toMs }: StatisticsQuery): boolean {
  return (
    (instrumentId === undefined || stratum.instrumentId === instrumentId) &&
    (side === undefined || stratum.side === side) &&
    (fromMs === undefined || atMs >= fromMs) &&
    (toMs === undefined || atMs <= toMs)
  );
}
