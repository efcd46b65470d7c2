import { type Bar, barDefect } from '../../src/index.ts';

/** A file of candles as text, already unpacked. `name` is for messages and for the symbol. */
export type OhlcvFile = { readonly name: string; readonly text: string };

export type OhlcvRead =
  | {
      readonly kind: 'ok';
      readonly instrumentId: string;
      readonly intervalMs: number;
      readonly bars: readonly Bar[];
    }
  | { readonly kind: 'invalid'; readonly detail: string };

const HEADER = 'ts,open,high,low,close,volume';

/** `AAPL.alphavantage.2019-02-11.csv.gz` is about AAPL: the name up to its first dot, without folders. */
export function symbolOfFile(name: string): string {
  const file = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  return file.split('.')[0] as string;
}

/**
 * Reads `ts,open,high,low,close,volume` with `ts` the bar's open in Unix ms, UTC, oldest first. The interval is the
 * smallest distance between two bars; the others must be multiples of it. The first fault is told as file:line.
 */
export function readOhlcv(file: OhlcvFile): OhlcvRead {
  const invalid = (line: number, detail: string): OhlcvRead => ({
    kind: 'invalid',
    detail: `${file.name}:${line}: ${detail}`,
  });
  const lines = file.text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines[0] !== HEADER) return invalid(1, `the header is "${clip(lines[0])}", expected "${HEADER}"`);

  const bars: Bar[] = [];
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (line === '' && at === lines.length - 1) break;
    const bar = barOf(line);
    if (typeof bar === 'string') return invalid(at + 1, bar);
    const before = bars.at(-1);
    if (before !== undefined && bar.openAtMs <= before.openAtMs) {
      return invalid(
        at + 1,
        `ts ${bar.openAtMs} does not come after ${before.openAtMs}: sort it, without doubles`,
      );
    }
    bars.push(bar);
  }
  if (bars.length < 2) return invalid(lines.length, `${bars.length} bars, at least 2 are needed`);

  const intervalMs = smallestGapMs(bars);
  const off = bars.findIndex((bar) => (bar.openAtMs - (bars[0] as Bar).openAtMs) % intervalMs !== 0);
  if (off !== -1) {
    return invalid(off + 2, `ts ${bars[off]?.openAtMs} is off the grid of ${intervalMs} ms between bars`);
  }
  return {
    kind: 'ok',
    instrumentId: symbolOfFile(file.name),
    intervalMs,
    bars: bars.map((bar) => ({ ...bar, intervalMs })),
  };
}

const NUMBER = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;

function barOf(line: string): Bar | string {
  const cells = line.split(',');
  if (cells.length !== 6) return `${cells.length} columns in "${clip(line)}", expected 6`;
  const bad = cells.find((cell) => !NUMBER.test(cell));
  if (bad !== undefined) return `"${clip(bad)}" is not a number`;
  const [openAtMs, open, high, low, close, volume] = cells.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const bar = { openAtMs, intervalMs: 0, open, high, low, close, volume };
  return barDefect(bar) ?? bar;
}

function smallestGapMs(bars: readonly Bar[]): number {
  let gapMs = Number.POSITIVE_INFINITY;
  for (let at = 1; at < bars.length; at += 1) {
    gapMs = Math.min(gapMs, (bars[at] as Bar).openAtMs - (bars[at - 1] as Bar).openAtMs);
  }
  return gapMs;
}

function clip(text: string | undefined): string {
  return (text ?? '').slice(0, 60);
}
