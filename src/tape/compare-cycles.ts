import { canonicalJson, sameJson } from '../core/canonical-json.ts';
import type { CycleRecord, LedgerEntry } from '../core/ledger.ts';

/** What a cycle put on record beside itself, in the order of the record. */
export type RecordedCycle = {
  readonly cycle: number;
  readonly slotAtMs: number;
  readonly entries: readonly LedgerEntry[];
};

export type CycleCounts = { readonly decisions: number; readonly signals: number; readonly outcomes: number };

/** The first of a cycle that is not the same. */
export type CycleDifference = {
  readonly cycle: number;
  readonly slotAtMs: number;
  /** Such as `the decision of BTC-USD`. */
  readonly what: string;
  /** One line for each value that differs, recorded and replayed; at most some. */
  readonly how: readonly string[];
};

const LINES_MAX = 8;
const VALUE_CHARS_MAX = 160;

type Row = { readonly what: string; readonly body: unknown };

/** Compares byte for byte, by canonical text. Null where a cycle is the same. */
export function compareCycles(recorded: RecordedCycle, replayed: CycleRecord): CycleDifference | null {
  const { cycle, slotAtMs } = recorded;
  const differs = (what: string, how: readonly string[]): CycleDifference => ({ cycle, slotAtMs, what, how });
  if (slotAtMs !== replayed.slotAtMs)
    return differs('its slot', [`recorded ${timeText(slotAtMs)}, replayed ${timeText(replayed.slotAtMs)}`]);
  const [then, now] = [recordedRows(recorded), replayedRows(replayed)];
  for (const [name, row] of then) {
    const again = now.get(name);
    if (again === undefined) return differs(row.what, ['recorded, but not replayed']);
    if (canonicalJson(row.body) !== canonicalJson(again.body))
      return differs(row.what, differences(row.body, again.body));
  }
  for (const [name, { what }] of now) {
    if (!then.has(name)) return differs(what, ['replayed, but not recorded: nothing had changed then']);
  }
  return null;
}

export function countsOf({ entries }: RecordedCycle): CycleCounts {
  const of = (wanted: LedgerEntry['type']) => entries.filter(({ type }) => type === wanted).length;
  return { decisions: of('decision'), signals: of('signal'), outcomes: of('outcome') };
}

function recordedRows({ entries }: RecordedCycle): Map<string, Row> {
  const rows = new Map<string, Row>();
  const add = (what: string, body: unknown): unknown => rows.set(nameOf(rows, what), { what, body });
  for (const { type, body } of entries) {
    if (type === 'decision') add(decisionText(body.instrumentId), body);
    else if (type === 'signal') add(signalText(body), body);
    else if (type === 'outcome') add(`the outcome of ${body.signalId}`, body);
  }
  return rows;
}

function replayedRows({ decisions, events, outcomes }: CycleRecord): Map<string, Row> {
  const rows = new Map<string, Row>();
  const add = (what: string, body: unknown): unknown => rows.set(nameOf(rows, what), { what, body });
  for (const body of decisions) add(decisionText(body.instrumentId), body);
  for (const body of events) add(signalText(body), body);
  for (const body of outcomes) add(`the outcome of ${body.signalId}`, body);
  return rows;
}

/** Two of one name are told apart by their order. */
function nameOf(rows: ReadonlyMap<string, Row>, what: string): string {
  let name = what;
  for (let n = 2; rows.has(name); n += 1) name = `${what} (${n})`;
  return name;
}

function decisionText(instrumentId: string): string {
  return `the decision of ${instrumentId}`;
}

function signalText(event: CycleRecord['events'][number]): string {
  return event.event === 'opened'
    ? `the opening of a signal of ${event.signal.instrumentId}`
    : `the end of signal ${event.signalId}`;
}

/** Of a decision, what the rest of it follows from. */
const FIRST_TOLD = ['price', 'regime', 'leftOut', 'votes'];

function differences(recorded: unknown, replayed: unknown): string[] {
  const lines = leaves(pickedFirst(recorded), replayed, '');
  const more = lines.length - LINES_MAX;
  return more <= 0 ? lines : [...lines.slice(0, LINES_MAX), `and ${more} more`];
}

function pickedFirst(body: unknown): unknown {
  if (!isBranch(body)) return body;
  const first = FIRST_TOLD.filter((key) => key in body).map((key) => [key, body[key]] as const);
  return { ...Object.fromEntries(first), ...body };
}

function leaves(recorded: unknown, replayed: unknown, path: string): string[] {
  if (sameJson(recorded, replayed)) return [];
  if (!isBranch(recorded) || !isBranch(replayed) || Array.isArray(recorded) !== Array.isArray(replayed))
    return [`${path}: recorded ${shown(recorded)}, replayed ${shown(replayed)}`];
  const keys = new Set([...Object.keys(recorded), ...Object.keys(replayed)]);
  return [...keys].flatMap((key) =>
    leaves(recorded[key], replayed[key], path === '' ? key : `${path}.${key}`),
  );
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = canonicalJson(value);
  return text.length <= VALUE_CHARS_MAX ? text : `${text.slice(0, VALUE_CHARS_MAX)}…`;
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}
