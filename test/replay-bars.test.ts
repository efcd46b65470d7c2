import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import type { Output } from '../src/cli/output.ts';
import {
  ledgerPathFor,
  type ReplayBarsOptions,
  replayFromBars,
  replayGround,
} from '../src/cli/replay-bars.ts';
import { replayCompare } from '../src/cli/replay-compare.ts';
import { openSqliteLedger } from '../src/ledger/sqlite/ledger.ts';
import { openRecord, verifyRecord } from '../src/main.ts';
import { drawnSeries } from './look-ahead.ts';

const START_MS = Date.parse('2026-01-14T00:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'sextant-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const THREE = {
  coinbase: { analyst: 'trend' },
  kraken: { analyst: 'momentum' },
  yahoo: { analyst: 'meanReversion' },
};
const MODELS = {
  coinbase: { analyst: 'trend' },
  kraken: { analyst: 'momentum', weight: 0 },
  xai: { analyst: 'model', keys: { apiKey: '${NO_SUCH_KEY}' } },
  perplexity: { analyst: 'model', keys: { apiKey: '${NO_SUCH_KEY}' } },
};

function configFile(name: string, sources: object, more: object = {}): string {
  writeFileSync(at(name), JSON.stringify({ symbols: ['BTC-USD', 'SOL-USD'], sources, ...more }));
  return at(name);
}

function barFile(id: string, count: number): string {
  const series = drawnSeries(id, START_MS, count, 'replay');
  const lines = Array.from({ length: series.length }, (_, index) => {
    const { openAtMs, open, high, low, close, volume } = series.bar(index);
    return [openAtMs, open, high, low, close, volume].join(',');
  });
  const path = at(`${id}.${count}.csv.gz`);
  writeFileSync(path, gzipSync(`ts,open,high,low,close,volume\n${lines.join('\n')}\n`));
  return path;
}

/** A file of what a source said of instruments, minute by minute. */
function opinionFile(sourceId: string, instrumentIds: readonly string[]): string {
  const path = at(`${sourceId}.ndjson`);
  const lines = Array.from({ length: 300 }, (_, minute) =>
    instrumentIds.map((instrumentId) =>
      JSON.stringify({ sourceId, instrumentId, atMs: START_MS + minute * 60_000, score: 0.9 }),
    ),
  );
  writeFileSync(path, lines.flat().join('\n'));
  return path;
}

function heard() {
  const lines: string[] = [];
  const notes: string[] = [];
  const values: unknown[] = [];
  const output: Output = {
    isTerminal: false,
    columns: 120,
    line: (text) => lines.push(text),
    note: (text) => notes.push(text),
    json: (value) => values.push(value),
  };
  return { output, lines, notes, values };
}

const never = new AbortController().signal;

async function replayed(options: Partial<ReplayBarsOptions>) {
  const { output, ...told } = heard();
  const bars = [barFile('BTC-USD', 300), barFile('ETH-USD', 300)];
  await replayFromBars(
    { config: configFile('three.yaml', THREE), bars, ledger: at('replay.db'), ...options },
    output,
    never,
  );
  return told;
}

it('replays the symbols of the bars into a whole record of its own, and says what came of it', async () => {
  const { lines, notes } = await replayed({});
  expect(notes.join('\n')).toMatch(/REPLAY of 2026-01-14.*one recorded series stands for all price sources/);
  expect(notes.join('\n')).toContain('BTC-USD, ETH-USD: coinbase 33 %, kraken 33 %, yahoo 33 % vote');
  expect(lines[0]).toBe('REPLAY of 2026-01-14 to 2026-01-14');
  expect(lines[1]).toMatch(/^300 cycles; decisions: /);
  expect(lines.join('\n')).toMatch(/signals: \d+ BUY, \d+ SELL/);
  const record = await openRecord(at('replay.db'));
  const [first] = await record.entriesAfter(0, 1);
  const verified = await verifyRecord(record, {});
  await record.close();
  expect(first?.type === 'config' && first.body.label.kind).toBe('REPLAY');
  expect(verified).toMatchObject({ fault: null });
});

it('comes to the same record again, whatever is there of the replay before', async () => {
  const head = async () => {
    await replayed({ from: START_MS + 3_600_000, to: START_MS + 7_200_000 });
    const record = await openRecord(at('replay.db'));
    const found = await record.head();
    await record.close();
    return found;
  };
  expect(await head()).toEqual(await head());
});

it('writes into no record of another kind', async () => {
  const path = at('live.db');
  const live = await openSqliteLedger({ path, mode: 'readWrite' });
  await live.appendConfig({ version: 'v', atMs: 1, label: { kind: 'LIVE' }, config: {} });
  await live.close();
  await expect(replayed({ ledger: path })).rejects.toThrow(/is a LIVE record.*name another with --ledger/);
});

it('says up front where no decision is possible, instead of abstaining all along', async () => {
  const config = configFile('models.yaml', MODELS);
  await expect(replayed({ config, ledger: at('models.db') })).rejects.toThrow(
    /coinbase 33 % vote; not recorded: xai 33 % .stance.*NO DECISION POSSIBLE: those who can vote have 33 % of the weight, and the quorum is 67 %/s,
  );
  expect(existsSync(at('models.db'))).toBe(false);
});

it('lets recorded opinions vote from when they were known', async () => {
  const config = configFile('xai.yaml', {
    ...THREE,
    xai: { analyst: 'model', keys: { apiKey: '${NO_SUCH_KEY}' } },
  });
  await replayed({ config, opinions: opinionFile('xai', ['BTC-USD']), ledger: at('xai.db') });
  const record = await openRecord(at('xai.db'));
  const [btc] = await record.decisions({ instrumentId: 'BTC-USD', limit: 1 });
  const [eth] = await record.decisions({ instrumentId: 'ETH-USD', limit: 1 });
  await record.close();
  expect(btc?.decision.certificate.voters.find(({ sourceId }) => sourceId === 'xai')?.ballot.state).not.toBe(
    'absent',
  );
  expect(eth?.decision.leftOut).toContainEqual(
    expect.objectContaining({ sourceId: 'xai', reason: 'notRecorded' }),
  );
});

it('has the lab make up what was not recorded, and says SIMULATED wherever it can be seen', async () => {
  const config = configFile('models.yaml', MODELS);
  const opinions = opinionFile('xai', ['BTC-USD', 'ETH-USD']);
  const told = async (seed: string) => {
    const path = at('emulated.db');
    const { lines: said, notes } = await replayed({ config, emulate: seed, opinions, ledger: path });
    const record = await openRecord(path);
    const [first] = await record.entriesAfter(0, 1);
    const decisions = (await record.decisions({ limit: 500 })).map(({ decision }) => decision);
    const head = await record.head();
    await record.close();
    return { said, notes, label: first?.type === 'config' ? first.body.label : null, decisions, head };
  };
  const { said, notes, label, decisions, head } = await told('one');
  expect(label).toMatchObject({ kind: 'SIMULATED', seed: 'one', bars: { fromMs: START_MS + 60_000 } });
  expect(said[0]).toBe('SIMULATED opinions (seed one) on bars of 2026-01-14 to 2026-01-14');
  expect(notes.join('\n')).toMatch(/coinbase 33 %, xai 33 %, perplexity 33 % \(SIMULATED\) vote/);
  const endpoints = (sourceId: string) =>
    new Set(
      decisions.flatMap(({ votes }) =>
        votes.filter((vote) => vote.sourceId === sourceId).map(({ provenance }) => provenance.endpoint),
      ),
    );
  expect(endpoints('perplexity')).toEqual(new Set(['SIMULATED stances']));
  expect(endpoints('xai')).toEqual(new Set(['stance']));
  expect((await told('one')).head).toEqual(head);
  expect((await told('two')).head).not.toEqual(head);
});

it('compares two configurations over the same bars', async () => {
  const { output, values } = heard();
  const before = process.cwd();
  process.chdir(folder);
  try {
    const wide = configFile('wide.yaml', THREE, { signals: { targetAtr: 6, stopAtr: 5 } });
    const compare = [configFile('three.yaml', THREE), wide];
    const options = { config: 'none.yaml', bars: [barFile('BTC-USD', 300)], compare, json: true };
    await replayCompare(options, output, never);
    await expect(replayCompare({ ...options, compare: [wide, wide] }, output, never)).rejects.toThrow(
      /mean the same/,
    );
  } finally {
    process.chdir(before);
  }
  expect(values).toMatchObject([
    { symbols: 1, differing: 0, decisions: 300, paired: { kind: 'notEnough', daysMin: 10 } },
  ]);
});

it('names what is wrong with the bars before anything is written', async () => {
  writeFileSync(at('BTC-USD.bad.csv'), 'ts,open,high,low,close,volume\nnow,1,1,1,1,1\n');
  const bars = [at('BTC-USD.bad.csv')];
  await expect(replayed({ bars, ledger: at('bad.db') })).rejects.toThrow(
    /BTC-USD\.bad\.csv:2: "now" is no time/,
  );
  await expect(replayed({ from: START_MS + 86_400_000, ledger: at('bad.db') })).rejects.toThrow(
    /no bar closes/,
  );
  expect(existsSync(at('bad.db'))).toBe(false);
});

it('names the record of a replay by configuration, time and symbols, so that none takes the place of another', () => {
  const btc = barFile('BTC-USD', 200);
  const base = { config: 'any.yaml', bars: [btc] };
  const hour = { from: START_MS + 3_600_000, to: START_MS + 7_200_000 };
  const paths = [
    ledgerPathFor(replayGround(base), 'a'),
    ledgerPathFor(replayGround(base), 'b'),
    ledgerPathFor(replayGround({ ...base, bars: [barFile('SOL-USD', 200)] }), 'a'),
    ledgerPathFor(replayGround({ ...base, ...hour }), 'a'),
  ];
  expect(new Set(paths).size).toBe(4);
  expect(ledgerPathFor(replayGround(base), 'a')).toBe(paths[0]);
});

it('says that a span ends before it begins', async () => {
  const span = { from: START_MS + 7_200_000, to: START_MS + 3_600_000 };
  await expect(replayed({ ...span, ledger: at('bad.db') })).rejects.toThrow('is not before --to');
});
