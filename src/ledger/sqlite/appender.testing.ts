import { writeSync } from 'node:fs';
import type { DecisionKind } from '../../core/vote.ts';
import { ended, opened, sampleRecord } from '../sample.testing.ts';
import { openSqliteLedger } from './ledger.ts';

/**
 * A process made to be killed: appends cycles to the record named on its command line for ever, each with many rows, and
 * prints `seq hash` of the last entry once `append` has acknowledged it.
 */
const [, , path = ''] = process.argv;
const ledger = await openSqliteLedger({ path, mode: 'readWrite' });
const standing = await ledger.standing();
const instruments = Array.from({ length: 100 }, (_, index) => `COIN${String(index).padStart(2, '0')}-USD`);

for (let cycle = (standing?.cycle ?? 0) + 1; ; cycle += 1) {
  const kind: DecisionKind = cycle % 2 === 0 ? 'BUY' : 'HOLD';
  const changes = Object.fromEntries(instruments.map((id) => [id, kind]));
  const events = instruments.map((id) =>
    kind === 'BUY' ? opened(id, 'BUY', cycle) : ended(id, 'BUY', cycle - 1, cycle),
  );
  const record = sampleRecord(cycle, instruments, changes, cycle === 1 ? [] : events);
  const last = (await ledger.append(record)).at(-1);
  writeSync(process.stdout.fd, `${last?.seq} ${last?.hash}\n`);
}
