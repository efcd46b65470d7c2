import type { Bar } from '../../core/bar.ts';

/** From one bar to the next no more than half up or a third down: beyond lie splits, wrong units and other instruments. */
const STEP_FACTOR_MAX = 1.5;
/** Within one bar: the wick of a thin book stays below 3, a coin's first days have reached 50, a wrong unit makes 100. */
const RANGE_FACTOR_MAX = 3;
const DAYS_RANGE_FACTOR_MAX = 60;
const DAY_MS = 86_400_000;
/** A stray level of up to this many bars is a spike; a longer one may be the truth as well as its neighbours. */
const SPIKE_BARS_MAX = 3;

export type BarQuality = {
  /** Bars of one level, in the order they came. */
  readonly bars: readonly Bar[];
  /** In words, what was held back and why. */
  readonly heldBack: readonly string[];
};

function factorBetween(a: number, b: number): number {
  return a > b ? a / b : b / a;
}

function dateOf(bar: Bar | undefined): string {
  return bar === undefined ? 'nowhere' : new Date(bar.openAtMs).toISOString();
}

function isStep(before: Bar | undefined, after: Bar): boolean {
  return before !== undefined && factorBetween(before.close, after.open) > STEP_FACTOR_MAX;
}

/** The series cut wherever the price steps. */
function levelsOf(bars: readonly Bar[]): Bar[][] {
  const levels: Bar[][] = [];
  for (const bar of bars) {
    const level = levels.at(-1);
    if (level === undefined || isStep(level.at(-1), bar)) levels.push([bar]);
    else level.push(bar);
  }
  return levels;
}

/**
 * Holds back what no market does, in a settled series of one instrument: a bar whose own prices lie a unit apart, spikes of
 * a few bars, and new levels at either end that are not yet confirmed by more than a few bars. Where the level changes for
 * good nothing tells which side is in the right unit, so the whole series is held back; nothing is ever rescaled.
 */
export function believableBars(series: readonly Bar[]): BarQuality {
  const heldBack: string[] = [];
  const inRange = series.filter((bar) => {
    const factorMax = bar.intervalMs < DAY_MS ? RANGE_FACTOR_MAX : DAYS_RANGE_FACTOR_MAX;
    const isWide = factorBetween(bar.high, bar.low) > factorMax;
    if (isWide) heldBack.push(`the bar of ${dateOf(bar)} spans ${bar.low}..${bar.high}: unit?`);
    return !isWide;
  });
  const levels = levelsOf(inRange);
  if (levels.length <= 1) return { bars: inRange, heldBack };
  const bars: Bar[] = [];
  for (const level of levels) {
    const [first] = level;
    if (first === undefined) continue;
    if (level.length <= SPIKE_BARS_MAX) {
      heldBack.push(`${level.length} bars from ${dateOf(first)} at ${first.open}, off the level around them`);
    } else if (isStep(bars.at(-1), first)) {
      const step = `from ${bars.at(-1)?.close} to ${first.open} at ${dateOf(first)}`;
      return { bars: [], heldBack: [`the price steps ${step}: split, unit or symbol?`, ...heldBack] };
    } else bars.push(...level);
  }
  return { bars, heldBack };
}
