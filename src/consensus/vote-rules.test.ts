import { expect, test } from 'vitest';
import { CONSENSUS_DEFAULTS } from '../core/options.ts';
import { voteRules } from './vote-rules.ts';

test('rules are the options as integers', () => {
  expect(voteRules(CONSENSUS_DEFAULTS, 0.35)).toEqual({
    thetaMicro: 350_000,
    quorumPpb: 666_666_667,
    operatorsMin: 2,
    agreeMinMicro: 100_000,
  });
});

test('a share too small for the resolution is its smallest step, not 0', () => {
  const tiny = { ...CONSENSUS_DEFAULTS, quorum: 1e-12, agreeMin: 1e-12 };
  expect(voteRules(tiny, 1e-12)).toMatchObject({ thetaMicro: 1, quorumPpb: 1, agreeMinMicro: 1 });
});

test('trimmed scores are named, the mean is not: records from before the choice read the same', () => {
  expect(voteRules({ ...CONSENSUS_DEFAULTS, scores: 'trimmed' }, 0.35)).toMatchObject({ scores: 'trimmed' });
  expect(voteRules(CONSENSUS_DEFAULTS, 0.35)).not.toHaveProperty('scores');
});
