import { describe, expect, test } from 'vitest';
import { readScenario } from '../lab/simulator/scenario.ts';
import { simulate } from '../lab/simulator/simulate.ts';
import { planConfigured } from '../src/main.ts';

/**
 * The providers of a simulated trading day count what a plan said they would. The day begins with a cold start, which no
 * plan holds: then analyst and market ask for bars of their own, which makes a call more for a symbol.
 */

const scenario = (profile: string, providers: string): string => `
title: a Thursday on the profile ${profile}
seed: plan
start: 2026-01-15T00:00:00Z
days: 1
profile: ${profile}
cycleMs: 60000
market: generated
providers: ${providers}
`;

describe.each([
  {
    profile: 'reference',
    providers:
      '{ massive: { plan: advanced }, alpha-vantage: { plan: premium75 }, perplexity: { plan: tier3 } }',
  },
  { profile: 'free', providers: '{ twelve-data: { plan: free }, alpha-vantage: { plan: free } }' },
])('a day on the profile $profile', ({ profile, providers }) => {
  test('asks every source at least as often as the plan’s least, and at most as its most', async () => {
    const read = readScenario(scenario(profile, providers), { readBars: (name) => name });
    if (read.kind === 'invalid') throw new Error(JSON.stringify(read.issues));
    const plan = planConfigured(read.scenario.config, { year: 2026, month: 1 });
    const report = await simulate(read.scenario);
    for (const { sourceId, calls } of plan.sources) {
      const counted = report.calls.bySource[sourceId] ?? 0;
      expect(counted, sourceId).toBeGreaterThanOrEqual(calls.perDay.least);
      expect(counted, sourceId).toBeLessThanOrEqual(calls.perDay.most + read.scenario.config.symbols.length);
    }
  });
});
