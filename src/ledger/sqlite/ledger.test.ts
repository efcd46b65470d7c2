import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeLedger } from '../contract.testing.ts';
import { openSqliteLedger } from './ledger.ts';

for (const isRepeatable of [false, true]) {
  describeLedger(isRepeatable ? 'sqlite, of what can be made again' : 'sqlite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sextant-ledger-'));
    const path = join(folder, 'ledger.db');
    const options = { path, mode: 'readWrite', isRepeatable } as const;
    const ledger = await openSqliteLedger(options);
    return {
      ledger,
      async reopen() {
        await ledger.close();
        return openSqliteLedger(options);
      },
      dispose: () => rmSync(folder, { recursive: true }),
    };
  });
}
