import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { SextantChild, sextant } from './accept/sextant-child.ts';

/** A demo on real sockets and in real time, recorded, and played again. */

const folder = mkdtempSync(join(tmpdir(), 'sextant-tape-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

const linesOf = (tape: string): string[] =>
  gunzipSync(readFileSync(tape), { finishFlush: constants.Z_SYNC_FLUSH }).toString().split('\n');

test('a demo that is killed leaves a tape that replays to identical decisions, and a price altered in it is found out', {
  timeout: 60_000,
}, async () => {
  const [tape, ledger] = [path('tape.gz'), path('demo.db')];
  const pace = ['--cycle-ms', '500', '--fault', 'massive=slow', '--port', '0', '--json'];
  const child = new SextantChild(['demo', ...pace, '--ledger', ledger, '--tape', tape], folder);
  await child.url;
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const live = await child.end('SIGKILL');
  const cycles = live.stdout.trim().split('\n').length;
  expect(cycles).toBeGreaterThan(10);

  const own = path('own.db');
  const replay = await sextant('replay', '--tape', tape, '--ledger', own);
  expect(replay).toMatchObject({ code: 0, stderr: '' });
  expect(replay.stdout).toContain('the tape ends early: it was cut off');
  const [, decisions, played] =
    /\nidentical: (\d+) decisions, \d+ signal events, \d+ outcomes in (\d+) cycles\n$/.exec(replay.stdout) ??
    [];
  expect(Number(decisions)).toBeGreaterThan(5);
  // Whatever was flushed more than a second before the kill is there.
  expect(Number(played)).toBeGreaterThan(cycles - 6);
  const verified = await sextant('verify', '--ledger', own);
  expect(verified.stdout).toContain('is whole');

  const lines = linesOf(tape);
  const at = lines.findIndex((line) => line.startsWith('{"is":"answer"') && line.includes('"price":'));
  const altered = lines[at]?.replace(/"price":([\d.]+)/, (_, price) => `"price":${Number(price) * 1.0001}`);
  writeFileSync(path('altered.gz'), gzipSync(lines.with(at, altered ?? '').join('\n')));
  const other = await sextant('replay', '--tape', path('altered.gz'), '--against', ledger);
  expect(other).toMatchObject({ code: 1, stderr: '' });
  expect(other.stdout).toMatch(/\ndifferent: the decision of \S+ in cycle \d+ \(/);
  expect(other.stdout).toMatch(/: recorded .*\d+\.\d+.*, replayed .*\d+\.\d+/);

  writeFileSync(path('none.gz'), 'no tape');
  const none = await sextant('replay', '--tape', path('none.gz'));
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toMatch(/^\S+ cannot be played: it cannot be read: incorrect header check\n$/);

  const config = await sextant('replay', '--tape', tape, '--profile', 'keyless');
  expect(config).toMatchObject({ code: 1, stdout: '' });
  expect(config.stderr).toContain('it was recorded under configuration');
});
