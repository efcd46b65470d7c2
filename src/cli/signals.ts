import type { SignalOutcome } from '../core/outcome.ts';
import { kindText, labelledPrice, labelText, type Output, printable, table, timeText } from './output.ts';
import { type RecordOptions, recordToRead } from './record.ts';

export type SignalsOptions = RecordOptions & {
  readonly symbol?: string;
  readonly open?: boolean;
  readonly limit: number;
  readonly json?: boolean;
};

export async function signals(options: SignalsOptions, output: Output): Promise<void> {
  const { ledger, path, label } = await recordToRead(options);
  try {
    const rows = await ledger.signals({
      limit: Math.min(Math.max(options.limit, 1), 500),
      ...(options.symbol === undefined ? {} : { instrumentId: options.symbol }),
      ...(options.open === true ? { open: true } : {}),
    });
    if (options.json === true) return output.json({ label, signals: rows });
    if (label !== null && label.kind !== 'LIVE') output.line(labelText(label));
    if (rows.length === 0) return output.line(`no signal in ${path} yet`);
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

function outcomeText(outcome: SignalOutcome): string {
  if (outcome.kind === 'unresolved') return `unresolved: ${outcome.reason}`;
  return `${outcome.cause} ${(100 * outcome.netReturn).toFixed(2)} %`;
}
