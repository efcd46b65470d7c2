import type { Bar } from '../../src/index.ts';

/** Merges ascending bars into bars of `intervalMs`, which begin at its multiples. Empty stretches stay empty. */
export function mergeBars(bars: readonly Bar[], intervalMs: number): Bar[] {
  const merged: Bar[] = [];
  for (const bar of bars) {
    const openAtMs = Math.floor(bar.openAtMs / intervalMs) * intervalMs;
    const last = merged.at(-1);
    if (last?.openAtMs === openAtMs) merged[merged.length - 1] = joined(last, bar);
    else merged.push({ ...bar, openAtMs, intervalMs });
  }
  return merged;
}

function joined(first: Bar, second: Bar): Bar {
  return {
    ...first,
    high: Math.max(first.high, second.high),
    low: Math.min(first.low, second.low),
    close: second.close,
    volume: first.volume + second.volume,
  };
}
