import { AverageTrueRange } from '../core/average-true-range.ts';
import type { Bar } from '../core/bar.ts';
import type { BarTrack } from '../core/bar-track.ts';
import { CellPlan, type Cells } from '../core/cells.ts';
import type { Regime } from '../core/decision.ts';
import { NumberWindow } from '../core/number-window.ts';
import { RealisedVolatility, SquaredReturn } from '../core/realised-volatility.ts';
import { TrendStrength } from '../core/trend-strength.ts';

/** What a regime is read from. */
export type RegimeFigures = {
  /** Wilder's ADX over 14 bars, 0..100; 0 while nothing has moved. */
  readonly adx: number;
  /** Volatility of the newest bars (exponential span 20) against that of the bars before those 20 (span 240); 1 is usual. */
  readonly volatilityRatio: number;
  /** Fall from the highest close of 60 bars, in what the long-run volatility makes of 60 bars; 0 at a new high. */
  readonly drawdown: number;
};

const ATR_BARS = 14;
const SHORT_SPAN_BARS = 20;
const LONG_SPAN_BARS = 240;
const DRAWDOWN_BARS = 60;
/** Volatility per bar below which ratios of volatilities mean nothing: a tenth of a basis point. */
const STANDSTILL = 1e-5;

/** A regime is entered at one line and left at a lower one, so that a figure on the line does not flicker. */
export const REGIME_LINES = {
  crisisDrawdown: { enter: 4, leave: 2 },
  crisisVolatility: { enter: 2, leave: 1.5 },
  volatile: { enter: 1.6, leave: 1.3 },
  trend: { enter: 25, leave: 20 },
} as const;

/**
 * The regime after `figures`, where `before` was the one until now. The first that applies: crisis (prices have fallen
 * far and volatility has doubled), volatile (far above its long-run level), trend (ADX at 25), range. The lines are
 * Sextant's own, but Wilder's for the ADX.
 */
export function regimeStep(before: Regime | null, figures: RegimeFigures): Regime {
  const reaches = (regime: Regime, value: number, line: { readonly enter: number; readonly leave: number }) =>
    value >= (before === regime ? line.leave : line.enter);
  const { adx, volatilityRatio, drawdown } = figures;
  const { crisisDrawdown, crisisVolatility, volatile, trend } = REGIME_LINES;
  if (reaches('crisis', drawdown, crisisDrawdown) && reaches('crisis', volatilityRatio, crisisVolatility)) {
    return 'crisis';
  }
  if (reaches('volatile', volatilityRatio, volatile)) return 'volatile';
  return reaches('trend', adx, trend) ? 'trend' : 'range';
}

const PLAN = new CellPlan();
const RANGE = new AverageTrueRange(PLAN, ATR_BARS);
const STRENGTH = new TrendStrength(PLAN);
const SQUARE = new SquaredReturn(PLAN);
const SHORT = new RealisedVolatility(PLAN, SHORT_SPAN_BARS);
const LONG = new RealisedVolatility(PLAN, LONG_SPAN_BARS);
/** Squared returns that the long run does not know yet: a crash must not be measured by itself. */
const NEWEST = new NumberWindow(PLAN, SHORT_SPAN_BARS);
/** Log return from the highest close of the drawdown's bars, with its sign turned. */
const FALL = PLAN.reserve(1, 0);

/** Follows the regime of one instrument over its closed watch bars, in constant time per bar. */
export class RegimeTracker {
  /** Closed bars before the first regime: the window of the drawdown. */
  static readonly warmupBars = DRAWDOWN_BARS;
  readonly #track: Pick<BarTrack, 'highestClose'>;
  readonly #cells = PLAN.blank();
  #taken = 0;
  #regime: Regime | null = null;

  /** The closes that the drawdown is measured from are those of the track: it keeps at least {@link warmupBars}. */
  constructor(track: Pick<BarTrack, 'highestClose'>) {
    this.#track = track;
  }

  /** Takes the bar that the track was just fed. */
  absorb(bar: Bar): void {
    const cells = this.#cells;
    RANGE.add(cells, bar);
    STRENGTH.add(cells, bar);
    const square = SQUARE.next(cells, bar);
    if (square !== null) this.#addReturn(square);
    cells[FALL] = Math.log(this.#track.highestClose(DRAWDOWN_BARS) / bar.close);
    this.#taken += 1;
    const { figures } = this;
    if (figures !== null) this.#regime = regimeStep(this.#regime, figures);
  }

  #addReturn(square: number): void {
    const settled = NEWEST.oldest(this.#cells);
    if (settled !== null) LONG.add(this.#cells, settled);
    NEWEST.add(this.#cells, square);
    SHORT.add(this.#cells, square);
  }

  /** Null while warming up. */
  get regime(): Regime | null {
    return this.#regime;
  }

  /** Null while warming up. */
  get figures(): RegimeFigures | null {
    const cells = this.#cells;
    if (this.#taken < DRAWDOWN_BARS) return null;
    return {
      adx: STRENGTH.adx(cells) ?? 0,
      volatilityRatio: this.volatilityRatio,
      drawdown: (cells[FALL] ?? 0) / (perBar(cells, LONG) * Math.sqrt(DRAWDOWN_BARS)),
    };
  }

  /** As in the figures; 1 while warming up. */
  get volatilityRatio(): number {
    const cells = this.#cells;
    return this.#taken < DRAWDOWN_BARS ? 1 : perBar(cells, SHORT) / perBar(cells, LONG);
  }

  /** Volatility of the newest bars (exponential span 20) as a share of the price; null before the second bar. */
  get volatilityPerBar(): number | null {
    return SHORT.perBar(this.#cells);
  }

  /** Wilder's average true range over 14 bars, in price units; null before the 14th. */
  get atr(): number | null {
    return RANGE.range(this.#cells);
  }
}

function perBar(cells: Cells, volatility: RealisedVolatility): number {
  return Math.max(volatility.perBar(cells) ?? 0, STANDSTILL);
}
