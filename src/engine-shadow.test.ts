import * as fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ShadowOutcome } from './core/meter.ts';
import {
  CONSENSUS_DEFAULTS,
  FLAG_DEFAULTS,
  type Flags,
  SHADOW_FLAGS,
  type ShadowFlag,
} from './core/options.ts';
import { type Script, stage } from './engine.testing.ts';

/** With it each shadowed flag has a bug of its own, so that there are differences to count. */
const planted = vi.hoisted(() => ({ isOn: false }));

// Whoever has not answered yet is thought to stay silent.
vi.mock(import('./consensus/bounds.ts'), async (load) => {
  const { bounds } = await load();
  return {
    bounds: (voters) =>
      bounds(planted.isOn ? voters.filter(({ ballot }) => ballot.state === 'answered') : voters),
  };
});

// New bars do not open the gate.
vi.mock(import('./planner/change-gate.ts'), async (load) => {
  const real = await load();
  const never = (): number => Number.POSITIVE_INFINITY;
  return {
    ...real,
    dueReason: (question) => real.dueReason(planted.isOn ? { ...question, refreshAtMs: never } : question),
  };
});

// A new bar is no reason to ask again.
vi.mock(import('./analysts/voter-desk.ts'), async (load) => {
  const { VoterDesk } = await load();
  return {
    VoterDesk: class extends VoterDesk {
      override get refreshAtMs(): number {
        return planted.isOn ? this.expiresAtMs : super.refreshAtMs;
      }
    },
  };
});

beforeEach(() => {
  planted.isOn = false;
});

type Counts = Partial<Record<`${ShadowFlag} ${ShadowOutcome}`, number>>;
/** Scores change with the minute bars. */
const CYCLES_A_BAR = 12;

type World = {
  /** One row of scores per bar. */
  readonly scores: readonly (readonly number[])[];
  readonly scripts: readonly Script[];
};

/** What each cycle decided and what was asked, under these flags. */
async function played({ scores, scripts }: World, flags: Flags, shadow?: readonly ShadowFlag[]) {
  const counts: Counts = {};
  const voters = Object.fromEntries(
    scripts.map((script, index) => [`s${index}`, { ...script, market: false }]),
  );
  const watchers = { w0: { isBackup: true }, w1: { isBackup: true } };
  const { cycles, board, asks, published } = stage({ ...voters, ...watchers }, ['BTC-USD', 'AAPL'], {
    config: {
      flags,
      consensus: { ...CONSENSUS_DEFAULTS, quorum: 0.4 },
      ...(shadow !== undefined && { shadow }),
    },
    meter: {
      shadow: (flag, outcome) => {
        counts[`${flag} ${outcome}`] = (counts[`${flag} ${outcome}`] ?? 0) + 1;
      },
    },
  });
  const verdicts: string[] = [];
  for (const row of scores) {
    for (const [index, script] of Object.values<Script>(voters).entries()) script.score = row[index] ?? 0;
    for (let cycle = 0; cycle < CYCLES_A_BAR; cycle += 1) {
      await cycles(1);
      verdicts.push(...board.decisions().map(({ kind, reason }) => `${kind} ${reason}`));
    }
  }
  return {
    verdicts,
    counts,
    published,
    asked: asks.map(({ sourceId, question }) => `${sourceId} ${question.kind}`),
  };
}

const anyScript = fc.record({
  priceUsd: fc.constantFrom(0, 0, 0.01),
  latencyMs: fc.integer({ min: 5, max: 400 }),
});
const anyWorld: fc.Arbitrary<World> = fc.record({
  scripts: fc.array(anyScript, { minLength: 3, maxLength: 5 }),
  scores: fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }), {
    minLength: 10,
    maxLength: 15,
  }),
});

const differing = (one: readonly string[], other: readonly string[]): number =>
  one.filter((verdict, index) => verdict !== other[index]).length;

describe('a shadowed flag', () => {
  test('changes no decision, no record and no question beside being off', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, fc.subarray([...SHADOW_FLAGS], { minLength: 1 }), async (world, shadow) => {
        const off = { ...FLAG_DEFAULTS, ...Object.fromEntries(shadow.map((flag) => [flag, false])) };
        const plain = await played(world, off);
        expect(plain.counts).toEqual({});
        expect({ ...(await played(world, off, shadow)), counts: {} }).toEqual(plain);
      }),
      { numRuns: 12, seed: 7 },
    );
  });
});

const ALONE: Flags = { ...FLAG_DEFAULTS, changeGate: false, opinionReuse: false, decidedVote: false };

describe.each(SHADOW_FLAGS)('%s as a shadow', (flag) => {
  /** Differences that the shadow counts, and that running with the flag on shows. */
  const compared = async (world: World) => {
    const shadowed = await played(world, ALONE, [flag]);
    const on = await played(world, { ...ALONE, [flag]: true });
    return {
      equal: shadowed.counts[`${flag} equal`] ?? 0,
      found: shadowed.counts[`${flag} different`] ?? 0,
      shown: differing(on.verdicts, shadowed.verdicts),
    };
  };

  test('agrees where the flag has no bug', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(anyWorld, async (world) => {
        const { equal, found, shown } = await compared(world);
        expect([found, shown]).toEqual([0, 0]);
        seen += equal;
      }),
      { numRuns: 5, seed: 7 },
    );
    expect(seen).toBeGreaterThan(100);
  });

  test('counts as many differences as running with it shows where it has one', async () => {
    planted.isOn = true;
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(anyWorld, async (world) => {
        const { found, shown } = await compared(world);
        expect(found).toBe(shown);
        seen += found;
      }),
      { numRuns: 5, seed: 7 },
    );
    expect(seen).toBeGreaterThan(20);
  });
});

test('a vote for which everyone is needed is no decision that a flag would have spared anything of', async () => {
  const world: World = {
    scripts: [0, 0, 0, 0.01].map((priceUsd, index) => ({ priceUsd, latencyMs: 10 + index })),
    scores: [[0.9, 0.9, 0.9, 0.9]],
  };
  const { counts } = await played(world, ALONE, ['decidedVote']);
  expect(counts).toEqual({ 'decidedVote equal': 2 * CYCLES_A_BAR });
  const needed = { ...world, scores: [[0.9, -0.9, 0.9, -0.9]] };
  expect((await played(needed, ALONE, ['decidedVote'])).counts).toEqual({});
});
