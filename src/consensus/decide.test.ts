import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ballot, type VoteRules, type Voter, WEIGHT_TOTAL_PPB } from '../core/vote.ts';
import {
  anyPicks,
  anyTrimmedVote,
  anyVote,
  checkAgainstBruteForce,
  VOTE_RUNS,
  verdictText,
} from './brute-force.testing.ts';
import { decideVote } from './decide.ts';

const RULES: VoteRules = {
  thetaMicro: 300_000,
  quorumPpb: 666_666_667,
  operatorsMin: 2,
  agreeMinMicro: 100_000,
};

const said = (score: number): Ballot => ({ state: 'answered', scoreMicro: Math.round(score * 1e6) });
const open = (low = -1, high = 1): Ballot => ({
  state: 'open',
  lowMicro: Math.round(low * 1e6),
  highMicro: Math.round(high * 1e6),
});
const gone: Ballot = { state: 'absent', reason: 'timeout' };

/** `a1` is a source of operator `a`; equal weights, the rest to the first. */
function voters(ballots: Readonly<Record<string, Ballot>>): Voter[] {
  const ids = Object.keys(ballots);
  const each = Math.floor(WEIGHT_TOTAL_PPB / ids.length);
  return Object.entries(ballots).map(([sourceId, ballot], index) => ({
    sourceId,
    operator: sourceId.slice(0, 1),
    weightPpb: index === 0 ? WEIGHT_TOTAL_PPB - each * (ids.length - 1) : each,
    ballot,
  }));
}

function outcomeOf(ballots: Readonly<Record<string, Ballot>>, rules: Partial<VoteRules> = {}): string {
  const outcome = decideVote({ ...RULES, ...rules }, voters(ballots));
  return outcome.kind === 'decided' ? verdictText(outcome.verdict) : 'undecided';
}

const UP_TO = { a1: said(1), b1: said(1), c1: said(1) };

describe('with all ballots in', () => {
  test.each([
    { name: 'a score of theta is BUY', ballots: { a1: said(0.3), b1: said(0.3) }, gives: 'BUY' },
    { name: 'a millionth less is HOLD', ballots: { a1: said(0.3), b1: said(0.299999) }, gives: 'HOLD' },
    { name: 'a score of minus theta is SELL', ballots: { a1: said(-0.3), b1: said(-0.3) }, gives: 'SELL' },
    { name: 'a millionth more is HOLD', ballots: { a1: said(-0.3), b1: said(-0.299999) }, gives: 'HOLD' },
    { name: 'an operator agrees from agreeMin on', ballots: { a1: said(1), b1: said(0.1) }, gives: 'BUY' },
    {
      name: 'a millionth below it agrees with nobody',
      ballots: { a1: said(1), b1: said(0.099999) },
      gives: 'ABSTAIN oneOperator',
    },
    { name: 'a seller agrees from -agreeMin on', ballots: { a1: said(-1), b1: said(-0.1) }, gives: 'SELL' },
    {
      name: 'a lukewarm seller agrees with nobody',
      ballots: { a1: said(-1), b1: said(-0.099999) },
      gives: 'ABSTAIN oneOperator',
    },
    {
      name: 'mirrors of one operator are one voice',
      ballots: { a1: said(1), a2: said(1), b1: said(0) },
      gives: 'ABSTAIN oneOperator',
    },
    {
      name: 'four of six equal weights are a quorum',
      ballots: { ...UP_TO, d1: said(1), e1: gone, f1: gone },
      gives: 'BUY',
    },
    {
      name: 'three of six are none',
      ballots: { ...UP_TO, d1: gone, e1: gone, f1: gone },
      gives: 'ABSTAIN noQuorum',
    },
    { name: 'nobody is no quorum', ballots: { a1: gone, b1: gone }, gives: 'ABSTAIN noQuorum' },
  ])('$name', ({ ballots, gives }) => {
    expect(outcomeOf(ballots)).toBe(gives);
  });

  test('only one operator is asked for where the rules say so', () => {
    expect(outcomeOf({ a1: said(1), a2: said(1) }, { operatorsMin: 1 })).toBe('BUY');
    expect(outcomeOf(UP_TO, { operatorsMin: 4 })).toBe('ABSTAIN oneOperator');
  });

  test('the quorum is met as many ppb short of it as there are sources, not one more', () => {
    const half = { a1: said(1), b1: said(1), c1: gone, d1: gone };
    expect(outcomeOf(half, { quorumPpb: 500_000_004 })).toBe('BUY');
    expect(outcomeOf(half, { quorumPpb: 500_000_005 })).toBe('ABSTAIN noQuorum');
  });

  test('a tiny quorum still needs an answer', () => {
    expect(outcomeOf({ a1: gone, b1: gone }, { quorumPpb: 1 })).toBe('ABSTAIN noQuorum');
  });
});

