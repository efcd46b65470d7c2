import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SextantChild, sextant } from './accept/sextant-child.ts';
import { readyOrGone } from './accept/witness.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a second demo and a taken port end in one line and harm nothing', {
  timeout: 60_000,
}, async () => {
  const first = new SextantChild(['demo', '--port', '0', '--cycle-ms', '1000'], folder);
  try {
    const url = await first.url;
    expect(await readyOrGone(url)).toBe(true);
    const second = await new SextantChild(['demo', '--port', '0', '--cycles', '1'], folder).finished();
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(/^.*demo\.db is being written by another Sextant: .*\n$/);

    const ledger = ['--ledger', join(folder, 'other.db')];
    const port = new URL(url).port;
    const third = await new SextantChild(['demo', '--port', port, '--cycles', '1', ...ledger]).finished();
    expect(third).toMatchObject({ code: 1, stdout: '' });
    expect(third.stderr).toMatch(/^listen EADDRINUSE.*: choose another with --port, 0 for any\n$/);

    const verified = await new SextantChild(['verify'], folder).finished();
    expect(verified.stdout).toMatch(/is whole: /);
  } finally {
    await first.end('SIGTERM');
  }
  const pace = ['--cycles', '2', '--speed', '100000', '--json'];
  const fresh = await new SextantChild(['demo', '--port', '0', ...pace], folder).finished();
  expect(fresh.stdout).toContain('"cycle":1,');
});

test('a record that is kept goes on where it ends', { timeout: 60_000 }, async () => {
  const path = join(folder, 'kept.db');
  const runs: { cycle: number; slotAtMs: number }[][] = [];
  for (let run = 1; run <= 2; run += 1) {
    const pace = ['--cycles', '5', '--cycle-ms', '60000', '--speed', '100000'];
    const { stdout } = await sextant('demo', '--json', '--ledger', path, '--port', '0', ...pace);
    runs.push(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { cycle: number; slotAtMs: number }),
    );
  }
  const [before = [], after = []] = runs;
  expect(before.map(({ cycle }) => cycle)).toEqual([1, 2, 3, 4, 5]);
  expect(after.map(({ cycle }) => cycle)).toEqual([6, 7, 8, 9, 10]);
  expect(after[0]?.slotAtMs).toBe((before[4]?.slotAtMs ?? 0) + 60_000);
  const listed = await sextant('signals', '--ledger', path);
  expect(listed.stdout).toMatch(/^SIMULATED \(seed demo\)\n/);
});
