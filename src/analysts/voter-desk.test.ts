import { beforeEach, describe, expect, test } from 'vitest';
import type { AnalystSpec, BarAnalystSpec } from '../core/analyst.ts';
import type { Answer } from '../core/answer.ts';
import type { Bar } from '../core/bar.ts';
import { failure } from '../core/failure.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { View } from '../core/question.ts';
import { VoterDesk } from './voter-desk.ts';

const MINUTE_MS = 60_000;
const T0 = Date.parse('2026-01-14T15:00:00Z');
const BRIEF = {
  price: 1,
  currency: 'USD',
  change5mPct: null,
  change1hPct: null,
  change1dPct: null,
  atrPct: null,
};
const trusting = () => null;

/** Counts the bars it has seen since it was made: makes resets visible. */
const counting: BarAnalystSpec = {
  id: 'counting',
  needs: 'bars',
  warmupBars: 3,
  create() {
    const seen: Bar[] = [];
    return {
      absorb(view) {
        if (view.kind === 'bars') seen.push(...view.bars);
      },
      assess() {
        const last = seen.at(-1);
        if (last === undefined || seen.length < 3) return null;
        return { score: 0.5, because: `${seen.length} bars`, dataAtMs: last.openAtMs + MINUTE_MS };
      },
    };
  },
};

const model: AnalystSpec = {
  id: 'model',
  needs: 'stance',
  assess: (view) =>
    view.kind === 'stance'
      ? { score: view.confidence, because: view.rationale, dataAtMs: view.eventAtMs }
      : null,
};

function bar(minute: number, close = 100): Bar {
  return {
    openAtMs: T0 + minute * MINUTE_MS,
    intervalMs: MINUTE_MS,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
  };
}

function answer(view: View): Answer {
  const provenance = { sourceId: 's', endpoint: 'e', eventAtMs: null, receivedAtMs: T0, digest: 'd' };
  return { kind: 'fresh', view, provenance, latencyMs: 1 };
}

const bars = (...minutes: number[]): Answer =>
  answer({ kind: 'bars', bars: minutes.map((minute) => bar(minute)) });
const at = (minute: number): number => T0 + minute * MINUTE_MS;

function makeDesk(spec: AnalystSpec = counting, id = 'BTC-USD', untilNextBar = false): VoterDesk {
  return new VoterDesk({
    sourceId: 's',
    instrument: instrumentOf(id),
    reader: { analyst: spec, options: { ttlMs: 90_000, untilNextBar } },
    futureMsMax: 5_000,
  });
}

test.each([
  ['in the middle of a minute', 30_000, 62_000],
  ['just when a bar is out', 2_000, 62_000],
  ['before the bar that closed is out', 1_999, 2_000],
])('an opinion that counts until the next bar ends when that is out: told %s', (_case, toldMs, endsMs) => {
  const judge: AnalystSpec = {
    id: 'judge',
    needs: 'stance',
    assess: () => ({ score: 0.5, because: 'so', dataAtMs: T0 + toldMs }),
  };
  const stance = answer({
    kind: 'stance',
    stance: 'buy',
    confidence: 0.5,
    rationale: '',
    eventAtMs: T0 + toldMs,
  });
  const told = makeDesk(judge, 'BTC-USD', true);
  told.absorb(stance, T0 + toldMs, () => null);
  expect(told.expiresAtMs).toBe(T0 + endsMs);
  const kept = makeDesk(judge);
  kept.absorb(stance, T0 + toldMs, () => null);
  expect(kept.expiresAtMs).toBe(T0 + toldMs + 90_000);
});

