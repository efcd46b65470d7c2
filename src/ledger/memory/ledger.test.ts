import { describeLedger } from '../contract.testing.ts';
import { createMemoryLedger } from './ledger.ts';

describeLedger('memory', async () => ({ ledger: createMemoryLedger(), reopen: null, dispose: () => {} }));
