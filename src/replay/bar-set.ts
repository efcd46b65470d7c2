import type { Bar } from '../core/bar.ts';
import { type BarText, isSameBar, readBarFile, timeText } from './bar-file.ts';
import { BarColumn, BarSeries } from './bar-series.ts';

/** The bars of a replay: one series for each instrument, all of one length. */
export type BarSet = {
  readonly intervalMs: number;
  /** In the order of the files. */
  readonly series: readonly BarSeries[];
  /** Open of the first bar, close of the last (Unix ms). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Lines that said again what another had said, to the figure. */
  readonly repeated: number;
};

export type BarSetRead =
  | { readonly kind: 'ok'; readonly bars: BarSet }
  | { readonly kind: 'invalid'; readonly details: readonly string[] };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DETAILS_PER_SYMBOL_MAX = 5;

/** Joins the bars of files; several may be about one instrument, where they overlap they must say the same. Names every fault. */
export function readBarSet(files: readonly BarText[]): BarSetRead {
  const details: string[] = [];
  const parts = new Map<string, BarColumn[]>();
  let repeated = 0;
  for (const file of files) {
    const read = readBarFile(file);
    details.push(...read.faults.details);
    const more = read.faults.count - read.faults.details.length;
    if (more > 0) details.push(`${file.name}: ${more} more lines cannot be used`);
    repeated += read.repeated;
    for (const [instrumentId, column] of read.columns)
      parts.set(instrumentId, [...(parts.get(instrumentId) ?? []), column]);
  }
  if (details.length > 0) return { kind: 'invalid', details };

  const series: BarSeries[] = [];
  for (const [instrumentId, columns] of parts) {
    const joined = joinColumns(instrumentId, columns);
    repeated += joined.repeated;
    const made = joined.faults.length > 0 ? joined.faults : seriesOf(instrumentId, joined.column);
    if (made instanceof BarSeries) series.push(made);
    else details.push(...made);
  }
  const intervals = [...new Set(series.map(({ intervalMs }) => intervalMs))];
  if (intervals.length > 1) {
    const lengths = series.map(({ instrumentId, intervalMs }) => `${instrumentId} ${intervalMs / 1_000} s`);
    details.push(`the bars are not of one length (${lengths.join(', ')}): replay each length by itself`);
  }
  if (details.length > 0) return { kind: 'invalid', details };
  return { kind: 'ok', bars: { ...spanOf(series), series, repeated } };
}

/** What `series` hold together, all of one length and none empty. */
export function spanOf(series: readonly BarSeries[]): Pick<BarSet, 'intervalMs' | 'fromMs' | 'toMs'> {
  const intervalMs = series[0]?.intervalMs ?? MINUTE_MS;
  return {
    intervalMs,
    fromMs: Math.min(...series.map((one) => one.bar(0).openAtMs)),
    toMs: Math.max(...series.map((one) => one.bar(one.length - 1).openAtMs)) + intervalMs,
  };
}

type Joined = { readonly column: BarColumn; readonly repeated: number; readonly faults: readonly string[] };

function joinColumns(instrumentId: string, columns: readonly BarColumn[]): Joined {
  const [first = new BarColumn(), ...others] = columns;
  let joined: Joined = { column: first, repeated: 0, faults: [] };
  for (const other of others) joined = merged(instrumentId, joined, other);
  return joined;
}

function merged(instrumentId: string, { column: a, repeated, faults }: Joined, b: BarColumn): Joined {
  const column = new BarColumn();
  const found = [...faults];
  let doubles = repeated;
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const one = i < a.length ? a.bar(i, 0) : null;
    const other = j < b.length ? b.bar(j, 0) : null;
    const isBoth = one !== null && other !== null && one.openAtMs === other.openAtMs;
    if (isBoth) {
      if (isSameBar(one, other)) doubles += 1;
      else if (found.length < DETAILS_PER_SYMBOL_MAX)
        found.push(
          `${instrumentId}: two files say different things of ${timeText(one.openAtMs)}: leave one of them out`,
        );
    }
    const isFirst = one !== null && (other === null || one.openAtMs <= other.openAtMs);
    column.add((isFirst ? one : other) as Bar);
    if (isFirst) i += 1;
    if (!isFirst || isBoth) j += 1;
  }
  return { column, repeated: doubles, faults: found };
}

/** The length of the bars is the smallest distance between two of them. */
function seriesOf(instrumentId: string, column: BarColumn): BarSeries | string[] {
  if (column.length < 2) return [`${instrumentId}: one bar alone has no length: at least two are needed`];
  let intervalMs = Number.POSITIVE_INFINITY;
  for (let at = 1; at < column.length; at += 1)
    intervalMs = Math.min(intervalMs, column.openAtMs(at) - column.openAtMs(at - 1));
  if (intervalMs < MINUTE_MS || intervalMs > HOUR_MS || intervalMs % MINUTE_MS !== 0)
    return [
      `${instrumentId}: its bars are ${intervalMs / 1_000} s long: whole minutes up to an hour can be replayed`,
    ];
  for (let at = 0; at < column.length; at += 1) {
    const openAtMs = column.openAtMs(at);
    if (openAtMs % intervalMs !== 0)
      return [
        `${instrumentId}: ${timeText(openAtMs)} is no multiple of the ${intervalMs / 1_000} s between its bars: do bars of two lengths overlap?`,
      ];
  }
  return new BarSeries(instrumentId, intervalMs, column);
}
