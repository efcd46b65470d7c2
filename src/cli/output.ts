import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { DataLabel } from '../core/live.ts';

/** How commands talk: results on stdout, the rest on stderr; plain text when the reader is no terminal. */
export type Output = {
  readonly isTerminal: boolean;
  readonly columns: number;
  line(text: string): void;
  note(text: string): void;
  json(value: unknown): void;
};

export function processOutput(): Output {
  // Whoever read us has seen enough (`sextant signals | head -1`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  // A log that nobody reads any more must not end a service.
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    isTerminal: process.stdout.isTTY ?? false,
    columns: process.stdout.columns ?? 120,
    line: (text) => {
      process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      process.stderr.write(`${text}\n`);
    },
    json: (value) => {
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

/** A borderless table with a header line. Cells stand as they are: text of others passes {@link printable} first. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const grid = new Table({
    head: head.map((name) => styleText('dim', name)),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  for (const row of rows) grid.push([...row]);
  return grid.toString();
}

/** Text of others may hold terminal escapes and line breaks: shown to a person it must not. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

const KIND_STYLE = { BUY: 'green', SELL: 'red', HOLD: 'blue', ABSTAIN: 'yellow' } as const;

export function kindText(kind: keyof typeof KIND_STYLE): string {
  return styleText(KIND_STYLE[kind], kind);
}

/** `SIMULATED (seed demo)`, `SIMULATED opinions (seed demo) on bars of 2019-02-11 to 2019-02-12`; empty for live prices. */
export function labelText(label: DataLabel): string {
  if (label.kind === 'SIMULATED') {
    const seed = `(seed ${printable(label.seed)})`;
    return label.bars === undefined
      ? `SIMULATED ${seed}`
      : `SIMULATED opinions ${seed} on bars of ${spanText(label.bars)}`;
  }
  if (label.kind === 'REPLAY') return `REPLAY of ${spanText(label)}`;
  return '';
}

/** `2026-01-15 14:30:05` in UTC. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

function spanText({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string {
  return `${dayText(fromMs)} to ${dayText(toMs)}`;
}

function dayText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Prices as the market writes them: cents from 10 on, more digits below. */
export function priceText(price: number): string {
  const digits = price >= 10 ? 2 : price >= 0.1 ? 4 : 8;
  return price.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A price with its currency. */
export function labelledPrice(price: number, currency: string): string {
  return `${priceText(price)} ${currency}`;
}

export function scoreText(score: number | null): string {
  if (score === null) return '–';
  return `${score < 0 ? '−' : '+'}${Math.abs(score).toFixed(2)}`;
}

/** Ends the command with exit code 1 and one line that says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
