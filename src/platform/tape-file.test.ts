import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createTapeFile, tapeLines } from './tape-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-tape-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stopped: string[] = [];
const open = (name: string, bytesMax = 1_000_000) =>
  createTapeFile({
    path: join(folder, name),
    bytesMax,
    endLine: (why) => `end: ${why}`,
    onStopped: (why) => stopped.push(why),
  });

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of tapeLines(path)) lines.push(line);
  return lines;
}

describe('a tape', () => {
  test('is for the owner alone and gives back its lines, the last saying that it was closed', async () => {
    const tape = open('a/lines.gz');
    for (const line of ['one', 'zwölf', '三']) tape.write(line);
    await tape.close();
    expect(statSync(tape.path).mode & 0o777).toBe(0o600);
    expect(await linesOf(tape.path)).toEqual(['one', 'zwölf', '三', 'end: closed']);
  });

  test('is never written over: the next one gets a number', async () => {
    for (const name of ['first', 'second', 'third']) {
      const tape = open('b.gz');
      tape.write(name);
      await tape.close();
    }
    const names = readdirSync(folder).filter((name) => name.startsWith('b.gz'));
    expect(names.sort()).toEqual(['b.gz', 'b.gz.2', 'b.gz.3']);
    expect(await linesOf(join(folder, 'b.gz.2'))).toEqual(['second', 'end: closed']);
  });

  test('stops where it is full, says so, and takes no more', async () => {
    stopped.length = 0;
    const tape = open('full.gz', 300_000);
    for (let n = 0; tape.isWriting(); n += 1) {
      tape.write(`${n} ${Math.sin(n)} ${Math.cos(n)}`);
      if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    tape.write('too late');
    await tape.close();
    expect(stopped).toEqual(['it has reached its 300000 bytes']);
    const lines = await linesOf(tape.path);
    expect(lines.at(-1)).toBe('end: it has reached its 300000 bytes');
    expect(lines).not.toContain('too late');
    expect(lines.length).toBeGreaterThan(5_000);
    expect(statSync(tape.path).size).toBeLessThan(300_000);
  });

  test('counts the tapes of earlier runs, and does not begin where they fill the bound', async () => {
    stopped.length = 0;
    writeFileSync(join(folder, 'old.gz'), Buffer.alloc(5_000));
    const tape = open('old.gz', 4_000);
    tape.write('one');
    await tape.close();
    expect([tape.isWriting(), stopped]).toEqual([false, ['the tapes before it have reached its 4000 bytes']]);
    expect(readdirSync(folder)).not.toContain('old.gz.2');
  });

  test('that cannot be written ends, and whoever records goes on', async () => {
    stopped.length = 0;
    const tape = createTapeFile({
      path: join(folder, 'x'.repeat(300)),
      bytesMax: 1_000,
      endLine: (why) => why,
      onStopped: (why) => stopped.push(why),
    });
    tape.write('one');
    await tape.close();
    expect(stopped).toHaveLength(1);
  });

  test.each([0.2, 0.5, 0.9])(
    'cut off after %f of its bytes gives back the whole lines before',
    async (share) => {
      const tape = open(`cut-${share}.gz`);
      const all = Array.from({ length: 5_000 }, (_, n) => `${n} ${Math.sin(n)}`);
      for (const line of all) tape.write(line);
      await tape.close();
      const bytes = readFileSync(tape.path);
      writeFileSync(tape.path, bytes.subarray(0, Math.floor(bytes.length * share)));
      const lines = await linesOf(tape.path);
      expect(lines.length).toBeGreaterThan(all.length * share * 0.5);
      expect(lines).toEqual(all.slice(0, lines.length));
    },
  );

  test('that is no compressed file is told as such', async () => {
    writeFileSync(join(folder, 'plain'), 'plain text');
    await expect(linesOf(join(folder, 'plain'))).rejects.toThrow('incorrect header check');
    await expect(linesOf(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });
});
