import { fatTailed, smoothNoise, subkey, uniformAt } from '../chance.ts';
import { DAY_MS, type StockSession, TICK_MS } from './market.ts';

export const BLOCK_MS = 300_000;
export const BLOCK_TICKS = BLOCK_MS / TICK_MS;

/**
 * How a log-price moves, stated in the stylised facts of Cont (2001), "Empirical properties of asset returns: stylized
 * facts and statistical issues", Quantitative Finance 1.
 */
export type PathShape = {
  /** Share of a day's variance that falls on the gap before the open. */
  readonly gapShare: number;
  /** Relative variance at a fraction 0..1 of the session. */
  varianceAt(fraction: number): number;
};

export const PATH_SHAPES = {
  /**
   * Overnight a fifth of the variance (French and Roll 1986: prices move far less per hour while the exchange is
   * closed); within the day a U, higher at the open (Wood, McInish and Ord 1985; Andersen and Bollerslev 1997).
   */
  stock: {
    gapShare: 0.2,
    varianceAt: (fraction) => 1 + (fraction < 0.5 ? 6 : 3) * (1 - 2 * fraction) ** 2,
  },
  /** Around the clock, livelier when Europe and America both trade (about 15:00 UTC). */
  crypto: {
    gapShare: 0,
    varianceAt: (fraction) => 1 + 0.5 * Math.cos(2 * Math.PI * (fraction - 15 / 24)),
  },
} as const satisfies Record<string, PathShape>;

/**
 * Log-volatility is noise on several scales at once, which gives |returns| their long memory (the idea of Calvet and
 * Fisher 2004, "How to forecast long-run volatility", with smooth octaves in place of switching ones).
 */
const DAY_VOLATILITY = { periodsDays: [3, 12, 48], amplitude: 0.22 };
const BLOCK_VOLATILITY = { periodsBlocks: [4, 16, 64], amplitude: 0.3 };
const DAYS_KEPT = 8;

type DayMove = { readonly openLevel: number; readonly closeLevel: number };
type DayPath = {
  readonly firstBlock: number;
  readonly levels: Float64Array;
  readonly tickScale: Float64Array;
};

/**
 * A seeded log-price path with a variance of about 1 per trading day, addressable at any time: day levels form a
 * chain from the origin, blocks of five minutes are bridged between them, ticks between those.
 */
export class UnitPath {
  readonly #key: number;
  readonly #shape: PathShape;
  readonly #session: StockSession;
  readonly #originDay: number;
  readonly #moves = new Map<number, DayMove>();
  readonly #days = new Map<number, DayPath>();
  #firstDay: number;
  #lastDay: number;

  constructor(key: number, shape: PathShape, session: StockSession, originMs: number) {
    this.#key = key;
    this.#shape = shape;
    this.#session = session;
    this.#originDay = Math.floor(originMs / DAY_MS);
    this.#firstDay = this.#originDay;
    this.#lastDay = this.#originDay;
    this.#moves.set(this.#originDay, this.#moveFrom(this.#originDay, 0));
  }

