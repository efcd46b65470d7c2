import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readDocument } from '../../src/index.ts';
import { ddmin } from './ddmin.ts';
import { faultPlanOf, scenarioDocument, withFaultPlan } from './fault-plan.ts';
import { readScenario, type Scenario } from './scenario.ts';
import { shrinkScenario } from './shrink.ts';
import { simulate } from './simulate.ts';

const SWARM = readFileSync(join(import.meta.dirname, '../../scenarios/swarm.yaml'), 'utf8');

function scenarioOf(text: string, seed?: string): Scenario {
  const read = readScenario(text, { readBars: (name) => name, ...(seed === undefined ? {} : { seed }) });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.issues));
  return read.scenario;
}

function documentOf(text: string): Record<string, unknown> {
  const read = readDocument(text);
  return read.kind === 'ok' ? (read.document.value as Record<string, unknown>) : {};
}

describe('delta debugging', () => {
  test('leaves what it takes to fail and no single item more', async () => {
    const anyCase = fc
      .uniqueArray(fc.nat(60), { minLength: 1, maxLength: 40 })
      .chain((items) => fc.tuple(fc.constant(items), fc.subarray(items)));
    await fc.assert(
      fc.asyncProperty(anyCase, async ([items, needed]) => {
        const fails = async (some: readonly number[]) => needed.every((item) => some.includes(item));
        expect(await ddmin(items, fails, 10_000)).toEqual(items.filter((item) => needed.includes(item)));
      }),
    );
  });

  test('ends with what still fails when it has tried often enough', async () => {
    const items = Array.from({ length: 64 }, (_, index) => index);
    let tries = 0;
    const left = await ddmin(
      items,
      async (some) => {
        tries += 1;
        return some.includes(3) && some.includes(60);
      },
      5,
    );
    expect(tries).toBe(5);
    expect(left).toEqual(expect.arrayContaining([3, 60]));
  });
});

describe('a scenario', () => {
  test('is written with its fault plan so that it is read as the same', () => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const scenario = scenarioOf(SWARM, seed);
      const again = scenarioOf(stringify(scenarioDocument(documentOf(SWARM), scenario)));
      expect(faultPlanOf(again)).toEqual(faultPlanOf(scenario));
      expect(again).toMatchObject({ seed, days: scenario.days });
    }
  });

  test('without its faults is one in which nothing goes wrong', () => {
    const calm = withFaultPlan(scenarioOf(SWARM, 'a'), []);
    expect(faultPlanOf(calm)).toEqual([]);
    expect(calm.market).toBe(calm.calmMarket);
  });

  test('that violates something shrinks to the two liars it takes, at the time it takes', async () => {
    // Two providers that agree on a wrong price are believed where the others are silent: what no quorum can prevent.
    const scenario = scenarioOf(SWARM, 'planted');
    const startMs = scenario.startAtMs;
    const lie = { kind: 'priceFactor', factor: 1.3, fromMs: startMs } as const;
    const planted = withFaultPlan(scenario, [
      ...faultPlanOf(scenario),
      { befalls: 'provider', providerId: 'alpaca', fault: lie },
      { befalls: 'provider', providerId: 'massive', fault: lie },
    ]);
    const [first] = (await simulate(planted)).violations;
    expect(first?.invariant).toBe('impossiblePrice');
    if (first === undefined) return;
    const shrunk = await shrinkScenario(planted, first);
    expect(shrunk.faults.before).toBeGreaterThan(20);
    expect(faultPlanOf(shrunk.scenario)).toEqual([
      { befalls: 'provider', providerId: 'alpaca', fault: lie },
      { befalls: 'provider', providerId: 'massive', fault: lie },
    ]);
    expect(shrunk.scenario.days).toBeLessThan(0.05);
    const { violations } = await simulate(shrunk.scenario);
    expect(violations[0]?.invariant).toBe('impossiblePrice');
  });
});
