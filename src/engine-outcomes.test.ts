import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bar } from './core/bar.ts';
import { type Ledger, LedgerError, type OutcomeRow } from './core/ledger.ts';
import { GATE_DEFAULTS, OUTCOME_DEFAULTS, SIGNAL_DEFAULTS } from './core/options.ts';
import { START_MS, stage } from './engine.testing.ts';
import { createMemoryLedger } from './ledger/memory/ledger.ts';
import { OutcomeWalk } from './outcomes/outcome-walk.ts';

const MINUTE_MS = 60_000;
/** Within a quarter of an hour the scripted price may reach either level, or neither. */
const CONFIG = { signals: { ...SIGNAL_DEFAULTS, targetAtr: 1, stopAtr: 0.7, expiryMs: 15 * MINUTE_MS } };
const RULES = {
  gapMsMax: OUTCOME_DEFAULTS.gapMsMax,
  frozenMsMax: GATE_DEFAULTS.frozenMsMax.crypto,
  jumpMax: GATE_DEFAULTS.jumpMax,
};

type Step = {
  /** What all sources say from here on. */
  readonly score: number;
  readonly minutes: number;
  readonly after: 'goesOn' | 'isRefused' | 'isRefusedButKept' | 'restarts';
};

/** Runs the steps over one record. `bars`: all that the desks of all its lives have seen. */
async function run(steps: readonly Step[]) {
  const kept = createMemoryLedger();
  let refusal: Step['after'] = 'goesOn';
  const append: Ledger['append'] = async (record) => {
    const how = refusal;
    refusal = 'goesOn';
    if (how === 'isRefused') throw new LedgerError('the disk is full');
    const entries = await kept.append(record);
    if (how === 'isRefusedButKept') throw new LedgerError('the answer was lost');
    return entries;
  };
  const ledger = new Proxy(kept, {
    get: (target, name: keyof Ledger) => (name === 'append' ? append : target[name].bind(target)),
  });
  const scripts = { a: { score: 0 }, b: { score: 0 } };
  const bars = new Map<number, Bar>();
  let played = stage(scripts, ['BTC-USD'], { ledger, startMs: START_MS, config: CONFIG });
  for (const { score, minutes, after } of steps) {
    scripts.a.score = score;
    scripts.b.score = score;
    await played.cycles(minutes * 12);
    for (const bar of played.desks[0]?.market.bars(1_500) ?? []) bars.set(bar.openAtMs, bar);
    if (after === 'restarts') {
      const startMs = played.clock.nowMs() + MINUTE_MS;
      played = stage(scripts, ['BTC-USD'], { ledger, startMs, config: CONFIG });
      await played.engine.restore();
    } else refusal = after;
  }
  return { ...played, ledger: kept, bars: [...bars.values()].sort((a, b) => a.openAtMs - b.openAtMs) };
}

async function allOutcomes(ledger: Ledger): Promise<readonly OutcomeRow[]> {
  return ledger.outcomes({ limit: 500 });
}

/** What the definition says of a signal, from its bars and its end on record. */
function judged({ signal }: OutcomeRow, end: { atMs: number; price: number } | null, bars: readonly Bar[]) {
  const walk = new OutcomeWalk({ signal, assetClass: 'crypto', intervalMs: MINUTE_MS });
  if (end !== null) walk.flip(end.atMs, end.price);
  for (const bar of bars) walk.feed(bar, RULES);
  walk.wait(Number.MAX_SAFE_INTEGER, RULES);
  return walk.finding;
}

const WAVE: readonly Step[] = [0.9, -0.9, 0, 0.9, -0.9, 0.9, 0, 0].map((score, index) => ({
  score,
  minutes: index % 2 === 0 ? 7 : 18,
  after: 'goesOn',
}));

describe('the engine', () => {
  test('puts one outcome of each signal on record once it is known', async () => {
    const { ledger, published, board } = await run(WAVE);
    const signals = await ledger.signals({ limit: 500 });
    const outcomes = await allOutcomes(ledger);
    expect(outcomes.map(({ signal }) => signal.id).sort()).toEqual(
      signals.map(({ signal }) => signal.id).sort(),
    );
    const causes = new Set(outcomes.map(({ outcome }) => outcome.kind === 'resolved' && outcome.cause));
    expect(causes).toEqual(new Set(['expiry', 'flip', 'stop']));
    expect(published.filter(({ type }) => type === 'outcome')).toHaveLength(outcomes.length);
    expect(board.state().troubles).toEqual([]);
    const { fault } = await ledger.verify({ checkDecision: () => null });
    expect(fault).toBeNull();
  });

  test('whatever is refused, lost or restarted: one outcome each, and the one that the definition says', async () => {
    const step = fc.record({
      score: fc.constantFrom(0.9, -0.9, 0),
      minutes: fc.integer({ min: 1, max: 9 }),
      after: fc.constantFrom('goesOn', 'isRefused', 'isRefusedButKept', 'restarts' as const),
    });
    const seen = { outcomes: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
        // In the end there is quiet enough for every signal to have its outcome.
        const { ledger, bars, failures } = await run([...steps, { score: 0, minutes: 18, after: 'goesOn' }]);
        const signals = await ledger.signals({ limit: 500 });
        const outcomes = await allOutcomes(ledger);
        expect(outcomes).toHaveLength(signals.length);
        for (const row of outcomes) {
          const end = signals.find(({ signal }) => signal.id === row.signal.id)?.end ?? null;
          const flip =
            end?.cause === 'flip' && end.price !== null ? { atMs: end.atMs, price: end.price } : null;
          const { barsHeld: _held, ...expected } = { barsHeld: 0, ...judged(row, flip, bars) };
          expect(row.outcome).toMatchObject(expected);
        }
        seen.outcomes += outcomes.length;
        seen.refused += failures.length;
      }),
      { numRuns: 12, seed: 8 },
    );
    expect(seen.outcomes).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(3);
  });
});
