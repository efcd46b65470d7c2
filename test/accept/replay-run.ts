import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import type { CycleBody } from '../../src/core/ledger.ts';
import { dataDir, dataText } from '../data.ts';
import { sextant } from './sextant-child.ts';

/** Of the files in the data folder: real minute bars that are replayed together. */
export const STOCKS_2019 = ['AAPL', 'MSFT', 'TSLA', 'SPY', 'QQQ'].map(
  (symbol) => `ohlcv/stock-1m-2019/${symbol}.alphavantage.2019-02-11.csv.gz`,
);
export const CRYPTO_2023 = ['BTC', 'ETH', 'SOL'].map(
  (base) => `ohlcv/crypto-1m/${base}-USDT.binance.2023-03.csv.gz`,
);

const SLOT_MS = 60_000;

export type ReplayReport = {
  readonly wallMs: number;
  /** Slots of the bars, or of the cycles asked for where these are fewer. */
  readonly slotsDue: number;
  readonly cycles: number;
  readonly decisionsDue: number;
  readonly decisionsMade: number;
  /** Standing decisions, counted once per slot and symbol. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly abstentions: Readonly<Record<string, number>>;
  /** `source: reason`, counted once per stored decision. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly signals: Readonly<Record<string, number>>;
  readonly signalEnds: Readonly<Record<string, number>>;
  readonly why: string;
  readonly faults: readonly string[];
};

/** Replays bars as fast as it goes and holds the record against what the bars made due. */
export async function replayRun(files: readonly string[], cycles: number | null): Promise<ReplayReport> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-replay-'));
  try {
    const path = join(folder, 'ledger.db');
    const bars = files.map((file) => join(dataDir, file));
    const startedMs = performance.now();
    const pace = ['--speed', '100000', ...(cycles === null ? [] : ['--cycles', String(cycles)])];
    const ran = await sextant('demo', '--bars', ...bars, '--ledger', path, '--port', '0', ...pace);
    const wallMs = performance.now() - startedMs;
    const { firstMs, lastMs } = span(files);
    const slots = Math.round((lastMs - firstMs) / SLOT_MS);
    const slotsDue = cycles === null ? slots : Math.min(cycles, slots);
    const read = readRecord(path);
    const faults = [...faultsOf(read, files, firstMs, slotsDue)];
    if (ran.code !== 0) faults.push(`the demo ended with ${ran.code}: ${ran.stderr}`);
    if (!ran.stderr.includes('REPLAY of ')) faults.push('it is not labelled REPLAY');
    const verified = await sextant('verify', '--ledger', path);
    if (verified.code !== 0) faults.push(`verify ended with ${verified.code}: ${verified.stdout}`);
    const why = await sextant('why', read.signalIds[0] ?? '', '--ledger', path);
    if (why.code !== 0) faults.push(`why ended with ${why.code}: ${why.stderr}`);
    return { ...read.figures, wallMs, slotsDue, why: why.stdout, faults };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Opening of the first bar and closing of the last, over all files. */
function span(files: readonly string[]): { readonly firstMs: number; readonly lastMs: number } {
  const times = files.flatMap((file) => {
    const opens = dataText(file)
      .split('\n')
      .map((line) => Number(line.split(',', 1)[0]))
      .filter((openAtMs) => openAtMs > 0);
    return [opens[0] ?? Number.NaN, (opens.at(-1) ?? Number.NaN) + SLOT_MS];
  });
  return { firstMs: Math.min(...times), lastMs: Math.max(...times) };
}

type StoredDecision = {
  readonly kind: string;
  readonly reason: string | null;
  readonly leftOut: readonly { readonly sourceId: string; readonly reason: string }[];
};

type Read = {
  readonly figures: Omit<ReplayReport, 'wallMs' | 'slotsDue' | 'why' | 'faults'>;
  readonly cycleRows: readonly CycleBody[];
  readonly signalIds: readonly string[];
};

/** Goes through the rows as they were written, and keeps what stands. */
function readRecord(path: string): Read {
  const [kinds, abstentions, leftOut, signals, signalEnds] = [tally(), tally(), tally(), tally(), tally()];
  const standing = new Map<string, StoredDecision>();
  const cycleRows: CycleBody[] = [];
  const signalIds: string[] = [];
  const database = new Database(path, { readonly: true });
  const rows = database.prepare<[], { type: string; instrumentId: string; body: string }>(
    'SELECT type, instrument_id AS instrumentId, body FROM entries ORDER BY seq',
  );
  for (const { type, instrumentId, body } of rows.iterate()) {
    if (type === 'decision') {
      const decision = JSON.parse(body) as StoredDecision;
      standing.set(instrumentId, decision);
      for (const { sourceId, reason } of decision.leftOut) leftOut.add(`${sourceId}: ${reason}`);
    } else if (type === 'cycle') {
      cycleRows.push(JSON.parse(body) as CycleBody);
      for (const { kind, reason } of standing.values()) {
        kinds.add(kind);
        if (reason !== null) abstentions.add(reason);
      }
    } else if (type === 'signal') {
      const event = JSON.parse(body) as {
        event: string;
        cause: string;
        signal: { id: string; side: string };
      };
      if (event.event === 'ended') signalEnds.add(event.cause);
      else {
        signals.add(event.signal.side);
        signalIds.push(event.signal.id);
      }
    }
  }
  database.close();
  const total = (figure: (row: CycleBody) => number) => cycleRows.reduce((sum, row) => sum + figure(row), 0);
  const figures = {
    cycles: cycleRows.length,
    decisionsDue: total(({ due }) => due),
    decisionsMade: total(({ made }) => made),
    kinds: kinds.counts,
    abstentions: abstentions.counts,
    leftOut: leftOut.counts,
    signals: signals.counts,
    signalEnds: signalEnds.counts,
  };
  return { figures, cycleRows, signalIds };
}

function* faultsOf(
  { figures, cycleRows, signalIds }: Read,
  files: readonly string[],
  firstMs: number,
  slotsDue: number,
): Generator<string> {
  const firstSlotMs = (Math.floor(firstMs / SLOT_MS) + 1) * SLOT_MS;
  const wrongSlot = cycleRows.findIndex(({ slotAtMs }, index) => slotAtMs !== firstSlotMs + index * SLOT_MS);
  if (wrongSlot >= 0) yield `cycle row ${wrongSlot + 1} is not of the slot that was due`;
  if (figures.cycles !== slotsDue) yield `${slotsDue} slots were due, ${figures.cycles} have a cycle row`;
  const due = slotsDue * files.length;
  if (figures.decisionsDue !== due || figures.decisionsMade !== due) {
    yield `${due} decisions were due; the cycle rows say ${figures.decisionsMade} of ${figures.decisionsDue}`;
  }
  const counted = Object.values(figures.kinds).reduce((sum, count) => sum + count, 0);
  if (counted !== due)
    yield `${counted} standing decisions follow from the rows of ${basename(files[0] ?? '')}`;
  if (signalIds.length === 0) yield 'no signal was stored';
}

function tally() {
  const counts: Record<string, number> = {};
  const add = (key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  return { counts, add };
}
