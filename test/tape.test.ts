import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMemoryLedger, type Ledger, verifyRecord } from '../src/index.ts';
import { tapeHeader } from '../src/tape/tape-header.ts';
import type { TapeLine } from '../src/tape/tape-line.ts';
import { replayed, type TapedRun, tapedRun } from './taped-run.ts';

/** A run that is recorded is replayed to the same decisions, whatever its providers, its machine and its operator did. */

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 15, 15);
const SWARM = readFileSync(join(import.meta.dirname, '../scenarios/swarm.yaml'), 'utf8')
  // News in every cycle, audits that draw by chance, and backups that are chosen by health.
  .replace('cycleMs: 900000', 'cycleMs: 60000')
  .replace('config:\n', 'config:\n  planner: { auditShare: 0.2 }\n')
  .replace(/(alpaca|massive): \{/g, '$1: { weight: 0,')
  .replace('providers:\n  massive: { weight: 0,', 'providers:\n  massive: {')
  .replace(
    'yahoo: { analyst: meanReversion }',
    'yahoo: { analyst: meanReversion, backups: [{ source: alpaca, meaning: weaker }, { source: massive, meaning: weaker }] }',
  );

const SEEDS = Array.from({ length: process.env.SEXTANT_SLOW === '1' ? 40 : 4 }, (_, n) => `tape-${n}`);
const run = (options: Partial<Parameters<typeof tapedRun>[1]> = {}): Promise<TapedRun> =>
  tapedRun(SWARM, { seed: 'tape', cycles: 12, startAtMs: START_MS, ...options });

const decisionsOf = async (ledger: Ledger) =>
  (await ledger.decisions({ limit: 500 })).map(({ decision }) => decision);
const kindsOf = (tape: readonly TapeLine[]) => new Set(tape.map(({ is }) => is));

describe('a recorded run', () => {
  test.each(SEEDS)('on troubled providers replays to identical decisions, seed %s', async (seed) => {
    const { tape, ledger } = await run({ seed });
    const { replay, own } = await replayed({ tape, ledger });
    expect(replay).toMatchObject({ kind: 'identical', difference: null });
    const decisions = await decisionsOf(ledger);
    expect(decisions.length).toBeGreaterThan(10);
    expect(await decisionsOf(own)).toEqual(decisions);
    expect((await verifyRecord(own, {})).fault).toBeNull();
  });

  test('holds all that an engine takes from outside', async () => {
    const { tape } = await run();
    const kinds = ['header', 'run', 'record', 'ask', 'answer', 'wake', 'draw'];
    expect([...kindsOf(tape)]).toEqual(expect.arrayContaining(kinds));
    expect(JSON.stringify(tape)).not.toContain('"assetClass"');
  });

  test('that took up a record where it ended replays into one that goes on there', async () => {
    const before = await run({ cycles: 8 });
    const startAtMs = START_MS + 30 * MINUTE_MS;
    const { tape, ledger } = await run({ startAtMs, ledger: before.ledger });
    const { replay, own } = await replayed({ tape, ledger });
    expect(replay).toMatchObject({ kind: 'identical', cycles: 12 });
    const since = (await decisionsOf(ledger)).filter(({ atMs }) => atMs >= startAtMs);
    expect(since.length).toBeGreaterThan(4);
    expect((await decisionsOf(own)).filter(({ atMs }) => atMs >= startAtMs)).toEqual(since);
    expect((await verifyRecord(own, {})).fault).toBeNull();
  });

  test('whose configuration changed replays under the one and then under the other', async () => {
    const { tape, ledger } = await run({
      onCycle: (cycle, running, config) => {
        const symbols = config.symbols.slice(0, 3);
        const consensus = { ...config.consensus, priceToleranceBps: 1 };
        const next = { config: { ...config, symbols, consensus }, configVersion: 'another' };
        if (cycle === 5) running.adopt({ ...next, how: 'reload' }, () => {});
      },
    });
    const { replay, own } = await replayed({ tape, ledger });
    expect(replay).toMatchObject({ kind: 'identical', cycles: 12 });
    expect((await decisionsOf(own)).some(({ configVersion }) => configVersion === 'another')).toBe(true);
  });

  test.each([
    ['kept', 1],
    ['lost', 0],
  ])('whose record refused a cycle and had %s it replays past that', async (_, kept) => {
    const ledger = createMemoryLedger();
    const append = ledger.append.bind(ledger);
    let cycles = 0;
    ledger.append = async (record) => {
      cycles += 1;
      if (cycles !== 4) return append(record);
      if (kept === 1) await append(record);
      throw new Error('disk full');
    };
    const { tape } = await run({ ledger });
    const { replay } = await replayed({ tape, ledger });
    expect(tape).toContainEqual(expect.objectContaining({ is: 'record', refused: 'disk full' }));
    expect(replay).toMatchObject({ kind: 'identical', cycles: 11 });
  });
});

describe('a tape', () => {
  test('with another price in one answer is told by the first decision that rests on it', async () => {
    const { tape, ledger } = await run();
    const altered = tape.map((line): TapeLine => {
      if (line.is !== 'answer' || !('view' in line.answer) || line.answer.view.kind !== 'market') return line;
      const { quote } = line.answer.view;
      if (line.ask > 2) return line;
      const view = { ...line.answer.view, quote: { ...quote, price: quote.price * 1.0001 } };
      return { ...line, answer: { ...line.answer, view } };
    });
    const { replay } = await replayed({ tape: altered, ledger });
    expect(replay).toMatchObject({
      kind: 'different',
      cycles: 0,
      difference: { cycle: 1, slotAtMs: START_MS, what: expect.stringMatching(/^the decision of /) },
    });
    const how = replay.kind === 'different' ? (replay.difference?.how ?? []) : [];
    expect(how.join('\n')).toMatch(/price\.price: recorded [\d.]+, replayed [\d.]+/);
  });

  test('without one of its answers names the cycle that waits for it in vain', async () => {
    const { tape, ledger } = await run();
    const { replay } = await replayed({
      tape: tape.filter((line) => line.is !== 'answer' || line.ask > 2),
      ledger,
    });
    expect(replay).toMatchObject({ kind: 'different', difference: { cycle: 1 } });
    const why = replay.kind === 'different' ? (replay.difference?.why ?? []) : [];
    expect(why.length).toBeGreaterThan(0);
  });

  test('with another question than the engine puts names both', async () => {
    const { tape, ledger } = await run();
    const altered = tape.map(
      (line): TapeLine => (line.is === 'ask' && line.ask === 1 ? { ...line, deadlineAtMs: 1 } : line),
    );
    const { replay } = await replayed({ tape: altered, ledger });
    expect(replay).toMatchObject({ kind: 'different', difference: { cycle: 1 } });
    const why = replay.kind === 'different' ? (replay.difference?.why ?? []) : [];
    expect(why[0]).toMatch(/^on the tape, but not put: alpaca about \S+, market/);
    expect(why[1]).toMatch(/^put, but not on the tape: alpaca about \S+, market/);
  });

  test('that was cut off is played as far as it goes, and says so', async () => {
    const { tape, ledger } = await run();
    const { replay } = await replayed({ tape: tape.slice(0, Math.floor(tape.length / 2)), ledger });
    expect(replay).toMatchObject({
      kind: 'identical',
      difference: null,
      cut: expect.stringContaining('cut off'),
    });
    expect(replay.kind === 'identical' && replay.cycles).toBeGreaterThan(2);
  });

  test('that was full before the run was over says so', async () => {
    const { tape, ledger } = await run();
    const part = [
      ...tape.slice(0, Math.floor(tape.length / 2)),
      { is: 'end', atMs: 0, why: 'it is full' } as const,
    ];
    const { replay } = await replayed({ tape: part, ledger });
    expect(replay).toMatchObject({ kind: 'identical', cut: 'it is full' });
  });

  test('of another configuration is refused with what differs', async () => {
    const { tape, ledger, config } = await run({ cycles: 1 });
    const given = { config: { ...config, cycleMs: 1_000 }, version: 'another' };
    const { replay } = await replayed({ tape, ledger }, given);
    expect(replay).toMatchObject({
      kind: 'unusable',
      detail: expect.stringContaining('cycleMs: 60000 there, 1000 here'),
    });
  });

  test.each([
    ['is empty', []],
    ['begins with something else', [{ is: 'run', atMs: 1 }]],
    ['is of a format to come', [{ is: 'header', format: 2 }]],
    [
      'holds another configuration than its digest says',
      [{ is: 'header', format: 1, config: {}, configDigest: 'x' }],
    ],
  ])('that %s is refused', async (_, lines) => {
    const { replay } = await replayed({ tape: lines as unknown as TapeLine[], ledger: createMemoryLedger() });
    expect(replay.kind).toBe('unusable');
  });

  test('of a source that is not known here is refused by its name', async () => {
    const { tape, ledger } = await run({ cycles: 1 });
    const [header, ...rest] = tape;
    if (header?.is !== 'header') throw new Error('a tape begins with its header');
    const config = JSON.parse(JSON.stringify(header.config).replaceAll('"kind":"yahoo"', '"kind":"mine"'));
    const altered = [tapeHeader({ ...header, config }), ...rest];
    const { replay } = await replayed({ tape: altered, ledger });
    expect(replay).toMatchObject({ kind: 'unusable', detail: expect.stringContaining('mine') });
  });

  test('is not compared with the record of another run', async () => {
    const { tape } = await run({ cycles: 4 });
    const { ledger } = await run({ cycles: 4, seed: 'another' });
    const { replay } = await replayed({ tape, ledger });
    expect(replay).toMatchObject({ kind: 'different', cycles: 0 });
  });
});
