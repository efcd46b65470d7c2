import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { readConfigFile } from './read-file.ts';
import { type Look, UNWATCHED, type WatchState, watchConfig, watchStep } from './watch.ts';

const look = (text: string | null, files: Look['files'] = {}): Look => ({ text, files });

describe('watchStep', () => {
  const newsOf = (looks: readonly Look[]): (string | null)[] => {
    let state: WatchState = UNWATCHED;
    return looks.flatMap((one) => {
      const step = watchStep(state, one);
      state = step.state;
      return step.news === null ? [] : [step.news.text];
    });
  };

  test('what is seen twice in a row is news, once', () => {
    expect(newsOf([look('a'), look('a'), look('a'), look('b'), look('b')])).toEqual(['a', 'b']);
  });

  test('what is still being written is none', () => {
    expect(newsOf([look('a'), look('a'), look(''), look('ab'), look('abc'), look('abc')])).toEqual([
      'a',
      'abc',
    ]);
  });

  test('what comes back to what was told is none', () => {
    expect(newsOf([look('a'), look('a'), look(null), look('a'), look('a')])).toEqual(['a']);
  });

  test('a secret that changed is news of the same text', () => {
    const files = [{ k: '1' }, { k: '1' }, { k: '2' }, { k: '2' }];
    expect(newsOf(files.map((one) => look('a', one)))).toEqual(['a', 'a']);
  });
});

describe('a watched file', () => {
  let folder = '';
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** As Kubernetes does: the file is a link through `..data`, which is swapped as a whole. */
  function swapLink(at: string, text: string, turn: number): void {
    mkdirSync(join(folder, `v${turn}`));
    writeFileSync(join(folder, `v${turn}`, 'config'), text);
    symlinkSync(`v${turn}`, join(folder, '..data-new'));
    renameSync(join(folder, '..data-new'), join(folder, '..data'));
    if (turn === 0) symlinkSync('..data/config', at);
  }

  const STYLES: Record<string, (at: string, text: string, turn: number) => void> = {
    'in place': (at, text, turn) => writeFileSync(at, text, { flag: turn === 0 ? 'w' : 'r+' }),
    'truncated and written': (at, text) => {
      writeFileSync(at, '');
      writeFileSync(at, text);
    },
    'renamed over': (at, text) => {
      writeFileSync(`${at}.new`, text);
      renameSync(`${at}.new`, at);
    },
    'behind a swapped link': swapLink,
  };

  test.each(Object.entries(STYLES))('%s is seen within half a second', async (_, write) => {
    folder = mkdtempSync(join(tmpdir(), 'sextant-watch-'));
    const at = join(folder, 'sextant.yaml');
    const clock = createVirtualClock(0);
    const seen: (string | null)[] = [];
    write(at, 'one', 0);
    const stop = watchConfig(readConfigFile, at, clock, ({ text }) => seen.push(text));
    await clock.advanceTo(500);
    expect(seen).toEqual(['one']);
    write(at, 'two', 1);
    await clock.advanceTo(1_000);
    expect(seen).toEqual(['one', 'two']);
    stop();
    write(at, 'six', 2);
    await clock.advanceTo(2_000);
    expect(seen).toEqual(['one', 'two']);
  });

  test('with the file of a secret that it names, and the moment it is gone', async () => {
    folder = mkdtempSync(join(tmpdir(), 'sextant-watch-'));
    const at = join(folder, 'sextant.yaml');
    const key = join(folder, 'key');
    writeFileSync(key, 'k1\n');
    writeFileSync(at, `keys: { a: "\${file:${key}}" }`);
    const clock = createVirtualClock(0);
    const seen: Look[] = [];
    watchConfig(readConfigFile, at, clock, (one) => seen.push(one));
    await clock.advanceTo(500);
    writeFileSync(key, 'k2\n');
    await clock.advanceTo(1_000);
    rmSync(at);
    await clock.advanceTo(1_500);
    expect(seen.map(({ files }) => files[key])).toEqual(['k1\n', 'k2\n', undefined]);
    expect(seen.at(-1)?.text).toBeNull();
  });
});
