import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { replaceFile } from './replace-file.ts';

/** A disk that takes half of what it is given at once, as a nearly full one may. */
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = (file: number, text: string): number =>
    fs.writeSync(file, text.slice(0, text.length / 2));
  return { ...fs, writeSync };
});

const folder = mkdtempSync(join(tmpdir(), 'sextant-replace-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file is replaced by the whole of a text, however the disk takes it, for the owner alone', () => {
  const path = join(folder, 'file.json');
  replaceFile(path, 'the first');
  replaceFile(path, 'the second, which is longer');
  expect(readFileSync(path, 'utf8')).toBe('the second, which is longer');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file that others may read stays one that they may read', () => {
  const path = join(folder, 'sextant.yaml');
  writeFileSync(path, 'before', { mode: 0o640 });
  chmodSync(path, 0o644);
  replaceFile(path, 'after');
  expect(readFileSync(path, 'utf8')).toBe('after');
  expect(statSync(path).mode & 0o777).toBe(0o644);
});