describe('an answer that was kept', () => {
  const TTL_MS = 90_000;
  const stanceAt = (receivedAtMs: number, kind: 'fresh' | 'cached' | 'stale', confidence = 0.5): Answer => {
    const view: View = { kind: 'stance', stance: 'buy', confidence, rationale: '', eventAtMs: receivedAtMs };
    const provenance = { sourceId: 's', endpoint: 'e', eventAtMs: receivedAtMs, receivedAtMs, digest: 'd' };
    return kind === 'fresh'
      ? { kind, view, provenance, latencyMs: 1 }
      : { kind, view, provenance, ageMs: at(1) - receivedAtMs };
  };

  test.each(['cached', 'stale'] as const)(
    'ages from when it was received, not from when it was given: %s',
    (kind) => {
      const reader = makeDesk(model);
      reader.absorb(stanceAt(T0, kind), at(1), trusting);
      expect(reader.toldAtMs).toBe(T0);
      expect(reader.expiresAtMs).toBe(T0 + TTL_MS);
    },
  );

  test('does not replace what was told after it', () => {
    const reader = makeDesk(model);
    reader.absorb(stanceAt(at(1), 'fresh', 0.9), at(1), trusting);
    reader.absorb(stanceAt(T0, 'cached', 0.1), at(1) + 5_000, trusting);
    expect(reader.opinion?.score).toBe(0.9);
    expect(reader.expiresAtMs).toBe(at(1) + TTL_MS);
  });

  test('is of no use where it was heard already, or would make an opinion that has run out', () => {
    const reader = makeDesk(model);
    expect(reader.usefulSinceMs(at(10))).toBe(at(10) - TTL_MS + 1);
    reader.absorb(stanceAt(at(10), 'fresh'), at(10), trusting);
    expect(reader.usefulSinceMs(at(10) + 1_000)).toBe(at(10) + 1);
    expect(reader.usefulSinceMs(at(20))).toBe(at(20) - TTL_MS + 1);
    expect(makeDesk(model, 'BTC-USD', true).usefulSinceMs(at(10) + 30_000)).toBe(at(10) + 2_000);
  });

  test('of bars that could not be believed is not asked for a second time', () => {
    const reader = makeDesk();
    reader.absorb(bars(0, 1, 2), at(3), () => 'odd');
    expect(reader.usefulSinceMs(at(3) + 1_000)).toBe(at(3) + 1);
  });
});

let desk: VoterDesk;
beforeEach(() => {
  desk = makeDesk();
});

describe('what is asked', () => {
  test('first the warm-up, with half as much again to spare', () => {
    expect(desk.question(at(10) + 5_000, () => BRIEF, false)).toMatchObject({
      kind: 'bars',
      fromMs: at(5),
      toMs: at(10),
    });
  });

  test('then only what is new', () => {
    desk.absorb(bars(0, 1, 2), at(3), trusting);
    expect(desk.question(at(5) + 2_000, () => BRIEF, false)).toMatchObject({ fromMs: at(3), toMs: at(5) });
    expect(desk.question(at(4) + 1_999, () => BRIEF, false)).toBeNull();
  });

  test('a night has no bars to ask for: the first one closes a minute after the bell', () => {
    const stock = makeDesk(counting, 'AAPL');
    // 20:57 to 21:00, the last three minutes of that day's session.
    stock.absorb(bars(357, 358, 359), at(360), trusting);
    const bellMs = Date.parse('2026-01-15T14:30:00Z');
    expect(stock.question(bellMs + 50_000, () => BRIEF, false)).toBeNull();
    expect(stock.question(bellMs + 62_000, () => BRIEF, false)).toMatchObject({
      fromMs: bellMs,
      toMs: bellMs + MINUTE_MS,
    });
  });

  test('the newest bar once more, where everything is to be asked anew', () => {
    desk.absorb(bars(0, 1, 2), at(3), trusting);
    expect(desk.question(at(3) + 10_000, () => BRIEF, true)).toMatchObject({ fromMs: at(2), toMs: at(3) });
  });

  test('a model is given the brief', () => {
    expect(makeDesk(model).question(at(0), () => BRIEF, false)).toMatchObject({
      kind: 'stance',
      brief: BRIEF,
    });
  });
});

