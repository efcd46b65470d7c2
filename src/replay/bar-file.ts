import { type Bar, barDefect } from '../core/bar.ts';
import { parseInstrument } from '../core/instrument.ts';
import { BarColumn } from './bar-series.ts';

/** A file of bars as text, unpacked. The symbol of its bars is its name up to the first dot, unless a column says it. */
export type BarText = { readonly name: string; readonly text: string };

/** What cannot be used, as `file:line: what was found: what to do`. */
export type BarFaults = {
  /** The first ones. */
  readonly details: readonly string[];
  /** All of them. */
  readonly count: number;
};

export type BarFileRead = {
  /** By instrument id: bars in the order of time, each once. */
  readonly columns: ReadonlyMap<string, BarColumn>;
  /** Lines that say the same as the one before. */
  readonly repeated: number;
  readonly faults: BarFaults;
};

const DETAILS_MAX = 5;
const SHOWN_CHARS_MAX = 60;
const NAMES_OF_TIME = ['ts', 'time', 'timestamp', 'date', 'datetime', 'open_time'];
const FIGURES = ['open', 'high', 'low', 'close', 'volume'] as const;
const NUMBER = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;
const ZONED_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
/** Unix seconds reach it in the year 5138, Unix ms reached it in 1973. */
const SECONDS_MAX = 1e11;

/** Where a figure stands in a line. */
type Columns = Readonly<Record<'time' | (typeof FIGURES)[number], number>> & {
  readonly symbol: number | null;
};

/**
 * Reads comma-separated bars. The first line names the columns, in any order: the time of the OPEN (`ts`, `time`, `timestamp`,
 * `date`, `datetime` or `open_time`: Unix ms, Unix seconds, or ISO 8601 with its zone), `open`, `high`, `low`, `close`,
 * `volume`, and where one file holds several symbols `symbol`; others are passed over. Each symbol's bars oldest first. A line
 * that cannot be used is a fault; one that repeats the bar before it to the figure is counted and dropped.
 */
export function readBarFile({ name, text }: BarText): BarFileRead {
  const reader = new Reader(name);
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = columnsOf(lines[0] ?? '');
  if (typeof columns === 'string') return reader.refused(1, columns);
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (line !== '' || at < lines.length - 1) reader.take(at + 1, line, columns);
  }
  return reader.end();
}

/** `AAPL.alphavantage.2019-02-11.csv.gz` is about AAPL. */
function symbolOfFile(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).split('.')[0] as string;
}

function columnsOf(header: string): Columns | string {
  const names = header.split(',').map((name) => name.trim().toLowerCase());
  const time = names.findIndex((name) => NAMES_OF_TIME.includes(name));
  const symbol = names.indexOf('symbol');
  const places = FIGURES.map((figure) => names.indexOf(figure));
  const missing = FIGURES.filter((_, index) => places[index] === -1);
  const lacking = time === -1 ? ['time', ...missing] : missing;
  if (lacking.length > 0)
    return `the first line is "${clip(header)}", without ${lacking.join(', ')}: write time,open,high,low,close,volume`;
  const [open = 0, high = 0, low = 0, close = 0, volume = 0] = places;
  return { time, open, high, low, close, volume, symbol: symbol === -1 ? null : symbol };
}

class Reader {
  readonly #name: string;
  readonly #fileSymbol: string;
  readonly #columns = new Map<string, BarColumn>();
  readonly #details: string[] = [];
  #faults = 0;
  #repeated = 0;

  constructor(name: string) {
    this.#name = name;
    this.#fileSymbol = symbolOfFile(name);
  }

  take(number: number, line: string, columns: Columns): void {
    const cells = line.split(',');
    const bar = barOf(cells, columns);
    const symbol = columns.symbol === null ? this.#fileSymbol : (cells[columns.symbol] ?? '').trim();
    const fault = typeof bar === 'string' ? bar : this.#put(bar, symbol);
    if (fault !== null) this.#fault(number, fault);
  }

  /** What is wrong with it, or null. */
  #put(bar: Bar, symbol: string): string | null {
    const column = this.#columnOf(symbol);
    if (typeof column === 'string') return column;
    const before = column.length === 0 ? null : column.bar(column.length - 1, 0);
    if (before === null || before.openAtMs < bar.openAtMs) {
      column.add(bar);
      return null;
    }
    const [at, beforeAt] = [timeText(bar.openAtMs), timeText(before.openAtMs)];
    if (before.openAtMs > bar.openAtMs) return `${at} comes after ${beforeAt}: sort the lines by time`;
    if (!isSameBar(before, bar)) return `${at} is there twice, with other figures: keep the right line`;
    this.#repeated += 1;
    return null;
  }

  refused(number: number, detail: string): BarFileRead {
    this.#fault(number, detail);
    return this.end();
  }

  end(): BarFileRead {
    if (this.#faults === 0 && this.#columns.size === 0)
      this.#fault(1, 'no bar follows the first line: is it the right file?');
    const faults = { details: this.#details, count: this.#faults };
    return { columns: this.#columns, repeated: this.#repeated, faults };
  }

  #columnOf(symbol: string): BarColumn | string {
    const known = this.#columns.get(symbol);
    if (known !== undefined) return known;
    const parsed = parseInstrument(symbol);
    if (parsed.kind === 'invalid')
      return `${parsed.detail}: begin the file’s name with the symbol and a dot, or add a column symbol`;
    const column = new BarColumn();
    this.#columns.set(symbol, column);
    return column;
  }

  #fault(number: number, detail: string): void {
    this.#faults += 1;
    if (this.#details.length < DETAILS_MAX) this.#details.push(`${this.#name}:${number}: ${detail}`);
  }
}

function barOf(cells: readonly string[], columns: Columns): Bar | string {
  const openAtMs = timeOf((cells[columns.time] ?? '').trim());
  if (typeof openAtMs === 'string') return openAtMs;
  for (const figure of FIGURES) {
    const cell = cells[columns[figure]] ?? '';
    if (!NUMBER.test(cell))
      return `${figure} is "${clip(cell)}", which is no number: mend or remove the line`;
  }
  const of = (figure: (typeof FIGURES)[number]): number => Number(cells[columns[figure]]);
  const bar = {
    openAtMs,
    intervalMs: 0,
    open: of('open'),
    high: of('high'),
    low: of('low'),
    close: of('close'),
    volume: of('volume'),
  };
  const defect = barDefect(bar);
  return defect === null ? bar : `${defect}: mend or remove the line`;
}

function timeOf(text: string): number | string {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    return value < SECONDS_MAX ? value * 1_000 : value;
  }
  if (ZONED_TIME.test(text)) {
    const atMs = Date.parse(text.replace(' ', 'T'));
    if (!Number.isNaN(atMs)) return atMs;
  }
  return `"${clip(text)}" is no time: write Unix ms, Unix seconds or ISO 8601 with its zone (2026-01-15T14:30:00Z)`;
}

/** Whether two bars of one time say the same. */
export function isSameBar(a: Bar, b: Bar): boolean {
  return FIGURES.every((figure) => a[figure] === b[figure]);
}

export function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

function clip(text: string): string {
  return text.slice(0, SHOWN_CHARS_MAX);
}
