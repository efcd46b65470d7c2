import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Output } from './output.ts';
import { simulateFile } from './simulate.ts';
import { simulateCompare } from './simulate-compare.ts';
import { simulateRuns } from './simulate-runs.ts';
import { checkWritable } from './writable.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-writable-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const SCENARIO = join(import.meta.dirname, '../../scenarios/short.yaml');
const never = new AbortController().signal;
const silent: Output = {
  isTerminal: false,
  columns: 120,
  line: () => expect.unreachable('nothing was to be simulated'),
  note: () => {},
  json: () => {},
};

test('a place that can be written is not touched', () => {
  writeFileSync(at('there.json'), 'old');
  for (const path of [undefined, at('there.json'), at('new.json')])
    expect(() => checkWritable(path)).not.toThrow();
  expect(existsSync(at('new.json'))).toBe(false);
});

test('a place that cannot be written is told', () => {
  expect(() => checkWritable(at('nowhere/out.json'))).toThrow(`there is no folder ${at('nowhere')}`);
  expect(() => checkWritable(folder)).toThrow('it is a folder');
});

test('a simulation asks before it begins', async () => {
  const json = at('nowhere/out.json');
  const refusal = `${json} cannot be written`;
  await expect(simulateFile(SCENARIO, { json }, silent, never)).rejects.toThrow(refusal);
  await expect(simulateFile(SCENARIO, { shrink: json }, silent, never)).rejects.toThrow(refusal);
  await expect(simulateRuns(SCENARIO, { runs: 2, json }, silent, never)).rejects.toThrow(refusal);
  await expect(simulateCompare(SCENARIO, { json }, silent, never)).rejects.toThrow(refusal);
  await expect(simulateCompare(SCENARIO, { docs: json }, silent, never)).rejects.toThrow(refusal);
  const report = join(at('there.json'), 'report');
  await expect(simulateCompare(SCENARIO, { report }, silent, never)).rejects.toThrow(`${report} cannot be`);
});
