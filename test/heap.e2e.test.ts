import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PART = join(import.meta.dirname, 'accept/heap.ts');

test('two simulated days leave no more alive than one', () => {
  const short = ['--days', '2', '--samples', '12', '--symbols', '8', '--cycle', '900'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [PART, ...short], { encoding: 'utf8' });
  expect(`${stdout}${stderr}`).toMatch(/^heap: passed/);
  expect(status).toBe(0);
}, 120_000);
