import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ballot, SCORE_MICRO, type VoteRules, type Voter } from '../core/vote.ts';
import { decideVote } from './decide.ts';
import { meanScore, type ScoredVoter, tallyOf } from './tally.ts';
import { liarsMax, trimmedTally } from './trimmed.ts';
import { shareOut } from './weights.ts';

const RULES: VoteRules = {
  thetaMicro: 250_000,
  quorumPpb: 666_666_667,
  operatorsMin: 3,
  agreeMinMicro: 100_000,
  scores: 'trimmed',
};

/** `a1` is a source of operator `a`; equal weights. */
const scored = (scores: Readonly<Record<string, number>>): ScoredVoter[] =>
  Object.entries(scores).map(([id, score]) => ({
    operator: id.slice(0, 1),
    weightPpb: 100_000_000,
    scoreMicro: Math.round(score * SCORE_MICRO),
  }));

describe('the trimmed score', () => {
  test.each([
    {
      name: 'leaves out the two highest before it leans up',
      scores: { a1: 0.9, b1: 0.5, c1: 0.4, d1: 0.3, e1: 0.2, f1: 1 },
      gives: 0.35,
    },
    {
      name: 'leaves out the two lowest before it leans down',
      scores: { a1: -0.9, b1: -0.5, c1: -0.4, d1: -0.3, e1: -0.2, f1: -1 },
      gives: -0.35,
    },
    {
      name: 'is 0 where two make the difference between up and down',
      scores: { a1: 1, b1: 1, c1: -0.1, d1: 0, e1: 0, f1: 0 },
      gives: 0,
    },
    {
      name: 'leaves out an operator with all its mirrors',
      scores: { a1: 1, a2: 1, b1: 0.6, c1: 0.4, d1: 0.4, e1: 0.4 },
      gives: 0.4,
    },
  ])('$name', ({ scores, gives }) => {
    expect(meanScore(trimmedTally(scored(scores), 2))).toBeCloseTo(gives, 9);
  });

  test('is the mean where nobody may lie', () => {
    const answers = scored({ a1: 1, b1: -0.4 });
    expect(trimmedTally(answers, 0)).toEqual(tallyOf(answers));
  });

  test('weighs: who lowers the mean most is left out, not who says most', () => {
    const [light, heavy, rest] = scored({ a1: 1, b1: 0.9, c1: 0.1 }) as [
      ScoredVoter,
      ScoredVoter,
      ScoredVoter,
    ];
    const answers = [{ ...light, weightPpb: 1_000 }, heavy, rest];
    expect(meanScore(trimmedTally(answers, 1))).toBeCloseTo(0.1, 3);
  });
});

const voters = (ballots: readonly Ballot[], weights = ballots.map(() => 1)): Voter[] => {
  const shares = shareOut(weights.map((weight, index) => ({ sourceId: `s${index}`, weight })));
  return ballots.map((ballot, index) => ({
    sourceId: `s${index}`,
    operator: `o${index}`,
    weightPpb: shares.get(`s${index}`) ?? 0,
    ballot,
  }));
};
const said = (scoreMicro: number): Ballot => ({ state: 'answered', scoreMicro });
const gone: Ballot = { state: 'absent', reason: 'timeout' };

test('a third of the operators may lie, rounded down', () => {
  const counts = [1, 2, 3, 5, 6, 8, 9];
  expect(counts.map((count) => liarsMax(voters(Array.from({ length: count }, () => gone))))).toEqual([
    0, 0, 1, 1, 2, 2, 3,
  ]);
});

test('answers of no more operators than may lie are no quorum, whatever their weight', () => {
  const heavy = voters([said(900_000), said(900_000), gone, gone, gone, gone], [9, 9, 1, 1, 1, 1]);
  expect(decideVote({ ...RULES, quorumPpb: 600_000_000 }, heavy)).toMatchObject({
    verdict: { kind: 'ABSTAIN', reason: 'noQuorum' },
  });
});

describe('two of six that say whatever they like', () => {
  const anyScore = fc.oneof(
    fc.integer({ min: -SCORE_MICRO, max: SCORE_MICRO }),
    fc.constantFrom(-SCORE_MICRO, SCORE_MICRO),
  );
  const anyTruth = fc.oneof({ weight: 5, arbitrary: anyScore }, { weight: 1, arbitrary: fc.constant(null) });
  const ballotOf = (score: number | null): Ballot => (score === null ? gone : said(score));

  test('make no direction that the honest alone would not have', () => {
    let directions = 0;
    const property = fc.property(
      fc.array(anyTruth, { minLength: 4, maxLength: 4 }),
      fc.constantFrom(-1, 1),
      fc.array(anyScore, { minLength: 2, maxLength: 2 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 6, maxLength: 6 }),
      (truths, lean, lies, weights) => {
        const leaning = truths.map((truth) => (truth === null ? null : lean * Math.abs(truth) + 0));
        const all = voters([...leaning, ...lies].map(ballotOf), weights);
        const outcome = decideVote(RULES, all);
        if (outcome.kind !== 'decided') throw new Error('all have answered');
        const { kind } = outcome.verdict;
        if (kind !== 'BUY' && kind !== 'SELL') return;
        directions += 1;
        const honest = all
          .slice(0, 4)
          .flatMap(({ operator, weightPpb, ballot }) =>
            ballot.state === 'answered' ? [{ operator, weightPpb, scoreMicro: ballot.scoreMicro }] : [],
          );
        const side = kind === 'BUY' ? 1 : -1;
        expect(side * meanScore(tallyOf(honest))).toBeGreaterThanOrEqual(RULES.thetaMicro / SCORE_MICRO);
      },
    );
    fc.assert(
      property,
      process.env.SEXTANT_SLOW === '1' ? { numRuns: 100_000 } : { numRuns: 3_000, seed: 6 },
    );
    expect(directions).toBeGreaterThan(100);
  });

  test('make one of it where the plain mean is asked', () => {
    const { scores: _, ...mean } = RULES;
    const split = voters([-150_000, -150_000, -150_000, 100_000, SCORE_MICRO, SCORE_MICRO].map(said));
    expect(decideVote(mean, split)).toMatchObject({ verdict: { kind: 'BUY' } });
    expect(decideVote(RULES, split)).toMatchObject({ verdict: { kind: 'HOLD' } });
  });
});
