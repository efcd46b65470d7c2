import { expect, it } from 'vitest';
import { instrumentOf } from '../core/instrument.ts';
import type { Question } from '../core/question.ts';
import { BarColumn, BarSeries } from './bar-series.ts';
import { readOpinions } from './opinions.ts';
import { ReplayGateway } from './replay-gateway.ts';

const OPEN_MS = Date.parse('2026-01-14T15:00:00Z');
const AAPL = instrumentOf('AAPL');

function aapl(): BarSeries {
  const column = new BarColumn();
  for (const [minute, close] of [101, 102, 103].entries())
    column.add({ openAtMs: OPEN_MS + minute * 60_000, open: 100, high: 110, low: 90, close, volume: 5 });
  return new BarSeries('AAPL', 60_000, column);
}

async function answer(question: Question, nowMs: number, opinions = '') {
  const read = readOpinions('opinions.ndjson', opinions);
  if (read.kind === 'invalid') throw new Error(read.details.join('\n'));
  const clock = {
    nowMs: () => nowMs,
    elapsedMs: () => 0,
    at: () => () => {},
    sleepUntil: () => Promise.resolve(),
  };
  const gateway = new ReplayGateway([aapl()], clock, read.opinions.answers);
  const [asked] = await gateway.ask([{ sourceId: 'x', question, deadlineAtMs: nowMs + 1_000 }]);
  return asked;
}

const market: Question = { kind: 'market', instrument: AAPL };
const bars: Question = {
  kind: 'bars',
  instrument: AAPL,
  intervalMs: 60_000,
  fromMs: OPEN_MS,
  toMs: OPEN_MS + 3_600_000,
};
const brief = {
  price: 1,
  currency: 'USD',
  change5mPct: null,
  change1hPct: null,
  change1dPct: null,
  atrPct: null,
};
const stance: Question = { kind: 'stance', instrument: AAPL, brief };

it('quotes the close of the newest closed bar, at its close', async () => {
  expect(await answer(market, OPEN_MS + 119_999)).toMatchObject({
    kind: 'fresh',
    view: {
      quote: { price: 101, currency: 'USD', eventAtMs: OPEN_MS + 60_000, receivedAtMs: OPEN_MS + 119_999 },
    },
    provenance: { sourceId: 'x', endpoint: 'market', digest: expect.stringMatching(/^[0-9a-f]{16}$/) },
  });
  expect(await answer(market, OPEN_MS + 120_000)).toMatchObject({ view: { quote: { price: 102 } } });
});

it('gives bars that are closed, however long a time is asked for', async () => {
  const asked = await answer(bars, OPEN_MS + 179_999);
  expect(asked).toMatchObject({ view: { bars: [{ close: 101 }, { close: 102 }] } });
  const window = { ...bars, fromMs: OPEN_MS + 60_000, toMs: OPEN_MS + 120_000 };
  expect(await answer(window, OPEN_MS + 600_000)).toMatchObject({ view: { bars: [{ close: 102 }] } });
});

it.each([
  ['before the first close', market, OPEN_MS + 59_999, 'noData'],
  ['of another instrument', { ...market, instrument: instrumentOf('MSFT') }, OPEN_MS + 90_000, 'noData'],
  ['of a window without bars', { ...bars, fromMs: OPEN_MS + 180_000 }, OPEN_MS + 600_000, 'noData'],
  ['that no bars can tell', stance, OPEN_MS + 90_000, 'notRecorded'],
])('has no answer %s', async (_, question, nowMs, kind) => {
  expect(await answer(question, nowMs)).toMatchObject({ kind: 'failed', failure: { kind } });
});

it('gives the newest recorded opinion that was known, as old as it is', async () => {
  const opinions = [
    { sourceId: 'x', instrumentId: 'AAPL', atMs: OPEN_MS + 50_000, score: -0.5 },
    { sourceId: 'x', instrumentId: 'AAPL', atMs: OPEN_MS + 10_000, score: 0.25 },
    { sourceId: 'y', instrumentId: 'AAPL', atMs: OPEN_MS + 40_000, score: 1 },
  ];
  const text = opinions.map((opinion) => JSON.stringify(opinion)).join('\n');
  expect(await answer(stance, OPEN_MS + 9_999, text)).toMatchObject({ failure: { kind: 'notRecorded' } });
  expect(await answer(stance, OPEN_MS + 49_999, text)).toMatchObject({
    kind: 'cached',
    ageMs: 39_999,
    view: { stance: 'buy', confidence: 0.25 },
    provenance: { receivedAtMs: OPEN_MS + 10_000 },
  });
  expect(await answer(stance, OPEN_MS + 50_000, text)).toMatchObject({
    view: { stance: 'sell', confidence: 0.5 },
  });
  expect(await answer({ kind: 'gauge', instrument: AAPL }, OPEN_MS + 50_000, text)).toMatchObject({
    view: { gauge: 'score', value: -0.5, min: -1, max: 1 },
  });
  expect(await answer({ kind: 'rating', instrument: AAPL }, OPEN_MS + 50_000, text)).toMatchObject({
    failure: { kind: 'notRecorded' },
  });
});

it.each([
  ['{', /:1: "\{" is no JSON/],
  ['{"sourceId":"x","instrumentId":"AAPL","atMs":1,"score":2}', /:1: it is no opinion/],
  ['{"sourceId":"x","instrumentId":"AAPL","atMs":1,"view":{"kind":"market"}}', /:1: it is no opinion/],
])('names an opinion that cannot be used: %s', (text, message) => {
  const read = readOpinions('opinions.ndjson', text);
  expect(read.kind === 'invalid' && read.details[0]).toMatch(message);
});
