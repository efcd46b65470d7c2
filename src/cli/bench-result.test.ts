import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { benchRows } from './bench-result.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-bench-rows-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const rowsOf = (text: string | null) => {
  const file = join(folder, 'bench.json');
  if (text !== null) writeFileSync(file, text);
  return benchRows(file);
};

test.each([
  ['no file', null],
  ['no JSON', '{'],
  ['a result without its commit', JSON.stringify({ results: [] })],
])('%s: every row says how to measure it, and none is reached', (_, text) => {
  const { rows, origin } = rowsOf(text);
  expect(origin).toBe('not measured: npm run bench');
  expect(new Set(rows.map(({ sextant }) => sextant))).toEqual(new Set(['not measured: npm run bench']));
  expect(rows.every(({ reached }) => reached === null)).toBe(true);
});

test('a result gives its rows, where it is from, and what was reached', () => {
  const cycles = [
    { tookMs: 8, criticalMs: 5, calls: 2, cpuMs: 3 },
    { tookMs: 60, criticalMs: 30, calls: 2, cpuMs: 9 },
    { tookMs: 9, criticalMs: 5, calls: 0, cpuMs: 0.1 },
  ];
  const results = [{ name: 'sextant', figures: { cycles, rssMb: 119 } }];
  const { rows, origin } = rowsOf(JSON.stringify({ commit: 'abc', machine: 'two cores', results }));
  expect(origin).toBe('commit abc, two cores');
  const row = (start: string) => {
    const { sextant, naive, reached } = rows.find(({ figure }) => figure.startsWith(start)) ?? {};
    return [naive, sextant, reached];
  };
  expect(row('cycle time, median')).toEqual(['–', '9.0 ms', true]);
  expect(row('cycle time beyond')).toEqual(['–', '30.0 ms', false]);
  expect(row('CPU in a cycle that asks')).toEqual(['–', '3.0 ms', true]);
  expect(row('memory')).toEqual(['–', '119.0 MB', true]);
});
