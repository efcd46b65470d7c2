import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileMode, readTextFile, writeFileAtomically } from './files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sextant-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('what was written is read back, with its mode, and nothing is left beside it', async () => {
  const path = join(folder, 'a.yaml');
  await writeFileAtomically(path, 'old', 0o644);
  await writeFileAtomically(path, 'grüße', 0o600);
  expect(await readTextFile(path, 100)).toEqual({ kind: 'ok', text: 'grüße' });
  expect(await fileMode(path)).toBe(0o600);
  expect(await readdir(folder)).toEqual(['a.yaml']);
});

test('what cannot be read says why', async () => {
  const path = join(folder, 'large');
  await writeFile(path, 'x'.repeat(101));
  expect(await readTextFile(path, 100)).toEqual({ kind: 'tooLarge', bytes: 101 });
  expect(await readTextFile(join(folder, 'none'), 100)).toEqual({ kind: 'missing' });
  expect(await readTextFile(folder, 1_000_000)).toEqual({ kind: 'unreadable', detail: 'EISDIR' });
  expect(await fileMode(join(folder, 'none'))).toBeNull();
});

test('a write that fails leaves no draft', async () => {
  await expect(writeFileAtomically(join(folder, 'no/such/place'), 'x', 0o600)).rejects.toThrow('ENOENT');
});
