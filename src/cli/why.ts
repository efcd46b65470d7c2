import type { Decision } from '../core/decision.ts';
import { parseInstrument } from '../core/instrument.ts';
import type { Ledger, SignalRow } from '../core/ledger.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import { explain } from '../main.ts';
import { CommandError, labelText, type Output, printable, timeText } from './output.ts';
import { type RecordOptions, recordToRead } from './record.ts';

export type WhyOptions = RecordOptions & { readonly at?: number; readonly json?: boolean };

export async function why(id: string, options: WhyOptions, output: Output): Promise<void> {
  const { ledger, path, label } = await recordToRead(options);
  try {
    const found = await lookUp(id, options.at, ledger, path);
    const lines = explain(found.decision);
    if (options.json === true) return output.json({ label, ...found, explanation: lines });
    if (label !== null && label.kind !== 'LIVE') output.line(labelText(label));
    if (found.row !== null) output.line(signalLine(found.row));
    for (const line of lines) output.line(printable(line));
  } finally {
    await ledger.close();
  }
}

type Found = { readonly row: SignalRow | null; readonly decision: Decision };

async function lookUp(id: string, at: number | undefined, ledger: Ledger, path: string): Promise<Found> {
  if (parseInstrument(id).kind === 'ok') {
    const standing = await ledger.decisionAt(id, at ?? Number.MAX_SAFE_INTEGER);
    if (standing === null)
      throw new CommandError(
        `${path} holds no decision on ${id}${at === undefined ? '' : ` at ${timeText(at)}`}`,
      );
    return { row: null, decision: standing.decision };
  }
  const row = await ledger.signal(id);
  if (row !== null && at !== undefined)
    throw new CommandError(`${id} is a signal, which has one decision: --at goes with a symbol`);
  if (row === null) {
    throw new CommandError(
      `${path} holds no signal "${id}": "sextant signals" lists them, a symbol explains its newest decision`,
    );
  }
  const opened = await ledger.decisionAt(row.signal.instrumentId, row.signal.openedAtMs);
  if (opened === null) throw new CommandError(`the decision behind ${id} is missing: run "sextant verify"`);
  return { row, decision: opened.decision };
}

function signalLine({ signal, end, outcome }: SignalRow): string {
  const ended = end === null ? 'still open' : `ended ${timeText(end.atMs)} by ${end.cause}`;
  const head = `${signal.id}: opened ${timeText(signal.openedAtMs)}, ${ended}`;
  return `${[head, signal.explanation, outcomeText(outcome)].map(printable).join('\n')}\n`;
}

function outcomeText(outcome: SignalOutcome | null): string {
  if (outcome === null) return 'what came of it is not known yet';
  if (outcome.kind === 'unresolved')
    return `what came of it cannot be told (${outcome.reason}): ${outcome.detail}`;
  const { cause, exitPrice, exitAtMs, netReturn, isAmbiguous } = outcome;
  const doubt = isAmbiguous ? ', the worse of two that one bar holds' : '';
  return `on closed bars: ${cause} at ${exitPrice}, ${timeText(exitAtMs)}${doubt}; ${(100 * netReturn).toFixed(2)} % after costs`;
}