  /** The level after each tick of the five minutes that begin at `block * BLOCK_MS`, which must be in a session. */
  ticks(block: number): Float64Array {
    const day = this.#day(Math.floor((block * BLOCK_MS) / DAY_MS));
    const index = block - day.firstBlock;
    const start = day.levels[index] as number;
    const end = day.levels[index + 1] as number;
    const scale = day.tickScale[index] as number;
    return bridge(subkey(this.#key, block), start, end, scale);
  }

  #day(dayNumber: number): DayPath {
    const known = this.#days.get(dayNumber);
    if (known !== undefined) return known;
    const made = this.#makeDay(dayNumber);
    this.#days.set(dayNumber, made);
    if (this.#days.size > DAYS_KEPT) this.#days.delete(this.#days.keys().next().value as number);
    return made;
  }

  #makeDay(dayNumber: number): DayPath {
    const session = this.#session(dayNumber * DAY_MS);
    if (session === null) throw new RangeError(`day ${dayNumber} has no session`);
    const { openLevel, closeLevel } = this.#move(dayNumber);
    const firstBlock = Math.floor(session.openAtMs / BLOCK_MS);
    const blocks = Math.round((session.closeAtMs - session.openAtMs) / BLOCK_MS);

    const key = subkey(this.#key, -dayNumber);
    const variances = new Float64Array(blocks);
    let sum = 0;
    for (let block = 0; block < blocks; block += 1) {
      const { periodsBlocks, amplitude } = BLOCK_VOLATILITY;
      const logVolatility = smoothNoise(this.#key, firstBlock + block, periodsBlocks, amplitude);
      const variance = this.#shape.varianceAt((block + 0.5) / blocks) * Math.exp(2 * logVolatility);
      variances[block] = variance;
      sum += variance;
    }
    const scale = this.#scale(dayNumber) * Math.sqrt(1 - this.#shape.gapShare);
    const levels = new Float64Array(blocks + 1);
    const tickScale = new Float64Array(blocks);
    let level = openLevel;
    levels[0] = level;
    for (let block = 0; block < blocks; block += 1) {
      const blockScale = scale * Math.sqrt((variances[block] as number) / sum);
      tickScale[block] = blockScale / Math.sqrt(BLOCK_TICKS);
      level += blockScale * fatTailed(uniformAt(subkey(key, block)));
      levels[block + 1] = level;
    }
    const missing = closeLevel - level;
    let share = 0;
    for (let block = 0; block < blocks; block += 1) {
      share += (variances[block] as number) / sum;
      levels[block + 1] = (levels[block + 1] as number) + share * missing;
    }
    return { firstBlock, levels, tickScale };
  }

  #move(dayNumber: number): DayMove {
    while (this.#lastDay < dayNumber) {
      const before = this.#moves.get(this.#lastDay) as DayMove;
      this.#lastDay += 1;
      this.#moves.set(this.#lastDay, this.#moveFrom(this.#lastDay, before.closeLevel));
    }
    while (this.#firstDay > dayNumber) {
      const after = this.#moves.get(this.#firstDay) as DayMove;
      const closeLevel = after.openLevel - this.#draw(this.#firstDay).gap;
      this.#firstDay -= 1;
      const openLevel = closeLevel - this.#draw(this.#firstDay).change;
      this.#moves.set(this.#firstDay, { openLevel, closeLevel });
    }
    return this.#moves.get(dayNumber) as DayMove;
  }

  #moveFrom(dayNumber: number, levelBefore: number): DayMove {
    const { gap, change } = this.#draw(dayNumber);
    return { openLevel: levelBefore + gap, closeLevel: levelBefore + gap + change };
  }

  #draw(dayNumber: number): { gap: number; change: number } {
    if (this.#session(dayNumber * DAY_MS) === null) return { gap: 0, change: 0 };
    const key = subkey(subkey(this.#key, 0xda7), dayNumber);
    const scale = this.#scale(dayNumber);
    return {
      gap: scale * Math.sqrt(this.#shape.gapShare) * fatTailed(uniformAt(subkey(key, 1))),
      change: scale * Math.sqrt(1 - this.#shape.gapShare) * fatTailed(uniformAt(subkey(key, 2))),
    };
  }

  #scale(dayNumber: number): number {
    const { periodsDays, amplitude } = DAY_VOLATILITY;
    return Math.exp(smoothNoise(subkey(this.#key, 0x5ca1e), dayNumber, periodsDays, amplitude));
  }
}

/** Ticks that walk from `start` and arrive at `end` with the last one. */
function bridge(key: number, start: number, end: number, scale: number): Float64Array {
  const levels = new Float64Array(BLOCK_TICKS);
  let level = start;
  for (let tick = 0; tick < BLOCK_TICKS; tick += 1) {
    level += scale * fatTailed(uniformAt(subkey(key, tick)));
    levels[tick] = level;
  }
  const missing = (end - level) / BLOCK_TICKS;
  for (let tick = 0; tick < BLOCK_TICKS; tick += 1)
    levels[tick] = (levels[tick] as number) + missing * (tick + 1);
  return levels;
}
