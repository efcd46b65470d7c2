import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataFault } from '../core/answer.ts';
import { type FailureKind, failure } from '../core/failure.ts';
import { type BreakerOptions, GATEWAY_DEFAULTS } from '../core/gateway-options.ts';
import {
  type BreakerOutcome,
  type BreakerState,
  breakerOutcome,
  breakerStep,
  CLOSED,
  isSlow,
  judgedStep,
} from './breaker.ts';
import type { Fate } from './job.ts';

const OPTIONS = GATEWAY_DEFAULTS.breaker as BreakerOptions;

function stateAfter(
  outcomes: readonly BreakerOutcome[],
  from: BreakerState = CLOSED,
  nowMs = 0,
): BreakerState {
  return outcomes.reduce((state, outcome) => breakerStep(state, outcome, 'down', nowMs, OPTIONS), from);
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('the breaker', () => {
  test.each<{ title: string; outcomes: BreakerOutcome[]; kind: BreakerState['kind'] }>([
    { title: 'stays closed over a few failures', outcomes: times(4, 'bad'), kind: 'closed' },
    { title: 'opens after five in a row', outcomes: times(5, 'bad'), kind: 'open' },
    {
      title: 'counts a row only without a success in between',
      outcomes: [...times(4, 'bad' as const), 'good', 'bad'],
      kind: 'closed',
    },
    {
      title: 'opens when half of the last twenty failed',
      outcomes: times(10, ['bad', 'good'] as const).flat(),
      kind: 'open',
    },
    {
      title: 'bears every third one failing',
      outcomes: times(20, ['good', 'good', 'bad'] as const).flat(),
      kind: 'closed',
    },
    { title: 'ignores what says nothing of the provider', outcomes: times(100, 'neutral'), kind: 'closed' },
    {
      title: 'bears half of the calls being slow',
      outcomes: times(20, ['good', 'slow'] as const).flat(),
      kind: 'closed',
    },
    {
      title: 'opens when four fifths of the last twenty were slow',
      outcomes: [...times(4, 'good' as const), ...times(16, 'slow' as const)],
      kind: 'open',
    },
    { title: 'opens at once for a refused key', outcomes: ['good', 'locked'], kind: 'open' },
  ])('$title', ({ outcomes, kind }) => {
    expect(stateAfter(outcomes).kind).toBe(kind);
  });

  test.each<{ outcome: BreakerOutcome; expected: BreakerState }>([
    { outcome: 'good', expected: CLOSED },
    { outcome: 'bad', expected: { kind: 'open', untilMs: 10_000 + OPTIONS.openMs, because: 'down' } },
    { outcome: 'locked', expected: { kind: 'open', untilMs: 10_000 + OPTIONS.lockedMs, because: 'down' } },
    { outcome: 'slow', expected: { kind: 'open', untilMs: 10_000 + OPTIONS.openMs, because: 'down' } },
    { outcome: 'neutral', expected: { kind: 'open', untilMs: 10_000, because: 'down' } },
  ])('a probe that ends $outcome leaves it $expected.kind', ({ outcome, expected }) => {
    const probing = { kind: 'probing', sinceMs: 10_000, because: 'x' } as const;
    expect(breakerStep(probing, outcome, 'down', 10_000, OPTIONS)).toEqual(expected);
  });

  test.each([
    { tookMs: 500, untilMs: 10_000 + OPTIONS.openMs },
    { tookMs: OPTIONS.openMs + 1_000, untilMs: 10_000 + OPTIONS.openMs + 1_000 },
  ])(
    'the next probe may leave that long after the last one left: it took $tookMs ms',
    ({ tookMs, untilMs }) => {
      const probing = { kind: 'probing', sinceMs: 10_000, because: 'x' } as const;
      expect(breakerStep(probing, 'bad', 'timeout', 10_000 + tookMs, OPTIONS)).toMatchObject({ untilMs });
    },
  );

  test('late answers of requests that left before do not close it', () => {
    const open = stateAfter(times(5, 'bad'));
    expect(stateAfter(['good', 'bad', 'good'], open)).toEqual(open);
  });

  test('never opens without a failure of the provider', () => {
    const harmless = fc.array(fc.constantFrom<BreakerOutcome>('good', 'neutral'), { maxLength: 200 });
    fc.assert(fc.property(harmless, (outcomes) => stateAfter(outcomes).kind === 'closed'));
  });
});

describe('bad data', () => {
  const judgedAfter = (faults: readonly (DataFault | null)[], from: BreakerState = CLOSED) =>
    faults.reduce<ReturnType<typeof judgedStep>>(
      ({ state, judged }, fault) => judgedStep(state, judged, fault, 5_000, OPTIONS),
      { state: from, judged: [] },
    );

  test.each<{ title: string; faults: (DataFault | null)[]; kind: BreakerState['kind'] }>([
    {
      title: 'of a few symbols are borne',
      faults: times(10, [null, 'stale'] as const).flat(),
      kind: 'closed',
    },
    { title: 'are borne until twenty were judged', faults: times(19, 'outlier'), kind: 'closed' },
    { title: 'open it when frozen', faults: times(20, 'frozen'), kind: 'open' },
    {
      title: 'open it when nearly all are in a wrong unit',
      faults: [null, null, ...times(18, 'outlier' as const)],
      kind: 'open',
    },
  ])('$title', ({ faults, kind }) => {
    expect(judgedAfter(faults).state.kind).toBe(kind);
  });

  test('of a probe open it again at once; good ones wear off what was', () => {
    const { judged } = judgedAfter(times(20, 'stale'));
    expect(judgedStep(CLOSED, judged, 'stale', 9_000, OPTIONS).state).toMatchObject({
      kind: 'open',
      untilMs: 9_000 + OPTIONS.openMs,
    });
    const worn = times(3, null).reduce(
      ({ state, judged: kept }, fault) => judgedStep(state, kept, fault, 9_000, OPTIONS),
      { state: CLOSED, judged },
    );
    expect(judgedStep(CLOSED, worn.judged, 'stale', 9_000, OPTIONS).state).toBe(CLOSED);
  });
});

test.each([
  { latencyMs: 900, normMs: 100, slow: false },
  { latencyMs: 1_100, normMs: 100, slow: true },
  { latencyMs: 1_900, normMs: 700, slow: false },
  { latencyMs: 1_900, normMs: null, slow: false },
])('$latencyMs ms of 2,000, where $normMs ms are usual, is slow: $slow', ({ latencyMs, normMs, slow }) => {
  expect(isSlow(latencyMs, 2_000, normMs)).toBe(slow);
});

describe('what counts against a provider', () => {
  const outcome = (
    kind: FailureKind | null,
    {
      fate = 'answered',
      latencyMs = 2_000,
      ownMs = 0,
    }: { readonly fate?: Fate; readonly latencyMs?: number; readonly ownMs?: number } = {},
  ): BreakerOutcome =>
    breakerOutcome({ failure: kind === null ? null : failure(kind, ''), fate, latencyMs, ownMs }, 2_000, 40);

  test.each<{ kinds: (FailureKind | null)[]; expected: BreakerOutcome }>([
    { kinds: [null, 'noData', 'unknownSymbol', 'badRequest', 'plan'], expected: 'good' },
    {
      kinds: ['down', 'timeout', 'connection', 'tooLarge', 'redirect', 'badPayload', 'mismatch'],
      expected: 'bad',
    },
    { kinds: ['auth', 'blocked'], expected: 'locked' },
    { kinds: ['limit', 'quota'], expected: 'neutral' },
  ])('$kinds: $expected', ({ kinds, expected }) => {
    for (const kind of kinds) expect(outcome(kind, { latencyMs: 1_000 })).toBe(expected);
  });

  test('nothing that was held back does', () => {
    for (const kind of ['deadline', 'rateLimited', 'down'] as const)
      expect(outcome(kind, { fate: 'heldBack' })).toBe('neutral');
  });

  test('a timeout that the asker cut short does not', () => {
    expect(outcome('timeout', { fate: 'lost', latencyMs: 300 })).toBe('neutral');
    const hung = { failure: failure('timeout', ''), fate: 'lost', latencyMs: 300, ownMs: 0 } as const;
    expect(breakerOutcome(hung, 300, null)).toBe('bad');
  });

  test('what was late because this process was busy does not', () => {
    expect(outcome(null, { latencyMs: 1_900 })).toBe('slow');
    expect(outcome(null, { latencyMs: 1_900, ownMs: 1_500 })).toBe('good');
    expect(outcome('timeout', { fate: 'lost', latencyMs: 2_000 })).toBe('bad');
    expect(outcome('timeout', { fate: 'lost', latencyMs: 2_000, ownMs: 1_500 })).toBe('neutral');
  });
});
