import type { Ledger, SignalRow } from '../core/ledger.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import { kindText, labelledPrice, labelText, type Output, printable, table, timeText } from './output.ts';
import { type RecordOptions, recordToRead } from './record.ts';

export type SignalsOptions = RecordOptions & {
  readonly symbol?: string;
  readonly open?: boolean;
  readonly limit: number;
  readonly json?: boolean;
};

/** What the ledger gives at once. */
const PAGE_ROWS = 500;

export async function signals(options: SignalsOptions, output: Output): Promise<void> {
  const { ledger, path, label } = await recordToRead(options);
  try {
    const rows = await newest(ledger, options);
    if (options.json === true) return output.json({ label, signals: rows });
    if (label !== null && label.kind !== 'LIVE') output.line(labelText(label));
    if (rows.length === 0) return output.line(noneText(path, options));
    output.line(
      table(
        ['opened (UTC)', 'signal', 'side', 'entry', 'target', 'stop', 'ended', 'outcome after costs'],
        rows.map(({ signal, end, outcome }) => [
          timeText(signal.openedAtMs),
          printable(signal.id),
          kindText(signal.side),
          labelledPrice(signal.entry, signal.currency),
          labelledPrice(signal.target, signal.currency),
          labelledPrice(signal.stop, signal.currency),
          end === null ? 'open' : printable(`${end.cause} ${timeText(end.atMs)}`),
          outcome === null ? 'not known yet' : printable(outcomeText(outcome)),
        ]),
      ),
    );
  } finally {
    await ledger.close();
  }
}

async function newest(ledger: Ledger, { symbol, open, limit }: SignalsOptions): Promise<SignalRow[]> {
  const rows: SignalRow[] = [];
  for (;;) {
    const last = rows.at(-1);
    const page = await ledger.signals({
      limit: Math.min(limit - rows.length, PAGE_ROWS),
      ...(symbol === undefined ? {} : { instrumentId: symbol }),
      ...(open === true ? { open } : {}),
      ...(last === undefined ? {} : { beforeSeq: last.seq }),
    });
    rows.push(...page);
    if (page.length < PAGE_ROWS || rows.length >= limit) return rows;
  }
}

function noneText(path: string, { symbol, open }: SignalsOptions): string {
  const which = `${open === true ? 'open ' : ''}signal${symbol === undefined ? '' : ` of ${symbol}`}`;
  return `no ${which} in ${path} yet`;
}

function outcomeText(outcome: SignalOutcome): string {
  if (outcome.kind === 'unresolved') return `unresolved: ${outcome.reason}`;
  return `${outcome.cause} ${(100 * outcome.netReturn).toFixed(2)} %`;
}
