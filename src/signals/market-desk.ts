import type { Bar } from '../core/bar.ts';
import { BarTrack } from '../core/bar-track.ts';
import type { PriceFix, Regime } from '../core/decision.ts';
import type { Instrument } from '../core/instrument.ts';
import { BAR_GAP_MAX, BAR_INTERVAL_MS, BAR_LAG_MS } from '../core/options.ts';
import type { BarsQuestion, MarketBrief, View } from '../core/question.ts';
import { tradingTimeBefore } from '../core/sessions/lookback.ts';
import { NEXT_OPEN_MS, nextOpenMs, sessionAt } from '../core/sessions/session.ts';
import { RegimeTracker } from './regime.ts';

/** Of each instrument: enough for a day of crypto on the chart and for the one-day change. */
const BARS_KEPT_MAX = 1_500;
/** Enough for the regime and the one-hour change. */
const BARS_KEPT_MIN = 75;
/** Of all instruments together: 30 MB. */
const BARS_KEPT_IN_ALL = 600_000;

/** How many bars are kept of each of so many instruments: a whole day of 400, one hour of thousands. */
export function barsKept(instruments: number): number {
  const share = Math.floor(BARS_KEPT_IN_ALL / instruments);
  return Math.min(BARS_KEPT_MAX, Math.max(BARS_KEPT_MIN, share));
}
/** Further back nobody is asked at a start, however much is kept: pages of a provider stand in the way of the first vote. */
const REACH_BARS_MAX = 600;
/** A regime that rests on older bars than this says nothing about now. */
const REGIME_AGE_MS_MAX = 600_000;
/** A watch bar this far from the confirmed price is not believed. */
const BELIEVABLE_SHARE = 0.5;

// One for all desks.
const NO_MOMENTS: readonly number[] = [];
const TELL_NOBODY = (): void => {};

/** The market of one instrument as the watch sources show it: closed bars, regime, volatility. */
export class MarketDesk {
  readonly #instrument: Instrument;
  readonly #track: BarTrack;
  #regime: RegimeTracker;
  /** Moments (Unix ms) from which on bars are wanted at a start, if they lie within reach. */
  #wantedFromMs = NO_MOMENTS;
  #onBar = TELL_NOBODY;

  constructor(instrument: Instrument, keep: number = BARS_KEPT_MAX) {
    this.#instrument = instrument;
    this.#track = new BarTrack({ keep, nextOpenMs: NEXT_OPEN_MS[instrument.assetClass] });
    this.#regime = new RegimeTracker(this.#track);
  }

  /** Average true range of the minute bars, in price units; null while warming up. */
  get atr(): number | null {
    return this.#regime.atr;
  }

  /** Of the newest bars against the usual one; 1 while warming up. */
  get volatilityRatio(): number {
    return this.#regime.volatilityRatio;
  }

  /** Of a minute bar, as a share of the price; null before the second bar. */
  get volatilityPerBar(): number | null {
    return this.#regime.volatilityPerBar;
  }

  /** Null while warming up, and when the newest bar is too old. */
  regime(nowMs: number): Regime | null {
    if (this.#track.length === 0) return null;
    const nextMs = nextOpenMs(this.#instrument.assetClass, this.untilMs);
    return nowMs - nextMs > REGIME_AGE_MS_MAX ? null : this.#regime.regime;
  }

  /** How far the warm-up is, in words. */
  warmupText(): string {
    const bars = Math.min(this.#track.length, RegimeTracker.warmupBars);
    return bars < RegimeTracker.warmupBars
      ? `${bars} of ${RegimeTracker.warmupBars} closed bars are known`
      : 'the newest closed bar is too old, or the bars before it have a hole';
  }

  /** Close of the newest bar (Unix ms); 0 before the first. */
  get untilMs(): number {
    return this.#track.untilMs;
  }

  /** The first question shall reach back to the earliest of these moments (Unix ms) whose bars can still be had. */
  reachBack(fromMs: readonly number[]): void {
    this.#wantedFromMs = fromMs;
  }

  /** `listener` is told of every bar that is taken in, in place of the one before. */
  whenFed(listener: () => void): void {
    this.#onBar = listener;
  }

  get kept(): { readonly bars: number; readonly bytes: number } {
    return { bars: this.#track.length, bytes: this.#track.bytes };
  }

  bars(count: number): readonly Bar[] {
    return this.#track.newest(count);
  }

  /** Close of the bar that opened then, or null. */
  closeOf(openAtMs: number): number | null {
    return this.#track.find(openAtMs)?.close ?? null;
  }

  /** The closed bars that are missing up to now, or null. */
  question(nowMs: number): BarsQuestion | null {
    const toMs = Math.floor((nowMs - BAR_LAG_MS) / BAR_INTERVAL_MS) * BAR_INTERVAL_MS;
    const { assetClass } = this.#instrument;
    const fromMs = this.#track.length === 0 ? this.#firstMs(toMs) : nextOpenMs(assetClass, this.untilMs);
    if (fromMs >= toMs) return null;
    return { kind: 'bars', instrument: this.#instrument, intervalMs: BAR_INTERVAL_MS, fromMs, toMs };
  }

  #firstMs(toMs: number): number {
    const { assetClass } = this.#instrument;
    const reach = Math.min(this.#track.keep, REACH_BARS_MAX);
    const reachMs = tradingTimeBefore(assetClass, toMs, reach * BAR_INTERVAL_MS);
    const wanted = this.#wantedFromMs.map((atMs) => Math.ceil(atMs / BAR_INTERVAL_MS) * BAR_INTERVAL_MS);
    const warmupMs = tradingTimeBefore(assetClass, toMs, RegimeTracker.warmupBars * 1.5 * BAR_INTERVAL_MS);
    return Math.min(warmupMs, ...wanted.filter((atMs) => atMs >= reachMs));
  }

  /** Takes in the closed bars of a watch answer; `price` is the confirmed price they must be near. */
  absorb(view: View, price: number): void {
    if (view.kind !== 'market' && view.kind !== 'bars') return;
    for (const bar of view.bars) {
      if (sessionAt(this.#instrument.assetClass, bar.openAtMs).phase !== 'open') continue;
      if (Math.abs(bar.close / price - 1) > BELIEVABLE_SHARE) continue;
      const gap = this.#track.gapBefore(bar);
      if (view.kind === 'market' && (this.#track.length === 0 || gap !== null)) return;
      if (gap !== null && gap.toMs - gap.fromMs > BAR_GAP_MAX * BAR_INTERVAL_MS)
        this.#regime = new RegimeTracker(this.#track);
      if (!this.#track.feed(bar)) continue;
      this.#regime.absorb(bar);
      this.#onBar();
    }
  }

  /** What a model is told of the market. */
  brief(fix: PriceFix): MarketBrief {
    return {
      price: fix.price,
      currency: fix.currency,
      change5mPct: this.#changePct(fix, 5),
      change1hPct: this.#changePct(fix, 60),
      change1dPct: this.#changePct(fix, 1_440),
      atrPct: this.atr === null ? null : round2((this.atr / fix.price) * 100),
    };
  }

  #changePct(fix: PriceFix, minutes: number): number | null {
    const openAtMs = Math.floor(fix.asOfMs / BAR_INTERVAL_MS - minutes) * BAR_INTERVAL_MS;
    const close = this.closeOf(openAtMs);
    return close === null ? null : round2((fix.price / close - 1) * 100);
  }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
