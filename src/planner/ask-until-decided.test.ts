import { describe, expect, test } from 'vitest';
import type { Ballot, Voter } from '../core/vote.ts';
import { createVirtualClock, type VirtualClock } from '../platform/virtual-clock.ts';
import { type AskableVoter, type AskRules, askUntilDecided } from './ask-until-decided.ts';

const OPEN: Ballot = { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 };
const LATE: Ballot = { state: 'absent', reason: 'timeout' };
const yes: Ballot = { state: 'answered', scoreMicro: 500_000 };

const RULES: AskRules = {
  policy: 'balanced',
  stopWhenDecided: true,
  parallel: true,
  deadlineAtMs: 3_000,
  patienceMs: 500,
};

type Plan = { id: string; priceUsd?: number; answersAfterMs?: number; known?: boolean };

/** Voters that answer yes after their time, with the moments at which they were asked. */
function stage(plans: readonly Plan[], clock: VirtualClock) {
  const asked: [string, number][] = [];
  const voters = plans.map(
    ({ id, priceUsd = 0, answersAfterMs, known = false }): AskableVoter => ({
      sourceId: id,
      operator: id,
      weightPpb: 1,
      priceUsd,
      ballot: known ? yes : OPEN,
      ask: (told, broke) => {
        asked.push([id, clock.nowMs()]);
        const answered = clock.sleepUntil(clock.nowMs() + (answersAfterMs ?? 60_000));
        answered.then(() => told(yes)).catch(broke);
      },
      giveUp: () => LATE,
    }),
  );
  return { voters, asked };
}

async function play(plans: readonly Plan[], decidedBy: number, rules: Partial<AskRules> = {}) {
  const clock = createVirtualClock(0);
  const { voters, asked } = stage(plans, clock);
  const answeredCount = (all: readonly Voter[]) =>
    all.filter(({ ballot }) => ballot.state === 'answered').length;
  const run = askUntilDecided(
    voters,
    (all) => answeredCount(all) >= decidedBy,
    { ...RULES, ...rules },
    clock,
  );
  const ended = run.then((all) => ({ all, atMs: clock.nowMs() }));
  await clock.advanceTo(10_000);
  const { all, atMs } = await ended;
  return {
    asked,
    atMs,
    states: Object.fromEntries(all.map(({ sourceId, ballot }) => [sourceId, ballot.state])),
  };
}

describe('asking until decided', () => {
  test('asks nobody when it is decided already', async () => {
    const { asked, states } = await play([{ id: 'a', known: true }, { id: 'b' }], 1);
    expect(asked).toEqual([]);
    expect(states).toEqual({ a: 'answered', b: 'open' });
  });

  test('never asks who is known', async () => {
    const { asked } = await play(
      [
        { id: 'a', known: true },
        { id: 'b', answersAfterMs: 10 },
      ],
      2,
    );
    expect(asked).toEqual([['b', 0]]);
  });

  test('leaves the paid ones unasked when the free ones decide', async () => {
    const { asked, states, atMs } = await play(
      [
        { id: 'a', answersAfterMs: 40 },
        { id: 'b', answersAfterMs: 60 },
        { id: 'p', priceUsd: 1 },
      ],
      2,
    );
    expect(asked.map(([id]) => id)).toEqual(['a', 'b']);
    expect(states.p).toBe('open');
    expect(atMs).toBe(60);
  });

  test('asks the paid ones as soon as the free ones have answered without deciding', async () => {
    const { asked, atMs } = await play(
      [
        { id: 'a', answersAfterMs: 40 },
        { id: 'p', priceUsd: 1, answersAfterMs: 100 },
      ],
      2,
    );
    expect(asked).toEqual([
      ['a', 0],
      ['p', 40],
    ]);
    expect(atMs).toBe(140);
  });

  test('does not let a hanging wave hold up the next one beyond its patience', async () => {
    const { asked, atMs } = await play([{ id: 'hangs' }, { id: 'p', priceUsd: 1, answersAfterMs: 100 }], 1);
    expect(asked).toEqual([
      ['hangs', 0],
      ['p', 500],
    ]);
    expect(atMs).toBe(600);
  });

  test('gives up what has not answered by the deadline', async () => {
    const { states, atMs } = await play([{ id: 'a', answersAfterMs: 10 }, { id: 'hangs' }], 2);
    expect(atMs).toBe(3_000);
    expect(states).toEqual({ a: 'answered', hangs: 'absent' });
  });

  test('a vote decided before everybody answered keeps the others open, not absent', async () => {
    const { states } = await play([{ id: 'a', answersAfterMs: 10 }, { id: 'hangs' }], 1);
    expect(states).toEqual({ a: 'answered', hangs: 'open' });
  });

  test('asks one after the other where parallel asking is off', async () => {
    const { asked, atMs } = await play(
      [
        { id: 'a', answersAfterMs: 100 },
        { id: 'b', answersAfterMs: 200 },
        { id: 'c', answersAfterMs: 300 },
      ],
      3,
      { parallel: false, stopWhenDecided: false },
    );
    expect(asked).toEqual([
      ['a', 0],
      ['b', 100],
      ['c', 300],
    ]);
    expect(atMs).toBe(600);
  });

  test('asks everybody at once where it may not stop early', async () => {
    const { asked, states } = await play(
      [
        { id: 'a', answersAfterMs: 10 },
        { id: 'p', priceUsd: 1, answersAfterMs: 20 },
      ],
      0,
      { stopWhenDecided: false },
    );
    expect(asked).toEqual([
      ['a', 0],
      ['p', 0],
    ]);
    expect(states).toEqual({ a: 'answered', p: 'answered' });
  });

  test('frugal asks one by one and stops in time', async () => {
    const { asked } = await play(
      [
        { id: 'dear', priceUsd: 3, answersAfterMs: 10 },
        { id: 'cheap', priceUsd: 1, answersAfterMs: 10 },
        { id: 'mid', priceUsd: 2, answersAfterMs: 10 },
      ],
      2,
      { policy: 'frugal' },
    );
    expect(asked).toEqual([
      ['cheap', 0],
      ['mid', 10],
    ]);
  });

  test('what is heard after the end changes nothing that was returned', async () => {
    const clock = createVirtualClock(0);
    const { voters } = stage(
      [
        { id: 'a', answersAfterMs: 10 },
        { id: 'late', answersAfterMs: 4_000 },
      ],
      clock,
    );
    const run = askUntilDecided(voters, () => false, RULES, clock);
    await clock.advanceTo(3_500);
    const ended = await run;
    const before = structuredClone(ended);
    await clock.advanceTo(10_000);
    expect(ended).toEqual(before);
    expect(ended.map(({ ballot }) => ballot.state)).toEqual(['answered', 'absent']);
  });

  test.each([
    ['before anybody is asked', 0],
    ['when an answer is heard', 1],
    ['when the patience is over', 2],
  ])('ends with the error of a vote that breaks %s', async (_when, heardBefore) => {
    const clock = createVirtualClock(0);
    const { voters } = stage([{ id: 'a', answersAfterMs: 10 }, { id: 'hangs' }], clock);
    let counted = 0;
    const isDecided = (): boolean => {
      counted += 1;
      if (counted > heardBefore) throw new Error('the vote is broken');
      return false;
    };
    const run = askUntilDecided(voters, isDecided, RULES, clock).then(
      () => 'no error',
      (error: Error) => `${error.message} at ${clock.nowMs()}`,
    );
    await clock.advanceTo(10_000);
    expect(await run).toBe(`the vote is broken at ${[0, 10, 500][heardBefore]}`);
  });
});
