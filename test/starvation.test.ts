import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asksFor, outcome, SYMBOLS, setUp } from '../src/gateway/toy-gateway.testing.ts';
import { AGEING_ROUNDS, priorityOf } from '../src/planner/priority.ts';

const ROUND_MS = 5_000;
const ROUNDS = 60;

/**
 * Rounds in which the symbols were answered, where all ask in every round and so many may leave; `worthOf` says what a
 * call is worth, and waiting adds its part, as in a turn.
 */
async function answeredIn(
  perRoundMax: number,
  worthOf: (symbol: number, round: number) => { worth: number; isPinned: boolean },
): Promise<number[][]> {
  const limits = [{ max: perRoundMax, windowMs: ROUND_MS, counting: 'fixed' as const }];
  const { clock, gateway } = setUp({ options: { limits }, gateway: { batching: false } });
  const heldBack = SYMBOLS.map(() => 0);
  const answered: number[][] = SYMBOLS.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    await clock.advanceTo(clock.nowMs() + 1_000);
    const asks = asksFor(SYMBOLS, clock, 2_000).map((ask, symbol) => {
      const { worth, isPinned } = worthOf(symbol, round);
      return { ...ask, priority: priorityOf(worth, { isPinned, heldBack: heldBack[symbol] ?? 0 }) };
    });
    const asked = gateway.ask(asks);
    await clock.advanceTo(clock.nowMs() + ROUND_MS - 1_000);
    for (const [symbol, answer] of (await asked).entries()) {
      const isAnswered = outcome(answer) === 'fresh';
      if (isAnswered) answered[symbol]?.push(round);
      heldBack[symbol] = isAnswered ? 0 : (heldBack[symbol] ?? 0) + 1;
    }
  }
  return answered;
}

function longestWait(rounds: readonly number[]): number {
  const ends = [-1, ...rounds, ROUNDS];
  return Math.max(...ends.slice(1).map((round, index) => round - (ends[index] ?? 0) - 1));
}

test('no symbol waits longer than ceil(n / allowance) + AGEING_ROUNDS rounds, whatever the others are worth', async () => {
  const worths = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 97 });
  const pins = fc.array(fc.boolean(), { minLength: SYMBOLS.length, maxLength: SYMBOLS.length });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), worths, pins, async (perRoundMax, drawn, pinned) => {
      const answered = await answeredIn(perRoundMax, (symbol, round) => ({
        worth: drawn[(round * SYMBOLS.length + symbol) % drawn.length] ?? 0,
        isPinned: pinned[symbol] ?? false,
      }));
      const bound = Math.ceil(SYMBOLS.length / perRoundMax) + AGEING_ROUNDS;
      for (const rounds of answered) expect(longestWait(rounds)).toBeLessThan(bound);
    }),
    { numRuns: process.env.SEXTANT_SLOW === '1' ? 1_000 : 15 },
  );
});

test('of one call a round the pinned symbol has the most, and the worthless one its turn', async () => {
  const answered = await answeredIn(1, (symbol) => ({
    worth: symbol === 5 ? 0 : 0.5,
    isPinned: symbol === 2,
  }));
  const counts = answered.map(({ length }) => length);
  expect(counts.indexOf(Math.max(...counts))).toBe(2);
  expect(counts[2]).toBeGreaterThan(2 * (counts[0] ?? 0));
  expect(counts[5]).toBeGreaterThanOrEqual(Math.floor(ROUNDS / (SYMBOLS.length + AGEING_ROUNDS)));
});
