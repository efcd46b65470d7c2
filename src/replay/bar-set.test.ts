import { describe, expect, it } from 'vitest';
import { readBarSet } from './bar-set.ts';

const OPEN_MS = Date.parse('2026-01-14T15:00:00Z');
const HEADER = 'time,open,high,low,close,volume';
const line = (minute: number, close = 101, time: string | number = OPEN_MS + minute * 60_000) =>
  `${time},100,102,99,${close},7`;
const file = (name: string, ...lines: string[]) => ({ name, text: [HEADER, ...lines, ''].join('\n') });

function barsOf(...files: readonly { name: string; text: string }[]) {
  const read = readBarSet(files);
  if (read.kind === 'invalid') throw new Error(read.details.join('\n'));
  return read.bars;
}

function faultsOf(...files: readonly { name: string; text: string }[]): readonly string[] {
  const read = readBarSet(files);
  return read.kind === 'invalid' ? read.details : [];
}

describe('files of bars', () => {
  it('takes the symbol from the name up to its first dot, the length from the smallest distance', () => {
    const { series, intervalMs, fromMs, toMs } = barsOf(
      file('folder/AAPL.us.csv.gz', line(0), line(5), line(15)),
    );
    expect(series.map(({ instrumentId, length }) => [instrumentId, length])).toEqual([['AAPL', 3]]);
    expect([intervalMs, fromMs, toMs]).toEqual([300_000, OPEN_MS, OPEN_MS + 20 * 60_000]);
    expect(series[0]?.bar(1)).toEqual({
      openAtMs: OPEN_MS + 300_000,
      intervalMs: 300_000,
      open: 100,
      high: 102,
      low: 99,
      close: 101,
      volume: 7,
    });
  });

  it.each([
    ['Unix ms', (minute: number) => OPEN_MS + minute * 60_000],
    ['Unix seconds', (minute: number) => OPEN_MS / 1_000 + minute * 60],
    ['ISO 8601', (minute: number) => new Date(OPEN_MS + minute * 60_000).toISOString()],
    ['ISO 8601 with an offset', (minute: number) => `2026-01-14 10:0${minute}:00-05:00`],
  ])('reads times as %s', (_, time) => {
    expect(barsOf(file('AAPL.csv', line(0, 101, time(0)), line(1, 101, time(1)))).fromMs).toBe(OPEN_MS);
  });

  it('takes columns in any order, passes over others, and finds the symbol in one', () => {
    const text = `symbol,vwap,close,open,low,high,volume,timestamp\nBTC-USD,9,101,100,99,102,7,${OPEN_MS}\nETH-USD,9,101,100,99,102,7,${OPEN_MS}\nBTC-USD,9,101,100,99,102,7,${OPEN_MS + 60_000}\nETH-USD,9,101,100,99,102,7,${OPEN_MS + 60_000}\n`;
    const { series } = barsOf({ name: 'all.csv', text });
    expect(series.map(({ instrumentId }) => instrumentId)).toEqual(['BTC-USD', 'ETH-USD']);
    expect(series[1]?.bar(0)).toMatchObject({ open: 100, high: 102, low: 99, close: 101 });
  });

  it('joins files about one symbol; what both say to the figure is counted once', () => {
    const { series, repeated } = barsOf(
      file('AAPL.b.csv', line(2), line(3), line(4)),
      file('AAPL.a.csv', line(0), line(1), line(1), line(2)),
    );
    expect(series[0]?.length).toBe(5);
    expect(repeated).toBe(2);
  });

  it.each([
    [
      'a header without prices',
      { name: 'A.csv', text: 'time,price\n1,2\n' },
      /A\.csv:1: .*without open, high, low, close, volume/,
    ],
    ['an empty file', { name: 'A.csv', text: '' }, /A\.csv:1: /],
    ['a header alone', { name: 'A.csv', text: `${HEADER}\n` }, /A\.csv:1: no bar/],
    [
      'a number that is none',
      file('A.csv', line(0), '1768402860000,100,102,99,x,7'),
      /A\.csv:3: close is "x"/,
    ],
    ['a price of nothing', file('A.csv', line(0), '1768402860000,0,102,0,101,7'), /A\.csv:3: open is 0/],
    ['a close outside', file('A.csv', line(0), line(1, 500)), /A\.csv:3: close 500 lies outside 99\.\.102/],
    [
      'a time without a zone',
      file('A.csv', line(0, 101, '2026-01-14T15:00:00')),
      /A\.csv:2: .*with its zone/,
    ],
    ['a line cut short', file('A.csv', line(0), '1768402860000,100'), /A\.csv:3: high is ""/],
    ['an empty line in between', file('A.csv', line(0), '', line(1)), /A\.csv:3: /],
    ['lines out of order', file('A.csv', line(1), line(0)), /A\.csv:3: .* comes after .*: sort/],
    ['two of a time that differ', file('A.csv', line(0), line(0, 100)), /A\.csv:3: .* is there twice/],
    ['a name that is no symbol', file('prices.csv', line(0)), /prices\.csv:2: .*begin the file’s name/],
    ['a bar alone', file('A.csv', line(0)), /^A: one bar alone/],
    ['bars of a day', file('A.csv', line(0), line(1_440)), /^A: its bars are 86400 s long/],
    [
      'bars off their own grid',
      file('A.csv', line(0), line(5), line(12)),
      /^A: 2026-01-14T15:12:00.000Z is no multiple/,
    ],
  ])('names %s', (_, given, message) => {
    expect(faultsOf(given)[0]).toMatch(message);
  });

  it('names two files that contradict each other, and bars of two lengths', () => {
    const twice = [file('A.1.csv', line(0), line(1)), file('A.2.csv', line(1, 100), line(2))] as const;
    expect(faultsOf(...twice)).toEqual([
      expect.stringMatching(/^A: two files say different things of .*15:01/),
    ]);
    const lengths = [file('A.csv', line(0), line(1)), file('B.csv', line(0), line(5))] as const;
    expect(faultsOf(...lengths)).toEqual([expect.stringContaining('A 60 s, B 300 s')]);
  });

  it('counts what it does not name', () => {
    const bad = Array.from({ length: 9 }, () => 'x');
    expect(faultsOf(file('A.csv', ...bad))).toHaveLength(6);
    expect(faultsOf(file('A.csv', ...bad)).at(-1)).toBe('A.csv: 4 more lines cannot be used');
  });
});

it('knows how many bars are closed at a moment', () => {
  const [series] = barsOf(file('A.csv', line(0), line(1), line(3))).series;
  const closed = [0, 59_999, 60_000, 120_000, 239_999, 240_000].map((ms) => series?.closedAt(OPEN_MS + ms));
  expect(closed).toEqual([0, 0, 1, 2, 2, 3]);
});
