import { type Bar, closeAtMs, type DataLabel } from '../../src/index.ts';
import { type Market, type MarketPrice, TICK_MS } from './market.ts';

/** What truly happens to prices, for all providers alike. */
export type MarketEvent = {
  /** The instruments it befalls; all when left out. */
  readonly instrumentIds?: readonly string[];
  /** Unix ms. */
  readonly atMs: number;
} & (
  | {
      /** Prices fall to `factor` of what they would be, stay there, and come back: real, and every source shows it. */
      readonly kind: 'flashCrash';
      readonly factor: number;
      readonly fallMs: number;
      readonly lowMs: number;
      readonly riseMs: number;
    }
  /** Prices are `factor` times what they would be from one tick to the next, for ever; 0.1 for ten shares out of one. */
  | { readonly kind: 'split'; readonly factor: number }
);

export function withEvents(market: Market, events: readonly MarketEvent[]): Market {
  return events.length === 0 ? market : new EventMarket(market, events);
}

/** A market with events in it. What its bars say of a stretch that an event touches comes from its ticks. */
export class EventMarket implements Market {
  readonly label: DataLabel;
  readonly instrumentIds: readonly string[];
  readonly #market: Market;
  readonly #events: readonly MarketEvent[];

  constructor(market: Market, events: readonly MarketEvent[]) {
    this.label = market.label;
    this.instrumentIds = market.instrumentIds;
    this.#market = market;
    this.#events = events;
  }

  has(instrumentId: string): boolean {
    return this.#market.has(instrumentId);
  }

  priceAt(instrumentId: string, atMs: number): MarketPrice | null {
    const found = this.#market.priceAt(instrumentId, atMs);
    if (found === null) return null;
    const factor = this.#factorAt(instrumentId, found.eventAtMs);
    if (factor === 1) return found;
    const { price, bid, ask, eventAtMs } = found;
    return { price: price * factor, bid: bid * factor, ask: ask * factor, eventAtMs };
  }

  barsBetween(instrumentId: string, intervalMs: number, fromMs: number, toMs: number): Bar[] {
    return this.#market
      .barsBetween(instrumentId, intervalMs, fromMs, toMs)
      .map((bar) => this.#seen(instrumentId, bar, closeAtMs(bar)));
  }

  formingBar(instrumentId: string, intervalMs: number, atMs: number): Bar | null {
    const bar = this.#market.formingBar(instrumentId, intervalMs, atMs);
    return bar === null ? null : this.#seen(instrumentId, bar, atMs + 1);
  }

  /** The bar as it is with the events, made of its ticks before `untilMs` where the factor changes in it. */
  #seen(instrumentId: string, bar: Bar, untilMs: number): Bar {
    const { openAtMs } = bar;
    const moving = this.#events.some(
      (event) => touches(event, instrumentId) && movesBetween(event, openAtMs, untilMs),
    );
    const factor = this.#factorAt(instrumentId, openAtMs);
    if (!moving) return factor === 1 ? bar : scaled(bar, factor);
    const prices: number[] = [];
    for (let atMs = openAtMs; atMs < untilMs; atMs += TICK_MS) {
      const price = this.priceAt(instrumentId, atMs)?.price;
      if (price !== undefined) prices.push(price);
    }
    const [open, close] = [prices[0], prices.at(-1)];
    if (open === undefined || close === undefined) return scaled(bar, factor);
    return { ...bar, open, close, high: Math.max(...prices), low: Math.min(...prices) };
  }

  #factorAt(instrumentId: string, atMs: number): number {
    let factor = 1;
    for (const event of this.#events) if (touches(event, instrumentId)) factor *= factorOf(event, atMs);
    return factor;
  }
}

function touches({ instrumentIds }: MarketEvent, instrumentId: string): boolean {
  return instrumentIds?.includes(instrumentId) ?? true;
}

function movesBetween(event: MarketEvent, fromMs: number, toMs: number): boolean {
  const lastMs = event.kind === 'split' ? 0 : event.fallMs + event.lowMs + event.riseMs;
  return event.atMs < toMs && event.atMs + lastMs >= fromMs;
}

/** The way down and the way up are straight in the logarithm. */
function factorOf(event: MarketEvent, atMs: number): number {
  const sinceMs = atMs - event.atMs;
  if (sinceMs < 0) return 1;
  if (event.kind === 'split') return event.factor;
  const { factor, fallMs, lowMs, riseMs } = event;
  if (sinceMs < fallMs) return factor ** (sinceMs / fallMs);
  const lowSinceMs = sinceMs - fallMs;
  if (lowSinceMs < lowMs) return factor;
  const riseSinceMs = lowSinceMs - lowMs;
  return riseSinceMs < riseMs ? factor ** (1 - riseSinceMs / riseMs) : 1;
}

function scaled(bar: Bar, factor: number): Bar {
  const { open, high, low, close } = bar;
  return { ...bar, open: open * factor, high: high * factor, low: low * factor, close: close * factor };
}
