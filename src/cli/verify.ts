import type { Head } from '../core/ledger.ts';
import { verifyRecord } from '../main.ts';
import { CommandError, type Output, printable } from './output.ts';
import { progressBar } from './progress.ts';
import { type RecordOptions, recordToRead } from './record.ts';

export type VerifyOptions = RecordOptions & { readonly head?: string; readonly json?: boolean };

/** Exit code 0 when all is well, 1 when a row is bad. */
export async function verify(options: VerifyOptions, output: Output): Promise<void> {
  const expectedHead = options.head === undefined ? undefined : readHead(options.head);
  const { ledger, path } = await recordToRead(options);
  const bar = progressBar('verifying', options.json === true ? null : output);
  try {
    const report = await verifyRecord(ledger, {
      ...(expectedHead === undefined ? {} : { expectedHead }),
      onProgress: (done, total) => bar.show(done, total),
    });
    bar.end();
    if (options.json === true) output.json(report);
    else if (report.fault === null) {
      output.line(
        `${path} is whole: ${report.entries} rows, ${report.cycles} cycles, ${report.decisions} decisions and their certificates, ${report.signals} signal events, ${report.outcomes} outcomes`,
      );
      if (report.head !== null) output.line(`head ${report.head.seq}:${report.head.hash}`);
    } else {
      output.line(`${path} is damaged: row ${report.fault.seq}: ${printable(report.fault.detail)}`);
      output.line(`rows 1 to ${report.fault.seq - 1} are whole`);
    }
    if (report.fault !== null) process.exitCode = 1;
  } finally {
    bar.end();
    await ledger.close();
  }
}

function readHead(text: string): Head {
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new CommandError(`--head ${text} is no head: write it as "verify" prints it, number:64 hex digits`);
  }
  return { seq: Number(seq), hash };
}
