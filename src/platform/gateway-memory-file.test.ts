import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceMemories } from '../core/gateway-memory.ts';
import { createGatewayMemoryFile } from './gateway-memory-file.ts';

const MEMORIES: SourceMemories = {
  toy: {
    notedAtMs: 1_768_489_200_000,
    pausedUntilMs: 0,
    windows: [
      { windowMs: 86_400_000, counting: 'sliding', counted: [{ atMs: 1_768_489_200_000, weight: 2 }] },
    ],
    paces: [{ windowMs: 86_400_000, fromMs: 1, used: 2, ahead: 1, dueAtMs: 5 }],
    spent: {
      dayAtMs: 1_768_435_200_000,
      callsToday: 3,
      usdToday: 0.21,
      monthAtMs: 1_767_225_600_000,
      callsThisMonth: 9,
      usdThisMonth: 0.7,
      largestBillUsd: 0.1,
    },
  },
};

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-memory-'));
  path = join(folder, 'state', 'ledger.db.spent.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('nothing is there at first', () => {
  expect(createGatewayMemoryFile(path).load()).toEqual({ kind: 'none' });
});

test('what was saved last is found again, in one file for the owner alone', () => {
  const file = createGatewayMemoryFile(path);
  expect(file.save({})).toBeNull();
  expect(file.save(MEMORIES)).toBeNull();
  expect(createGatewayMemoryFile(path).load()).toEqual({ kind: 'found', memories: MEMORIES });
  expect(readdirSync(join(folder, 'state'))).toEqual(['ledger.db.spent.json']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

describe('what cannot be understood is said, with the place', () => {
  test.each([
    ['half a file', '{"version":1,"sources":{"toy":'],
    ['nothing in it', ''],
    ['another version', '{"version":2,"sources":{}}'],
    ['a negative count', JSON.stringify({ version: 1, sources: MEMORIES }).replace('"used":2', '"used":-2')],
    ['an unknown key', '{"version":1,"sources":{},"more":1}'],
  ])('%s', (_, text) => {
    const file = createGatewayMemoryFile(path);
    file.save({});
    writeFileSync(path, text);
    const found = file.load();
    expect(found.kind).toBe('unreadable');
    expect(found.kind === 'unreadable' && found.detail).toContain('ledger.db.spent.json: ');
  });
});

test('what cannot be written is said, and the old one stays', () => {
  const file = createGatewayMemoryFile(path);
  file.save(MEMORIES);
  const blocked = createGatewayMemoryFile(join(path, 'below-a-file.json'));
  expect(blocked.save({})).toMatch(/ENOTDIR|EEXIST/);
  expect(file.load()).toEqual({ kind: 'found', memories: MEMORIES });
});
