import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenario, type Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';
import { configured } from './variants.ts';

const SHORT = readFileSync(join(import.meta.dirname, '../../scenarios/short.yaml'), 'utf8');
const SIX_MINUTES_DAYS = 6 / 1_440;

/** With providers, limits and latencies as in the evidence. */
function scenario(): Scenario {
  const read = readScenario(SHORT, { readBars: (name) => name, days: SIX_MINUTES_DAYS });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.issues));
  return read.scenario;
}

test.each([['changeGate'], ['decidedVote'], ['opinionReuse']] as const)(
  '%s as a shadow leaves every request, bill and decision as they are without it',
  async (flag) => {
    const world = scenario();
    const off = configured(world, { flags: { ...world.config.flags, [flag]: false } });
    const { eventLogSha256: _off, ...plain } = await simulate(off);
    const { eventLogSha256: _shadow, ...shadowed } = await simulate(configured(off, { shadow: [flag] }));
    expect(shadowed).toEqual(plain);
    expect(plain.provider.requests).toBeGreaterThan(50);
  },
);
