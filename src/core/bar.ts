/** One closed candle. An open candle never becomes a Bar. */
export type Bar = {
  /** Start of the interval (Unix ms, UTC), inclusive. */
  readonly openAtMs: number;
  /** Length of the interval in ms: 60_000 for minute bars. */
  readonly intervalMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In units of the base; 0 where nothing traded. */
  readonly volume: number;
};

/** First moment at which the bar is closed (Unix ms). */
export function closeAtMs(bar: Bar): number {
  return bar.openAtMs + bar.intervalMs;
}

const PRICES = ['open', 'high', 'low', 'close'] as const;

/** Why a candle is not believable, or null when it is: finite, positive, low <= open, close <= high, volume >= 0. */
export function barDefect(bar: Bar): string | null {
  const { open, high, low, close, volume } = bar;
  for (const name of PRICES) {
    if (!Number.isFinite(bar[name]) || bar[name] <= 0) return `${name} is ${bar[name]}`;
  }
  if (!Number.isFinite(volume) || volume < 0) return `volume is ${volume}`;
  if (low > high) return `low ${low} is above high ${high}`;
  if (open < low || open > high) return `open ${open} lies outside ${low}..${high}`;
  if (close < low || close > high) return `close ${close} lies outside ${low}..${high}`;
  if (!Number.isSafeInteger(bar.openAtMs) || bar.openAtMs <= 0) return `open time is ${bar.openAtMs}`;
  return null;
}

/**
 * One order, no doubles: ascending by open time; of two bars with the same open time the later one in the input wins
 * (providers append revisions), and bars that are not closed at `nowMs` are dropped.
 */
export function settleBars(bars: readonly Bar[], nowMs: number): Bar[] {
  const byOpenAtMs = new Map<number, Bar>();
  for (const bar of bars) {
    if (closeAtMs(bar) <= nowMs) byOpenAtMs.set(bar.openAtMs, bar);
  }
  return [...byOpenAtMs.values()].sort((a, b) => a.openAtMs - b.openAtMs);
}
