import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openSqliteLedger } from './ledger.ts';

/** Goal: a process killed at any moment loses nothing it had acknowledged, and leaves a record that goes on. */

const KILLS = 10;
const appender = join(import.meta.dirname, 'appender.testing.ts');

/** Runs the appender until it has acknowledged something, and for up to 40 ms more; returns all it acknowledged. */
async function acknowledgedUntilKilled(path: string): Promise<{ seq: number; hash: string }[]> {
  const child = spawn(process.execPath, [appender, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await Promise.race([once(child.stdout, 'data'), closed]);
  await sleep(Math.random() * 40);
  child.kill('SIGKILL');
  const [, signal] = (await closed) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
    .map(([seq, hash]) => ({ seq: Number(seq), hash: hash ?? '' }));
}

test(`after each of ${KILLS} kills nothing acknowledged is missing and the chain is whole`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-kill-'));
  const path = join(folder, 'ledger.db');
  const acknowledged: { seq: number; hash: string }[] = [];
  try {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const told = await acknowledgedUntilKilled(path);
      expect(told.length).toBeGreaterThan(0);
      acknowledged.push(...told);

      const ledger = await openSqliteLedger({ path, mode: 'readWrite' });
      for (const { seq, hash } of told) {
        const [entry] = await ledger.entriesAfter(seq - 1, 1);
        expect({ seq: entry?.seq, hash: entry?.hash }).toEqual({ seq, hash });
      }
      await ledger.close();
    }
    const ledger = await openSqliteLedger({ path, mode: 'readOnly' });
    const { fault, cycles } = await ledger.verify({ checkDecision: () => null });
    expect(fault).toBeNull();
    expect(cycles).toBeGreaterThanOrEqual(acknowledged.length);
    for (const { seq, hash } of acknowledged) {
      expect((await ledger.entriesAfter(seq - 1, 1))[0]?.hash).toBe(hash);
    }
    await ledger.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
