import { expect, test } from 'vitest';
import type { Decision } from '../../src/index.ts';
import { causeOf, Differences } from './differences.ts';

function decision(changes: Record<string, unknown> = {}): Decision {
  return {
    kind: 'HOLD',
    reason: null,
    regime: 'range',
    certificate: {
      voters: [
        { sourceId: 'a', weightPpb: 300, ballot: { state: 'answered' } },
        { sourceId: 'b', weightPpb: 700, ballot: { state: 'answered' } },
      ],
    },
    votes: [vote('a', 0.1, 5), vote('b', 0.2, 5)],
    ...changes,
  } as unknown as Decision;
}

function vote(sourceId: string, score: number, dataAtMs: number) {
  return { sourceId, score, dataAtMs };
}

const FRESH = decision({ kind: 'BUY' });

test.each([
  ['an abstention of ours', { kind: 'ABSTAIN', reason: 'noQuorum' }, 'abstained: noQuorum'],
  ['another regime', { regime: 'trend' }, 'regime of an earlier minute'],
  ['the older opinion', { votes: [vote('a', 0.3, 4), vote('b', 0.2, 5)] }, 'older data kept (a)'],
  ['the one that pulls harder', { votes: [vote('a', 0.4, 4), vote('b', 0, 4)] }, 'older data kept (b)'],
  ['another answer of the same age', { votes: [vote('a', 0.4, 5)] }, 'other answer (a)'],
])('names %s', (_, changes, cause) => {
  expect(causeOf(decision(changes), FRESH)).toBe(cause);
});

test('counts by cause, most frequent first, and leaves equal decisions out', () => {
  const differences = new Differences();
  differences.see(decision(), decision());
  differences.see(decision({ regime: 'trend' }), FRESH);
  for (let time = 0; time < 3; time += 1) differences.see(decision({ votes: [vote('a', 0.3, 4)] }), FRESH);
  expect(differences.top()).toEqual([
    { cause: 'older data kept (a)', count: 3, share: 0.75 },
    { cause: 'regime of an earlier minute', count: 1, share: 0.25 },
  ]);
});