describe('what is made of answers', () => {
  test('nothing before the warm-up is over', () => {
    expect(desk.absorb(bars(0, 1), at(2), trusting)).toMatchObject({
      kind: 'none',
      failure: { kind: 'noData' },
    });
    expect(desk.opinion).toBeNull();
    expect(desk.toldAtMs).toBe(0);
  });

  test('an opinion with the source of its data', () => {
    desk.absorb(bars(0, 1, 2), at(3), trusting);
    expect(desk.opinion).toMatchObject({ score: 0.5, dataAtMs: at(3), provenance: { digest: 'd' } });
  });

  test('a failure is handed on and leaves the opinion alone', () => {
    desk.absorb(bars(0, 1, 2), at(3), trusting);
    const failed: Answer = { kind: 'failed', failure: failure('down', '503') };
    expect(desk.absorb(failed, at(4), trusting)).toMatchObject({ kind: 'none', failure: { kind: 'down' } });
    expect(desk.opinion?.dataAtMs).toBe(at(3));
  });

  test('a doubted bar is not used; as the newest one it makes the answer a mismatch', () => {
    const doubt = (doubted: Bar) => (doubted.openAtMs === at(2) ? 'unit?' : null);
    expect(desk.absorb(bars(0, 1, 2), at(3), doubt)).toMatchObject({
      failure: { kind: 'mismatch', detail: 'unit?' },
    });
    desk.absorb(bars(2, 3), at(4), doubt);
    expect(desk.opinion?.because).toBe('3 bars');
  });

  test('a market answer with its newest bar goes on where the track ends', () => {
    desk.absorb(bars(0, 1, 2), at(3), trusting);
    const quote = {
      instrumentId: 'BTC-USD',
      price: 100,
      currency: 'USD',
      bid: null,
      ask: null,
      eventAtMs: at(4),
      receivedAtMs: at(4),
    };
    desk.absorb(answer({ kind: 'market', quote, bars: [bar(3)] }), at(4), trusting);
    expect(desk.opinion?.because).toBe('4 bars');
    desk.absorb(answer({ kind: 'market', quote, bars: [bar(6)] }), at(7), trusting);
    expect(desk.opinion?.because).toBe('4 bars');
    expect(desk.question(at(7) + 5_000, () => BRIEF, false)).toMatchObject({ fromMs: at(4), toMs: at(7) });
  });

  test('a few missing minutes are lived with, a long hole starts the indicators anew', () => {
    desk.absorb(bars(0, 1, 2, 5), at(6), trusting);
    expect(desk.opinion?.because).toBe('4 bars');
    desk.absorb(bars(30, 31), at(32), trusting);
    expect(desk.opinion?.because).toBe('4 bars');
    desk.absorb(bars(32), at(33), trusting);
    expect(desk.opinion?.because).toBe('3 bars');
  });

  test('bars outside regular trading are not used for stocks', () => {
    const stock = makeDesk(counting, 'AAPL');
    const preMarket = [-40, -39, -38].map((minute) => bar(minute));
    expect(stock.absorb(answer({ kind: 'bars', bars: preMarket }), at(-30), trusting).kind).toBe('none');
    expect(stock.absorb(bars(0, 1, 2), at(3), trusting).kind).toBe('opinion');
  });

  test('data ahead of our clock are refused', () => {
    const stance = (eventAtMs: number): Answer =>
      answer({ kind: 'stance', stance: 'buy', confidence: 0.7, rationale: 'up', eventAtMs });
    const oracle = makeDesk(model);
    expect(oracle.absorb(stance(at(0) + 5_001), at(0), trusting)).toMatchObject({
      failure: { kind: 'badPayload' },
    });
    expect(oracle.absorb(stance(at(0) + 5_000), at(0), trusting).kind).toBe('opinion');
  });
});

