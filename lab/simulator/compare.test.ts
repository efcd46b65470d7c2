import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ablate, ablationSteps } from './ablate.ts';
import { comparisonCharts } from './charts.ts';
import { audited, type Comparison, compare } from './compare.ts';
import { comparePolicies, policySteps } from './policies.ts';
import { readScenario, type Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';
import { simulatedRows } from './target-rows.ts';
import { askingEveryone } from './variants.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../scenarios/short.yaml'), 'utf8');
const MINUTE_DAYS = 1 / 1_440;

function scenario(minutes: number): Scenario {
  const read = readScenario(TEXT, { days: minutes * MINUTE_DAYS, readBars: (name) => name });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.issues));
  return read.scenario;
}

describe('a comparison', () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await compare(scenario(3), { auditShare: 1 });
  });

  test('runs all three clients through every slot of the same world', () => {
    const { naive, historic, sextant } = comparison;
    for (const { report, hours } of [naive, historic, sextant]) {
      expect(report.decisions.made).toBe(3 * 12 * 6);
      expect(hours.reduce((sum, { calls }) => sum + calls, 0)).toBe(report.calls.total);
    }
    expect(naive.report.calls.total).toBeGreaterThan(5 * sextant.report.calls.total);
    expect(naive.report.cache.hitRate).toBeLessThan(sextant.report.cache.hitRate ?? 0);
  });

  test('leaves the run it judges as it is without a judge', async () => {
    expect((await simulate(scenario(3))).eventLogSha256).toBe(comparison.sextant.report.eventLogSha256);
  });

  test('audits every decision of an open market, and names a cause for every difference', () => {
    const { agreement } = comparison.sextant;
    expect(agreement.audited).toBe(3 * 12 * 6);
    const differences = comparison.causes.reduce((sum, { count }) => sum + count, 0);
    expect(differences).toBe(agreement.audited - agreement.equal);
  });

  test('has a row of the targets for each figure, with its judge', () => {
    const rows = simulatedRows(comparison);
    expect(new Set(rows.map(({ figure }) => figure)).size).toBe(rows.length);
    expect(rows.find(({ figure }) => figure === 'requests above a limit')).toMatchObject({
      judge: 'simulator',
      sextant: '0',
      reached: true,
    });
    expect(rows.find(({ figure }) => figure.startsWith('recovery'))?.reached).toBeNull();
  });

  test('draws charts that say what kind of prices they show', () => {
    for (const { svg } of comparisonCharts(comparison, 'SIMULATED (seed short)')) {
      expect(svg).toMatch(/^<svg[\s\S]*SIMULATED \(seed short\)[\s\S]*<\/svg>$/);
    }
  });
});

test('the judge agrees with itself: one that asks everyone afresh is equal to asking everyone afresh', async () => {
  const { agreement } = await audited('asking', askingEveryone(scenario(2)), { auditShare: 1 });
  expect(agreement).toMatchObject({ audited: 2 * 12 * 6, rate: 1 });
});

test('a share of the hours is audited where a share is asked for', async () => {
  const { agreement } = await audited('none', scenario(1), { auditShare: 0 });
  expect(agreement).toMatchObject({ audited: 0, rate: null, ci95: null, auditedShare: 0 });
});

test('an ablation has every improvement taken away once and alone once, between the two ends', () => {
  const world = scenario(1);
  const flags = Object.keys(world.config.flags);
  const steps = ablationSteps(world);
  expect(steps.length).toBe(2 + 2 * flags.length);
  for (const { set, flag, variant } of steps) {
    const on = Object.entries(variant.config.flags).filter(([, isOn]) => isOn);
    const wanted = { on: flags.length, 'on but for': flags.length - 1, off: 0, 'off but for': 1 }[set];
    expect(on.length).toBe(wanted);
    if (flag !== null) expect(variant.config.flags[flag]).toBe(set === 'off but for');
  }
});

test('an ablation says how many decisions each run changes', async () => {
  const runs = await ablate(scenario(1), { auditShare: 1 });
  expect(runs[0]).toMatchObject({ set: 'on', changedShare: 0 });
  for (const { changedShare } of runs) expect(changedShare).not.toBeNull();
});

test('policies are compared in one world, each in every mode, and by the age of opinions', async () => {
  const steps = policySteps(scenario(1));
  const runs = await comparePolicies(scenario(1), { auditShare: 1 });
  expect(runs.map(({ name }) => name)).toEqual(steps.map(({ name }) => name));
  expect(new Set(runs.map(({ agreement }) => agreement.audited))).toEqual(new Set([72]));
  expect(runs.at(-1)?.agreement.rate).toBe(1);
  const ttls = steps.map(({ variant }) => variant.config.sources.find(({ id }) => id === 'xai')?.ttlMs);
  expect(new Set(ttls).size).toBe(6);
});
