import { type Bar, type DataLabel, parseInstrument } from '../../src/index.ts';
import { keyOf, smoothNoise, subkey, uniformAt } from '../chance.ts';
import { mergeBars } from './bar-merge.ts';
import { DAY_MS, type Market, type MarketPrice, type StockSession, TICK_MS } from './market.ts';
import { BLOCK_MS, BLOCK_TICKS, PATH_SHAPES, UnitPath } from './unit-path.ts';

/** Character of one base (`AAPL`, `BTC`) in the generated market. */
export type Character = {
  /** Price in USD at the origin. */
  readonly startPriceUsd: number;
  /** Standard deviation of a day's log-return. */
  readonly volatility: number;
  /** Correlation of its returns with the common factor of its asset class, 0..1. */
  readonly correlation: number;
};

export type GeneratedMarketOptions = {
  readonly seed: string;
  readonly instrumentIds: readonly string[];
  /** The moment at which the start prices hold. */
  readonly originMs: number;
  readonly stockSession: StockSession;
  readonly characters?: Readonly<Record<string, Character>>;
};

/**
 * Parameters of the SIMULATED market, not observations: prices of about the right size, daily volatilities of the
 * order usual for such names. Others get a character drawn from the seed.
 */
export const CHARACTERS: Readonly<Record<string, Character>> = {
  AAPL: { startPriceUsd: 270, volatility: 0.016, correlation: 0.65 },
  NVDA: { startPriceUsd: 180, volatility: 0.026, correlation: 0.65 },
  TSLA: { startPriceUsd: 400, volatility: 0.032, correlation: 0.55 },
  MSFT: { startPriceUsd: 480, volatility: 0.014, correlation: 0.7 },
  SPY: { startPriceUsd: 660, volatility: 0.01, correlation: 0.95 },
  QQQ: { startPriceUsd: 600, volatility: 0.013, correlation: 0.93 },
  BTC: { startPriceUsd: 86_000, volatility: 0.025, correlation: 0.85 },
  ETH: { startPriceUsd: 2_800, volatility: 0.035, correlation: 0.85 },
  SOL: { startPriceUsd: 130, volatility: 0.045, correlation: 0.75 },
  XRP: { startPriceUsd: 2.1, volatility: 0.04, correlation: 0.7 },
  USDT: { startPriceUsd: 1, volatility: 0.0004, correlation: 0 },
  USDC: { startPriceUsd: 1, volatility: 0.0003, correlation: 0 },
};

/** USD per unit of a quote currency; each wavers by a few hundredths of a percent, so that none equals another. */
const QUOTE_USD: Readonly<Record<string, number>> = { USD: 1, USDT: 1, USDC: 1, EUR: 1.15, GBP: 1.31 };
const PEG = { periodsBlocks: [6, 48], amplitude: 0.0002 };

const HALF_SPREAD = { stock: 0.0001, crypto: 0.00005 } as const;
const MINUTE_MS = 60_000;
const MINUTE_TICKS = MINUTE_MS / TICK_MS;
const BLOCKS_KEPT = 20_000;
/** Block numbers stay below this until the year 2049. */
const BLOCK_NUMBER_MAX = 2 ** 23;
const PAUSE_DAYS_MAX = 14;

type Listing = {
  readonly index: number;
  readonly path: UnitPath;
  readonly factor: UnitPath;
  readonly character: Character;
  readonly quoteUsd: number;
  /** Null for a pair in USD, whose rate is 1 by definition. */
  readonly pegKey: number | null;
  readonly volumeKey: number;
  readonly stock: boolean;
  /** 10 to the number of decimals. */
  readonly precision: number;
};

type Block = { readonly prices: Float64Array; readonly bars: readonly Bar[] };

/**
 * A market that never was: every price is a function of (seed, instrument, time), reachable without its past. A price
 * is start x exp(volatility x (correlation x factor + rest x own)), where factor and own are {@link UnitPath}s.
 */
export class GeneratedMarket implements Market {
  readonly label: DataLabel;
  readonly instrumentIds: readonly string[];
  readonly #session: StockSession;
  readonly #listings = new Map<string, Listing>();
  readonly #blocks = new Map<number, Block>();

  /** Throws RangeError on an id that is no instrument. */
  constructor(options: GeneratedMarketOptions) {
    this.label = { kind: 'SIMULATED', seed: options.seed };
    this.instrumentIds = [...options.instrumentIds];
    this.#session = options.stockSession;
    const key = keyOf(options.seed);
    const factors = {
      stock: new UnitPath(subkey(key, 1), PATH_SHAPES.stock, options.stockSession, options.originMs),
      crypto: new UnitPath(subkey(key, 2), PATH_SHAPES.crypto, aroundTheClock, options.originMs),
    };
    for (const [index, id] of this.instrumentIds.entries()) {
      this.#listings.set(id, listing(index, id, key, factors, options));
    }
  }

