import { describe, expect, test } from 'vitest';
import type { Ask } from '../core/answer.ts';
import { asksFor, outcome, SYMBOLS, setUp } from './toy-gateway.testing.ts';

const HOUR_MS = 3_600_000;
/** New York opens. */
const OPEN_MS = Date.UTC(2026, 0, 15, 14, 30);

describe('where more is asked than may leave', () => {
  const limits = [{ max: 1, windowMs: 5_000, counting: 'fixed' as const }];

  /** One question per symbol in this order; the symbols that were answered. */
  async function round(
    { clock, gateway }: ReturnType<typeof setUp>,
    symbols: readonly string[],
    details: (symbol: string) => Partial<Ask>,
    apartMs = 0,
  ): Promise<string[]> {
    const untilMs = clock.nowMs() + 5_000;
    const answers: Promise<string[]>[] = [];
    for (const [index, symbol] of symbols.entries()) {
      clock.at(clock.nowMs() + 1_000 + index * apartMs, () => {
        const [ask] = asksFor([symbol], clock, 2_000 - index * apartMs);
        if (ask === undefined) return;
        const asked = gateway.ask([{ ...ask, ...details(symbol) }]);
        answers.push(asked.then(([answer]) => (outcome(answer) === 'fresh' ? [symbol] : [])));
      });
    }
    await clock.advanceTo(untilMs);
    return (await Promise.all(answers)).flat();
  }

  test('the first to come leaves once; from then on the highest priority, however late in the gathering', async () => {
    const world = setUp({ options: { limits }, gateway: { batching: false } });
    const priority = (symbol: string) => ({ priority: symbol === 'META' ? 0.9 : 0.1 });
    expect(await round(world, SYMBOLS, priority, 9)).toEqual(['AAPL']);
    expect(await round(world, SYMBOLS, priority, 9)).toEqual(['META']);
    expect(await round(world, SYMBOLS.toReversed(), priority, 9)).toEqual(['META']);
  });

  test('an earlier deadline goes before any priority', async () => {
    const world = setUp({ options: { limits }, gateway: { batching: false } });
    await round(world, SYMBOLS, () => ({}));
    const details = (symbol: string): Partial<Ask> =>
      symbol === 'NVDA' ? { deadlineAtMs: world.clock.nowMs() + 1_500 } : { priority: 1 };
    expect(await round(world, SYMBOLS, details)).toEqual(['NVDA']);
  });
});

test('what may go before its turn is kept for what cannot wait', async () => {
  const limits = [{ max: 20, windowMs: 24 * HOUR_MS, counting: 'sliding' as const }];
  const { clock, gateway } = setUp({ options: { limits }, gateway: { batching: false }, startMs: OPEN_MS });
  const ask = async (isPatient: boolean) => {
    const asked = gateway.ask(asksFor(SYMBOLS, clock, 1_000).map((one) => ({ ...one, isPatient })));
    await clock.advanceTo(clock.nowMs() + 5_000);
    return (await asked).filter((answer) => outcome(answer) === 'fresh').length;
  };
  // One whose turn it is; then the tenth of twenty that may go ahead.
  expect([await ask(true), await ask(true), await ask(false), await ask(false)]).toEqual([1, 0, 2, 0]);
});
