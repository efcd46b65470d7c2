import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anyPicks,
  anyTrimmedVote,
  anyVote,
  type Pick,
  plainVerdict,
  type Vote,
  verdictText,
} from '../src/consensus/brute-force.testing.ts';
import { decideVote } from '../src/consensus/decide.ts';
import type { Ballot, Voter } from '../src/core/vote.ts';
import { type AskableVoter, type AskRules, askUntilDecided } from '../src/planner/ask-until-decided.ts';
import { createVirtualClock } from '../src/platform/virtual-clock.ts';

/**
 * The promise of design section 3, held end to end: whom the planner left unasked could not have changed kind, side or reason.
 * Every vote is played through `askUntilDecided` and `decideVote` in virtual time; what it should have come to is worked
 * out by the second implementation of the rules in exact fractions, from what everyone would have said.
 */

const RUNS = process.env.SEXTANT_SLOW === '1' ? { numRuns: 100_000 } : { numRuns: 2_500, seed: 20_260_115 };
const DEADLINE_MS = 3_000;
const SILENT: Ballot = { state: 'absent', reason: 'down' };

/** How one voter behaves when it is asked. */
type Manner = { readonly priceUsd: number | null; readonly latencyMs: number };

type Play = {
  readonly vote: Vote;
  /** What everyone says when asked, and other things that the unasked might have said. */
  readonly truth: Pick;
  readonly others: readonly Pick[];
  readonly manners: readonly Manner[];
  readonly rules: AskRules;
};

/** In time: all answers arrive before the deadline even one after the other. */
const anyLatency = (inTime: boolean) =>
  inTime ? fc.integer({ min: 0, max: 300 }) : fc.integer({ min: 0, max: 2 * DEADLINE_MS });

const anyPlay: fc.Arbitrary<Play> = fc.boolean().chain((inTime) =>
  fc
    .record({
      vote: fc.oneof({ weight: 6, arbitrary: anyVote }, { weight: 1, arbitrary: anyTrimmedVote }),
      picks: anyPicks,
      manners: fc.array(
        fc.record({ priceUsd: fc.constantFrom(0, 0, 0.01, 0.05, null), latencyMs: anyLatency(inTime) }),
        { minLength: 8, maxLength: 8 },
      ),
      order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
      policy: fc.constantFrom('fast' as const, 'balanced' as const, 'frugal' as const),
      parallel: fc.boolean(),
      patienceMs: fc.constantFrom(50, 750),
    })
    .map(({ vote, picks, manners, order, policy, parallel, patienceMs }) => ({
      vote: { ...vote, voters: order.flatMap((index) => vote.voters[index] ?? []) },
      truth: picks[0] ?? [],
      others: picks.slice(1),
      manners,
      rules: { policy, parallel, patienceMs, stopWhenDecided: true, deadlineAtMs: DEADLINE_MS },
    })),
);

/** What an open voter says at its place of the pick: below 300 nothing. */
function said(voter: Voter, place: number): Ballot {
  if (voter.ballot.state !== 'open' || place < 300) return SILENT;
  const { lowMicro, highMicro } = voter.ballot;
  const scoreMicro = Number(BigInt(lowMicro) + (BigInt(highMicro - lowMicro) * BigInt(place - 300)) / 700n);
  return { state: 'answered', scoreMicro };
}

async function played({ vote, truth, manners, rules }: Play) {
  const clock = createVirtualClock(0);
  const asked: string[] = [];
  const gaveUp = new Set<string>();
  let askedWhenDecided = 0;
  let decided = false;
  let openIndex = 0;
  const voters = vote.voters.map((voter, index): AskableVoter => {
    const { priceUsd, latencyMs } = manners[index] ?? { priceUsd: 0, latencyMs: 0 };
    const place = voter.ballot.state === 'open' ? (truth[openIndex++] ?? 0) : 0;
    return {
      ...voter,
      priceUsd,
      ask: (told, broke) => {
        asked.push(voter.sourceId);
        if (decided) askedWhenDecided += 1;
        const answered = clock.sleepUntil(clock.nowMs() + latencyMs);
        answered.then(() => told(said(voter, place))).catch(broke);
      },
      giveUp: () => {
        gaveUp.add(voter.sourceId);
        return SILENT;
      },
    };
  });
  const isDecided = (standing: readonly Voter[]): boolean => {
    decided = decideVote(vote.rules, standing).kind === 'decided';
    return decided;
  };
  const run = askUntilDecided(voters, isDecided, rules, clock).then((standing) => ({
    standing,
    endedAtMs: clock.nowMs(),
  }));
  await clock.advanceTo(3 * DEADLINE_MS);
  return { ...(await run), asked, gaveUp, askedWhenDecided };
}

async function checkPromise(play: Play): Promise<void> {
  const { vote, truth, others, manners } = play;
  const { standing, endedAtMs, asked, gaveUp, askedWhenDecided } = await played(play);
  const outcome = decideVote(vote.rules, standing);
  if (outcome.kind === 'undecided') throw new Error('the asking ended, and the vote is undecided');
  const verdict = verdictText(outcome.verdict);

  // Whatever the unasked would have said, and whether they would have said anything at all.
  const left: Vote = { rules: vote.rules, voters: standing };
  for (const pick of [truth, ...others, [], Array.from({ length: 8 }, () => 1_000)]) {
    const full = plainVerdict(left, pick);
    if (full !== verdict) throw new Error(`${verdict} was decided, but all voices come to ${full}`);
  }
  // Where everyone could have answered in time, nobody is given up, and it is the verdict of all in the first place.
  if (manners.every(({ latencyMs }) => latencyMs * 8 < DEADLINE_MS)) {
    const full = plainVerdict(vote, truth);
    if (full !== verdict) throw new Error(`${verdict} was decided, but asking everyone gives ${full}`);
    if (gaveUp.size > 0) throw new Error(`${[...gaveUp].join()} were given up, but had time to answer`);
  }
  if (gaveUp.size > 0 && endedAtMs < DEADLINE_MS) throw new Error('given up before the time was over');
  if (new Set(asked).size !== asked.length) throw new Error('somebody was asked twice');
  if (askedWhenDecided > 0) throw new Error('somebody was asked although the vote was decided');
  const stranger = asked.find(
    (id) => vote.voters.find(({ sourceId }) => sourceId === id)?.ballot.state !== 'open',
  );
  if (stranger !== undefined) throw new Error(`${stranger} was asked, but its ballot was known`);
}

describe('in mode certain', () => {
  test('a decision is that of asking every source whose opinion has expired, whatever they would have answered or not', {
    timeout: 1_800_000,
  }, async () => {
    await fc.assert(fc.asyncProperty(anyPlay, checkPromise), RUNS);
  });

  test('the plays leave voters unasked, ask some, and run out of time, each many times', async () => {
    const seen = { unasked: 0, asked: 0, gaveUp: 0, BUY: 0, SELL: 0, HOLD: 0, ABSTAIN: 0 };
    for (const play of fc.sample(anyPlay, { numRuns: 1_000, seed: 20_260_115 })) {
      const { standing, asked, gaveUp } = await played(play);
      const outcome = decideVote(play.vote.rules, standing);
      if (outcome.kind === 'decided') seen[outcome.verdict.kind] += 1;
      if (standing.some(({ ballot }) => ballot.state === 'open')) seen.unasked += 1;
      if (asked.length > 0) seen.asked += 1;
      if (gaveUp.size > 0) seen.gaveUp += 1;
    }
    expect(Object.entries(seen).filter(([, count]) => count < 40)).toEqual([]);
  });
});