describe('with ballots open', () => {
  test.each([
    {
      name: 'a quorum out of reach is decided',
      ballots: { a1: said(1), b1: open(), c1: gone, d1: gone },
      gives: 'ABSTAIN noQuorum',
    },
    {
      name: 'a quorum within reach is not',
      ballots: { a1: said(1), b1: open(), c1: open() },
      gives: 'undecided',
    },
    {
      name: 'a lead that nobody can undo is decided',
      ballots: { a1: said(1), b1: said(1), c1: open() },
      gives: 'BUY',
    },
    {
      name: 'the same lead downwards',
      ballots: { a1: said(-1), b1: said(-1), c1: open() },
      gives: 'SELL',
    },
    {
      name: 'a lead of one operator waits for a second, though the interval lies beyond theta',
      ballots: { a1: said(1), a2: said(1), b1: open() },
      gives: 'undecided',
    },
    {
      name: 'unless the second cannot agree',
      ballots: { a1: said(1), a2: said(1), b1: open(-1, 0.099999) },
      gives: 'ABSTAIN oneOperator',
    },
    {
      name: 'one that can just agree is waited for',
      ballots: { a1: said(1), a2: said(1), b1: open(-1, 0.1) },
      gives: 'undecided',
    },
    {
      name: 'a mirror of the same operator is not',
      ballots: { a1: said(1), a2: said(1), a3: open() },
      gives: 'ABSTAIN oneOperator',
    },
    {
      name: 'sellers of one operator wait likewise',
      ballots: { a1: said(-1), a2: said(-1), b1: open(-0.1, 1) },
      gives: 'undecided',
    },
    {
      name: 'and are settled likewise',
      ballots: { a1: said(-1), a2: said(-1), b1: open(-0.099999, 1) },
      gives: 'ABSTAIN oneOperator',
    },
  ])('$name', ({ ballots, gives }) => {
    expect(outcomeOf(ballots)).toBe(gives);
  });

  test.each([
    { name: 'what may just reach theta is open', last: open(-0.999999, 1), gives: 'undecided' },
    { name: 'what may just fall to -theta is open', last: open(-1, 0.999999), gives: 'undecided' },
    { name: 'what stays a millionth inside is HOLD', last: open(-0.999999, 0.999999), gives: 'HOLD' },
  ])('$name', ({ last, gives }) => {
    const ballots = { a1: said(0), b1: said(0), c1: said(0), d1: last };
    expect(outcomeOf(ballots, { thetaMicro: 250_000 })).toBe(gives);
  });

  test('a leap from one side to the other past everything between still ends with one operator', () => {
    const leap = { a1: said(0.26), a2: said(0.26), b1: open(-1, -0.95) };
    const rules = { thetaMicro: 100_000, operatorsMin: 2 };
    expect(outcomeOf(leap, rules)).toBe('ABSTAIN oneOperator');
    expect(outcomeOf({ ...leap, b1: open(-1, -0.7) }, rules)).toBe('undecided');
    expect(outcomeOf(leap, { ...rules, operatorsMin: 1 })).toBe('undecided');
  });

  describe('a leap is no longer certain to end with one operator', () => {
    const rules: VoteRules = { ...RULES, thetaMicro: 100_000, quorumPpb: 200_000_000 };
    const weighted = (...seats: readonly (readonly [string, number, Ballot])[]): Voter[] =>
      seats.map(([sourceId, share, ballot]) => ({
        sourceId,
        operator: sourceId.slice(0, 1),
        weightPpb: share * WEIGHT_TOTAL_PPB,
        ballot,
      }));

    test.each([
      {
        name: 'where a second buyer may join the buyers',
        seats: weighted(['a1', 0.5, said(0.3)], ['b1', 0.4, open(-1, -1)], ['c1', 0.1, open(0, 0.2)]),
      },
      {
        name: 'where a second seller may join the sellers',
        seats: weighted(['a1', 0.5, said(-0.3)], ['b1', 0.4, open(1, 1)], ['c1', 0.1, open(-0.2, 0)]),
      },
      {
        name: 'where nobody may answer and leave it inside theta',
        seats: weighted(['a1', 0.2, said(0)], ['b1', 0.3, open(-1, -1)], ['c1', 0.5, open(1, 1)]),
      },
    ])('$name', ({ seats }) => {
      expect(decideVote(rules, seats).kind).toBe('undecided');
      expect(() => checkAgainstBruteForce({ rules, voters: seats })).not.toThrow();
    });

    test('while without those it is', () => {
      const buyers = weighted(['a1', 0.5, said(0.3)], ['b1', 0.4, open(-1, -1)], ['c1', 0.1, open(0, 0.09)]);
      expect(decideVote(rules, buyers)).toMatchObject({ verdict: { reason: 'oneOperator' } });
    });
  });

  test('the interval, the score and the confidence are those of the certificate', () => {
    const outcome = decideVote(RULES, voters({ b1: said(1), a1: said(1), c1: open() }));
    expect(outcome).toMatchObject({ kind: 'decided', rule: 'beyondTheta', score: 1 });
    if (outcome.kind !== 'decided') return;
    const { certificate, confidence } = outcome;
    expect(certificate.low).toBeCloseTo(1 / 3, 8);
    expect(certificate.high).toBe(1);
    expect(confidence).toBe(certificate.low);
    expect(certificate.voters.map(({ sourceId }) => sourceId)).toEqual(['a1', 'b1', 'c1']);
  });

  test('the confidence of a SELL is what the score is at most, sign turned', () => {
    const outcome = decideVote(RULES, voters({ a1: said(-0.5), b1: said(-0.5) }));
    expect(outcome).toMatchObject({ score: -0.5, confidence: 0.5 });
    const oneOpen = decideVote(RULES, voters({ a1: said(-1), b1: said(-1), c1: open() }));
    expect(oneOpen).toMatchObject({ score: -1, confidence: expect.closeTo(1 / 3, 8) });
  });

  test('below quorum no score and no interval is stated', () => {
    expect(decideVote(RULES, voters({ a1: said(1), b1: open() }))).toEqual({
      kind: 'undecided',
      low: null,
      high: null,
    });
    const outcome = decideVote(RULES, voters({ a1: said(1), b1: gone }));
    expect(outcome).toMatchObject({ score: null, confidence: null, certificate: { low: null, high: null } });
  });
});