  has(instrumentId: string): boolean {
    return this.#listings.has(instrumentId);
  }

  priceAt(instrumentId: string, atMs: number): MarketPrice | null {
    const listing = this.#listings.get(instrumentId);
    if (listing === undefined) return null;
    const eventAtMs = this.#lastTickMs(listing, atMs);
    if (eventAtMs === null) return null;
    const blockNumber = Math.floor(eventAtMs / BLOCK_MS);
    const price = this.#block(listing, blockNumber).prices[(eventAtMs % BLOCK_MS) / TICK_MS] as number;
    const half = HALF_SPREAD[listing.stock ? 'stock' : 'crypto'];
    return {
      price,
      bid: rounded(price * (1 - half), listing.precision),
      ask: rounded(price * (1 + half), listing.precision),
      eventAtMs,
    };
  }

  barsBetween(instrumentId: string, intervalMs: number, fromMs: number, toMs: number): Bar[] {
    const listing = this.#listings.get(instrumentId);
    if (listing === undefined || intervalMs % MINUTE_MS !== 0 || DAY_MS % intervalMs !== 0) return [];
    const startMs = Math.ceil(fromMs / intervalMs) * intervalMs;
    const endMs = Math.floor(toMs / intervalMs) * intervalMs;
    const minutes = this.#minutes(listing, startMs, endMs);
    return intervalMs === MINUTE_MS ? minutes : mergeBars(minutes, intervalMs);
  }

  formingBar(instrumentId: string, intervalMs: number, atMs: number): Bar | null {
    const listing = this.#listings.get(instrumentId);
    if (listing === undefined) return null;
    const openAtMs = Math.floor(atMs / intervalMs) * intervalMs;
    const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const parts = this.#minutes(listing, openAtMs, minuteMs);
    if (this.#isOpen(listing, minuteMs)) {
      const block = this.#block(listing, Math.floor(minuteMs / BLOCK_MS));
      const firstTick = (minuteMs % BLOCK_MS) / TICK_MS;
      const ticks = Math.floor((atMs - minuteMs) / TICK_MS) + 1;
      const whole = block.bars[firstTick / MINUTE_TICKS] as Bar;
      const volume = Math.floor((whole.volume * ticks) / MINUTE_TICKS);
      parts.push(barOf(block.prices, firstTick, ticks, minuteMs, volume));
    }
    return mergeBars(parts, intervalMs)[0] ?? null;
  }

  #minutes(listing: Listing, fromMs: number, toMs: number): Bar[] {
    const bars: Bar[] = [];
    for (let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS; dayMs < toMs; dayMs += DAY_MS) {
      const session = this.#sessionOf(listing, dayMs);
      if (session === null) continue;
      const startMs = Math.max(fromMs, session.openAtMs);
      const endMs = Math.min(toMs, session.closeAtMs);
      for (let block = Math.floor(startMs / BLOCK_MS); block * BLOCK_MS < endMs; block += 1) {
        for (const bar of this.#block(listing, block).bars) {
          if (bar.openAtMs >= startMs && bar.openAtMs + MINUTE_MS <= endMs) bars.push(bar);
        }
      }
    }
    return bars;
  }

  #sessionOf(listing: Listing, dayMs: number) {
    return listing.stock ? this.#session(dayMs) : aroundTheClock(dayMs);
  }

  #isOpen(listing: Listing, atMs: number): boolean {
    const session = this.#sessionOf(listing, Math.floor(atMs / DAY_MS) * DAY_MS);
    return session !== null && atMs >= session.openAtMs && atMs < session.closeAtMs;
  }

  #lastTickMs(listing: Listing, atMs: number): number | null {
    if (!listing.stock) return Math.floor(atMs / TICK_MS) * TICK_MS;
    const today = Math.floor(atMs / DAY_MS) * DAY_MS;
    for (let back = 0; back <= PAUSE_DAYS_MAX; back += 1) {
      const session = this.#session(today - back * DAY_MS);
      if (session !== null && atMs >= session.openAtMs) {
        return Math.floor(Math.min(atMs, session.closeAtMs - 1) / TICK_MS) * TICK_MS;
      }
    }
    return null;
  }

  #block(listing: Listing, blockNumber: number): Block {
    const cacheKey = listing.index * BLOCK_NUMBER_MAX + blockNumber;
    const known = this.#blocks.get(cacheKey);
    if (known !== undefined) return known;
    const block = makeBlock(listing, blockNumber);
    this.#blocks.set(cacheKey, block);
    if (this.#blocks.size > BLOCKS_KEPT) this.#blocks.delete(this.#blocks.keys().next().value as number);
    return block;
  }
}

