import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ask } from './core/answer.ts';
import { canonicalJson } from './core/canonical-json.ts';
import type { Tracer } from './core/tracer.ts';
import { type Script, START_MS, stage } from './engine.testing.ts';
import { STARTS_MAX } from './turn/agenda.ts';

/** With somebody who follows each step, every instrument takes a turn. */
const FOLLOWED: Tracer = { nowMs: () => 0, decided: () => {} };

const SOURCES = ['alpaca', 'massive', 'yahoo'] as const;
const SYMBOLS = ['AAPL', 'BTC-USD', 'ETH-USD'];

/** What the world does to one source in one cycle: around the patience (750 ms) and the deadline (1,500 ms) of a price. */
const condition = fc.record({
  latencyMs: fc.constantFrom(5, 20, 740, 760, 1_000, 1_490, 1_510, 4_000),
  fails: fc.boolean(),
  priceFactor: fc.constantFrom(1, 1, 1, 1.0004, 1.006, 0.99, 1.2),
});
type Condition = typeof condition extends fc.Arbitrary<infer T> ? T : never;
const wellThen: Condition = { latencyMs: 20, fails: false, priceFactor: 1 };

/** One entry per cycle; most sources are well in most of them, so that there is something to confirm. */
const days = fc.array(
  fc.tuple(
    ...SOURCES.map(() =>
      fc.oneof({ arbitrary: fc.constant(wellThen), weight: 3 }, { arbitrary: condition, weight: 1 }),
    ),
  ),
  { minLength: 1, maxLength: 8 },
);

async function lived(conditions: readonly (readonly Condition[])[], tracer?: Tracer) {
  const scripts: Record<string, Script> = Object.fromEntries(SOURCES.map((id) => [id, { score: 0.9 }]));
  const world = stage(scripts, SYMBOLS, { startMs: START_MS, ...(tracer && { tracer }) });
  const seen: unknown[] = [];
  await world.cycles(2);
  for (const cycle of conditions) {
    for (const [index, id] of SOURCES.entries()) Object.assign(scripts[id] as Script, cycle[index]);
    await world.cycles(1);
    seen.push(world.board.decisions(), world.board.openSignals());
  }
  const weighed = world.desks.map((desk) => [desk.weighed, desk.gate]);
  return { seen, weighed, published: world.published, asks: world.asks.map(canonicalJson).sort() };
}

describe('a first look at all whose change gate is shut', () => {
  test('asks, decides and remembers what turns would', async () => {
    await fc.assert(
      fc.asyncProperty(days, async (conditions) => {
        expect(await lived(conditions)).toEqual(await lived(conditions, FOLLOWED));
      }),
      { numRuns: 60 },
    );
  });

  test('confirms what stood with the newest price, by one question', async () => {
    const scripts: Record<string, Script> = { alpaca: { score: 0.9 }, massive: { score: 0.9 }, yahoo: {} };
    const { asks, board, cycles } = stage(scripts, ['BTC-USD']);
    await cycles(1);
    const [before] = board.decisions();
    asks.length = 0;
    await cycles(1);
    const [after] = board.decisions();
    expect(asks.map(({ sourceId, question }) => [sourceId, question.kind])).toEqual([['alpaca', 'market']]);
    expect(after).toMatchObject({ kind: 'BUY', price: { agreeing: ['alpaca'] } });
    expect(after?.certificate).toBe(before?.certificate);
  });
});

describe('a source that answers some in time', () => {
  // The patience is 750 ms, the deadline of a price 1,500 ms.
  test.each([
    { what: 'is not late for the others: what came is still being read', lastMs: 1_200, asked: 3 },
    { what: 'is late for the rest when nothing more comes', lastMs: 4_000, asked: 4 },
  ])('$what', async ({ lastMs, asked }) => {
    const scripts: Record<string, Script> = { alpaca: { score: 0.9 }, massive: { score: 0.9 } };
    const { asks, cycles } = stage(scripts, SYMBOLS);
    await cycles(1);
    asks.length = 0;
    Object.assign(scripts.alpaca ?? {}, { lagMs: { 'BTC-USD': 600, 'ETH-USD': lastMs } });
    await cycles(1);
    expect(asks).toHaveLength(asked);
  });
});

describe('a start of more symbols than one cycle takes', () => {
  test('has the last of them abstain, unasked, until the next', async () => {
    const symbols = Array.from({ length: STARTS_MAX + 1 }, (_, index) => `S${index}-USD`);
    const scripts: Record<string, Script> = { alpaca: { score: 0.9 }, massive: { score: 0.9 } };
    const { asks, board, cycles } = stage(scripts, symbols);
    const abstaining = () => board.decisions().filter(({ kind }) => kind === 'ABSTAIN');
    await cycles(1);
    const last = `S${STARTS_MAX}-USD`;
    expect(abstaining()).toMatchObject([{ instrumentId: last, reason: 'noRegime' }]);
    const isOfLast = ({ question }: Ask): boolean => question.instrument.id === last;
    expect(asks.some(isOfLast)).toBe(false);
    asks.length = 0;
    await cycles(1);
    expect(abstaining()).toEqual([]);
    // The looks at the others have 3,000 ms and are answered after 20; from there its price has the usual 1,500.
    expect(asks.findIndex(isOfLast)).toBe(STARTS_MAX);
    expect((asks.find(isOfLast)?.deadlineAtMs ?? 0) - (asks[0]?.deadlineAtMs ?? 0)).toBe(20 + 1_500 - 3_000);
    // So many that they are read for 2,200 ms: what stood is confirmed by one question each.
    asks.length = 0;
    Object.assign(scripts.alpaca ?? {}, {
      lagMs: Object.fromEntries(symbols.map((id, at) => [id, 2.2 * at])),
    });
    await cycles(1);
    expect(abstaining()).toEqual([]);
    expect(asks).toHaveLength(STARTS_MAX + 1);
  });
});
