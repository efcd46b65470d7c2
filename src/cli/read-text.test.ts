import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readText } from './read-text.ts';
import { settings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what cannot be read is named, with the reason', () => {
  expect(() => readText(folder)).toThrow(`${folder} cannot be read: it is a folder`);
  const missing = join(folder, 'missing.txt');
  expect(() => readText(missing)).toThrow(`${missing} cannot be read: there is no such file`);
  writeFileSync(missing, 'now it is there');
  expect(readText(missing)).toBe('now it is there');
});

test('a configuration that is a folder is no fault of ours', () => {
  expect(() => settings({ config: folder })).toThrow(`${folder} cannot be read: it is a folder`);
});