function listing(
  index: number,
  id: string,
  key: number,
  factors: { readonly stock: UnitPath; readonly crypto: UnitPath },
  options: GeneratedMarketOptions,
): Listing {
  const parsed = parseInstrument(id);
  if (parsed.kind === 'invalid') throw new RangeError(parsed.detail);
  const { base, quote, assetClass } = parsed.instrument;
  const stock = assetClass === 'stock';
  const own = subkey(key, keyOf(base));
  const character = options.characters?.[base] ?? CHARACTERS[base] ?? drawn(own, stock);
  const quoteUsd = QUOTE_USD[quote] as number;
  const digits = Math.ceil(Math.log10(character.startPriceUsd / quoteUsd));
  return {
    index,
    path: new UnitPath(
      own,
      PATH_SHAPES[assetClass],
      stock ? options.stockSession : aroundTheClock,
      options.originMs,
    ),
    factor: factors[assetClass],
    character,
    quoteUsd,
    pegKey: quote === 'USD' ? null : subkey(key, keyOf(quote)),
    volumeKey: subkey(own, keyOf(quote)),
    stock,
    precision: 10 ** Math.max(2, 7 - digits),
  };
}

function drawn(key: number, stock: boolean): Character {
  return {
    startPriceUsd: Math.round(20 * 20 ** uniformAt(subkey(key, 1)) * 100) / 100,
    volatility: (stock ? 0.012 : 0.03) * (1 + uniformAt(subkey(key, 2))),
    correlation: 0.4 + 0.4 * uniformAt(subkey(key, 3)),
  };
}

function makeBlock(listing: Listing, blockNumber: number): Block {
  const { character, precision } = listing;
  const own = listing.path.ticks(blockNumber);
  const factor = listing.factor.ticks(blockNumber);
  const ofFactor = character.volatility * character.correlation;
  const ofOwn = character.volatility * Math.sqrt(1 - character.correlation ** 2);
  const { periodsBlocks, amplitude } = PEG;
  const peg =
    listing.pegKey === null ? 0 : smoothNoise(listing.pegKey, blockNumber, periodsBlocks, amplitude);
  const start = character.startPriceUsd / (listing.quoteUsd * (1 + peg));

  const prices = new Float64Array(BLOCK_TICKS);
  for (let tick = 0; tick < BLOCK_TICKS; tick += 1) {
    const level = ofFactor * (factor[tick] as number) + ofOwn * (own[tick] as number);
    prices[tick] = rounded(start * Math.exp(level), precision);
  }
  const bars: Bar[] = [];
  for (let first = 0; first < BLOCK_TICKS; first += MINUTE_TICKS) {
    const openAtMs = blockNumber * BLOCK_MS + first * TICK_MS;
    const volume = volumeOf(
      listing,
      openAtMs,
      prices[first] as number,
      prices[first + MINUTE_TICKS - 1] as number,
    );
    bars.push(barOf(prices, first, MINUTE_TICKS, openAtMs, volume));
  }
  return { prices, bars };
}

function barOf(prices: Float64Array, first: number, ticks: number, openAtMs: number, volume: number): Bar {
  const open = prices[first] as number;
  let high = open;
  let low = open;
  let close = open;
  for (let tick = first + 1; tick < first + ticks; tick += 1) {
    close = prices[tick] as number;
    if (close > high) high = close;
    if (close < low) low = close;
  }
  return { openAtMs, intervalMs: MINUTE_MS, open, high, low, close, volume };
}

const TURNOVER_USD_PER_MINUTE = 2_000_000;

/** More is traded when the price moves more: volume and volatility are correlated (Cont 2001, fact 10). */
function volumeOf(listing: Listing, openAtMs: number, open: number, close: number): number {
  const usual = listing.character.volatility / Math.sqrt(390);
  const liveliness = 0.4 + Math.abs(close / open - 1) / usual;
  const luck = 0.5 + uniformAt(subkey(listing.volumeKey, openAtMs / MINUTE_MS));
  const units = (TURNOVER_USD_PER_MINUTE / open) * liveliness * luck;
  return listing.stock ? Math.ceil(units) : Math.ceil(units * 10_000) / 10_000;
}

function aroundTheClock(dayStartMs: number) {
  return { openAtMs: dayStartMs, closeAtMs: dayStartMs + DAY_MS };
}

function rounded(value: number, precision: number): number {
  return Math.round(value * precision) / precision;
}