test('a vote that cannot be held is a bug and says what is wrong', () => {
  expect(() => decideVote(RULES, [])).toThrow('weights sum to 0 ppb');
  expect(() => decideVote({ ...RULES, thetaMicro: 0 }, voters(UP_TO))).toThrow('theta is 0 millionths');
});

describe('against every completion of votes of up to eight sources', () => {
  test.each([
    { scores: 'mean', votes: anyVote },
    { scores: 'trimmed', votes: anyTrimmedVote },
  ])(
    'a vote by $scores is decided if and only if all completions agree, on what they agree on, within exact bounds',
    {
      timeout: 900_000,
    },
    ({ votes }) => {
      fc.assert(fc.property(votes, anyPicks, checkAgainstBruteForce), VOTE_RUNS);
    },
  );

  test('the order of the voters does not matter', () => {
    const shuffled = anyVote.chain(({ rules, voters }) =>
      fc.record({
        rules: fc.constant(rules),
        voters: fc.constant(voters),
        other: fc.shuffledSubarray([...voters], { minLength: voters.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ rules, voters, other }) => {
        expect(decideVote(rules, other)).toEqual(decideVote(rules, voters));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test.each([
    { scores: 'mean', votes: anyVote },
    { scores: 'trimmed', votes: anyTrimmedVote },
  ])('the votes by $scores that are tried reach every rule many times, and the undecided', ({ votes }) => {
    const seen = new Map<string, number>();
    for (const { rules, voters } of fc.sample(votes, { numRuns: 2_000, seed: 20_260_115 })) {
      const outcome = decideVote(rules, voters);
      const isOpen = voters.some(({ ballot }) => ballot.state === 'open');
      const key = `${isOpen ? 'open' : 'full'} ${outcome.kind === 'decided' ? verdictText(outcome.verdict) : 'undecided'}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    const verdicts = ['BUY', 'SELL', 'HOLD', 'ABSTAIN oneOperator', 'ABSTAIN noQuorum'];
    const wanted = [
      'open undecided',
      ...verdicts.flatMap((verdict) => [`open ${verdict}`, `full ${verdict}`]),
    ];
    expect(wanted.filter((key) => (seen.get(key) ?? 0) < 20)).toEqual([]);
  });
});