describe('an analyst with a bug', () => {
  test.each([
    ['a score that is no number', { score: Number.NaN, dataAtMs: T0 }],
    ['a score beyond 1', { score: 1.5, dataAtMs: T0 }],
    ['data of no time', { score: 1, dataAtMs: Number.NaN }],
  ])('that gives %s has no opinion', (_what, finding) => {
    const buggy = makeDesk({ id: 'buggy', needs: 'stance', assess: () => ({ ...finding, because: '' }) });
    const stance = { kind: 'stance', stance: 'buy', confidence: 1, rationale: '', eventAtMs: T0 } as const;
    expect(buggy.absorb(answer(stance), T0, trusting)).toMatchObject({
      kind: 'none',
      failure: { kind: 'badPayload' },
    });
    expect(buggy.opinion).toBeNull();
  });

  test('that throws amid bars keeps its last opinion and warms up anew', () => {
    let throws = false;
    const moody: BarAnalystSpec = {
      ...counting,
      create() {
        const sound = counting.create();
        return {
          absorb(view) {
            if (throws) throw new TypeError('x is undefined');
            sound.absorb(view);
          },
          assess: () => sound.assess(),
        };
      },
    };
    const shaken = makeDesk(moody);
    shaken.absorb(bars(0, 1, 2), at(3), trusting);
    throws = true;
    expect(shaken.absorb(bars(3), at(4), trusting)).toMatchObject({
      failure: { detail: 'analyst counting failed: x is undefined' },
    });
    throws = false;
    expect(shaken.opinion?.dataAtMs).toBe(at(3));
    expect(shaken.question(at(10) + 5_000, () => BRIEF, false)).toMatchObject({
      fromMs: at(5),
      toMs: at(10),
    });
    shaken.absorb(bars(5, 6, 7), at(8), trusting);
    expect(shaken.opinion?.because).toBe('3 bars');
  });
});

describe('how long an opinion holds', () => {
  test('on bars: from the close of its newest bar; renewed when the next one may be there', () => {
    desk.absorb(bars(0, 1, 2), at(3) + 2_000, trusting);
    expect(desk.expiresAtMs).toBe(at(3) + 90_000);
    expect(desk.refreshAtMs).toBe(at(4) + 2_000);
  });

  test('on other answers: from their receipt', () => {
    const oracle = makeDesk(model);
    oracle.absorb(
      answer({ kind: 'stance', stance: 'buy', confidence: 1, rationale: '', eventAtMs: at(0) }),
      at(1),
      trusting,
    );
    expect(oracle.expiresAtMs).toBe(at(1) + 90_000);
    expect(oracle.refreshAtMs).toBe(oracle.expiresAtMs);
  });

  test('where its source says when it was true: from then on, however late it is told', () => {
    const dated: AnalystSpec = {
      id: 'dated',
      needs: 'gauge',
      assess: ({ eventAtMs }) => ({ score: 1, because: '', dataAtMs: eventAtMs, agesFromData: true }),
    };
    const oracle = makeDesk(dated);
    const told = { kind: 'gauge', gauge: 'score', value: 1, min: -1, max: 1, eventAtMs: at(0) } as const;
    oracle.absorb(answer(told), at(20), trusting);
    expect(oracle.expiresAtMs).toBe(at(0) + 90_000);
  });

  test('without an opinion it has expired', () => {
    expect(desk.expiresAtMs).toBe(0);
    expect(desk.refreshAtMs).toBe(0);
  });

  test('a repetition does not make old data young', () => {
    desk.absorb(bars(0, 1, 2), at(3), trusting);
    desk.absorb(bars(0, 1, 2), at(20), trusting);
    expect(desk.expiresAtMs).toBe(at(3) + 90_000);
    expect(desk.toldAtMs).toBe(at(20));
  });
});

test('a voter that judges bars keeps the newest one, another keeps none', () => {
  const desk = makeDesk();
  const { bytes } = desk.kept;
  expect(bytes).toBe(48);
  desk.absorb(bars(1, 2, 3), at(4), trusting);
  expect(desk.kept).toEqual({ bars: 1, bytes });
  expect(makeDesk(model).kept).toEqual({ bars: 0, bytes: 0 });
});
