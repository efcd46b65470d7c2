import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeLedger } from '../contract.testing.ts';
import { openSqliteLedger } from './ledger.ts';

describeLedger('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-ledger-'));
  const path = join(folder, 'ledger.db');
  const ledger = await openSqliteLedger({ path, mode: 'readWrite' });
  return {
    ledger,
    async reopen() {
      await ledger.close();
      return openSqliteLedger({ path, mode: 'readWrite' });
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
});
