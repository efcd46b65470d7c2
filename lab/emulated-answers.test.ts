import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Answer,
  createSeededRandom,
  instrumentOf,
  loadConfigText,
  type Question,
} from '../src/index.ts';
import { opinionSources } from '../src/main.ts';
import { spanOf } from '../src/replay/bar-set.ts';
import { drawnSeries, otherFuture } from '../test/look-ahead.ts';
import { canEmulate, emulatedAnswers } from './emulated-answers.ts';

const START_MS = Date.UTC(2026, 0, 14);
const MINUTE_MS = 60_000;
const BARS = 400;
const BTC = instrumentOf('BTC-USD');
const AAPL = instrumentOf('AAPL');
const BRIEF = {
  price: 1,
  currency: 'USD',
  change5mPct: null,
  change1hPct: null,
  change1dPct: null,
  atrPct: null,
};

const loaded = loadConfigText(
  JSON.stringify({
    symbols: ['BTC-USD', 'AAPL'],
    sources: {
      coinbase: { analyst: 'trend' },
      xai: { analyst: 'model', keys: { apiKey: '${KEY}' } },
      perplexity: { analyst: 'model', keys: { apiKey: '${KEY}' } },
      finnhub: { analyst: 'ratings', keys: { apiKey: '${KEY}' } },
      'alpha-vantage': { analyst: 'gauge', keys: { apiKey: '${KEY}' } },
      'fear-and-greed': { analyst: 'gauge' },
    },
  }),
  { KEY: 'key' },
);
if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
const sources = opinionSources(loaded.config).map(({ options, source }) => ({
  id: options.id,
  kind: options.kind,
  source,
  settings: options,
}));

const seriesOf = () => ['BTC-USD', 'AAPL'].map((id) => drawnSeries(id, START_MS, BARS, 'emulated'));

function answersOf(series = seriesOf(), seed = 'seed') {
  return emulatedAnswers({ ...spanOf(series), series, repeated: 0 }, seed, sources);
}

const QUESTIONS: readonly (readonly [sourceId: string, question: Question])[] = [
  ['xai', { kind: 'stance', instrument: BTC, brief: BRIEF }],
  ['perplexity', { kind: 'stance', instrument: AAPL, brief: BRIEF }],
  ['finnhub', { kind: 'rating', instrument: AAPL }],
  ['alpha-vantage', { kind: 'gauge', instrument: AAPL }],
  ['fear-and-greed', { kind: 'gauge', instrument: BTC }],
];

function asked(answers: ReturnType<typeof answersOf>, nowMs: number): (Answer | null)[] {
  return QUESTIONS.map(([sourceId, question]) =>
    answers({ sourceId, question, deadlineAtMs: nowMs + 1_000 }, nowMs),
  );
}

describe('emulated opinions over recorded bars', () => {
  test('come of every kind of source, at once, and each says that it is SIMULATED', () => {
    const nowMs = START_MS + 200 * MINUTE_MS + 2_000;
    const answers = asked(answersOf(), nowMs);
    expect(answers.map((answer) => answer?.kind)).toEqual(QUESTIONS.map(() => 'fresh'));
    for (const answer of answers) {
      if (answer?.kind !== 'fresh') continue;
      expect(answer.provenance.endpoint).toMatch(/^SIMULATED /);
      expect(answer.provenance.eventAtMs).toBeLessThanOrEqual(nowMs);
    }
  });

  test('are the same for one seed, in whatever order they are asked for, and others for another', () => {
    const moments = Array.from(
      { length: 30 },
      (_, index) => START_MS + (100 + 5 * index) * MINUTE_MS + 2_000,
    );
    const forwards = answersOf();
    const backwards = answersOf();
    const found = moments.map((nowMs) => asked(forwards, nowMs));
    expect(
      moments
        .toReversed()
        .map((nowMs) => asked(backwards, nowMs))
        .toReversed(),
    ).toEqual(found);
    const other = answersOf(seriesOf(), 'another');
    expect(moments.map((nowMs) => asked(other, nowMs))).not.toEqual(found);
  });

  test('know nothing of a bar that is not closed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: BARS - 2 }),
        fc.nat(59_999),
        fc.string(),
        (bar, intoMs, seed) => {
          const cutMs = START_MS + bar * MINUTE_MS;
          const random = createSeededRandom(seed);
          const recorded = seriesOf();
          const altered = recorded.map((series) => otherFuture(series, cutMs, random));
          expect(asked(answersOf(altered), cutMs + intoMs)).toEqual(
            asked(answersOf(recorded), cutMs + intoMs),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test('are of none but the sources that were named', () => {
    const question = { kind: 'gauge', instrument: BTC } as const;
    expect(answersOf()({ sourceId: 'coinbase', question, deadlineAtMs: START_MS }, START_MS)).toBeNull();
    expect(canEmulate('http-json')).toBe(false);
  });
});
