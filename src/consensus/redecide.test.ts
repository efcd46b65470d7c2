import { describe, expect, test } from 'vitest';
import type { Decision } from '../core/decision.ts';
import { CONSENSUS_DEFAULTS } from '../core/options.ts';
import { type Ballot, SCORE_MICRO, type Voter } from '../core/vote.ts';
import { decideVote } from './decide.ts';
import { redecide } from './redecide.ts';
import { voteRules } from './vote-rules.ts';

const rules = () => voteRules(CONSENSUS_DEFAULTS, 0.25);
const answered = (score: number): Ballot => ({ state: 'answered', scoreMicro: score * SCORE_MICRO });
const OPEN: Ballot = { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO };
const ABSENT: Ballot = { state: 'absent', reason: 'down' };

const voters = (weights: Readonly<Record<string, number>>) =>
  Object.entries(weights).map(([sourceId, share]) => ({
    sourceId,
    operator: `${sourceId}-inc`,
    weightPpb: share * 1e9,
  }));

function recorded(
  ballots: Readonly<Record<string, Ballot>>,
  weights: Readonly<Record<string, number>>,
): Decision {
  const held = voters(weights).map((voter): Voter => ({ ...voter, ballot: ballots[voter.sourceId] ?? OPEN }));
  const vote = decideVote(rules(), held);
  if (vote.kind !== 'decided') throw new Error('the vote on record is decided');
  return { ...vote.verdict, regime: 'trend', certificate: vote.certificate } as Decision;
}

const EVEN = { a: 0.25, b: 0.25, c: 0.25, d: 0.25 };
const SPLIT = { a: answered(0.8), b: answered(0.7), c: answered(-0.5), d: answered(-0.5) };

describe('a recorded vote held again', () => {
  test('under the same rules and weights is what it was', () => {
    const decision = recorded(SPLIT, EVEN);
    expect(redecide(decision, { rules, voters: voters(EVEN) })).toEqual({
      kind: 'decided',
      verdict: { kind: 'HOLD', reason: null },
    });
  });

  test('under other weights or another threshold is decided by them', () => {
    const decision = recorded(SPLIT, EVEN);
    const heavy = voters({ a: 0.3, b: 0.3, c: 0.2, d: 0.2 });
    expect(redecide(decision, { rules, voters: heavy })).toMatchObject({ verdict: { kind: 'BUY' } });
    const low = () => voteRules(CONSENSUS_DEFAULTS, 0.1);
    expect(redecide(decision, { rules: low, voters: voters(EVEN) })).toMatchObject({
      verdict: { kind: 'BUY' },
    });
  });

  test('goes without who is no voter any more, and asks for more where a new one could turn it', () => {
    const decision = recorded(SPLIT, EVEN);
    const without = voters({ a: 0.3, c: 0.35, d: 0.35 });
    expect(redecide(decision, { rules, voters: without })).toMatchObject({ kind: 'decided' });
    const joined = voters({ a: 0.2, b: 0.2, c: 0.2, d: 0.2, e: 0.2 });
    expect(redecide(decision, { rules, voters: joined })).toEqual({ kind: 'open' });
  });

  test('keeps open what was open, and absent what failed', () => {
    const decision = recorded({ a: answered(0.9), b: answered(0.9), c: answered(0.9), d: OPEN }, EVEN);
    expect(redecide(decision, { rules, voters: voters({ a: 0.1, b: 0.1, c: 0.2, d: 0.6 }) })).toEqual({
      kind: 'open',
    });
    const failed = recorded({ a: answered(0.9), b: answered(0.9), c: answered(0.9), d: ABSENT }, EVEN);
    expect(redecide(failed, { rules, voters: voters({ a: 0.1, b: 0.1, c: 0.2, d: 0.6 }) })).toMatchObject({
      verdict: { kind: 'ABSTAIN', reason: 'noQuorum' },
    });
  });

  test('that a gate decided stays decided by it', () => {
    const decision = { ...recorded(SPLIT, EVEN), regime: null };
    expect(redecide(decision, { rules, voters: voters(EVEN) })).toEqual({ kind: 'gate' });
  });
});
