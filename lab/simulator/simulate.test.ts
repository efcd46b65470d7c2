import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SimulationReport } from './report.ts';
import { readScenario } from './scenario.ts';
import { simulate } from './simulate.ts';

const scenarioText = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../scenarios/${name}.yaml`), 'utf8');
const SHORT = scenarioText('short');
const QUARTER_DAYS = 15 / 1_440;

async function run(
  text: string,
  overrides: { seed?: string; days?: number } = {},
): Promise<SimulationReport> {
  const read = readScenario(text, { readBars: (name) => name, ...overrides });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.issues));
  return simulate(read.scenario);
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('the simulator', () => {
  test('gives the same events for the same scenario and seed, whatever the host says of time and chance', async () => {
    const once = await run(SHORT, { days: QUARTER_DAYS });
    vi.stubEnv('TZ', 'Asia/Kathmandu');
    let jumpMs = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => Date.UTC(2001, 8, 9) - 7_919 * jumpMs++);
    vi.spyOn(Math, 'random').mockReturnValue(0.123);
    const again = await run(SHORT, { days: QUARTER_DAYS });
    expect(again).toEqual(once);
    expect(once.cycles).toBe(180);
  });

  test('gives other events for another seed', async () => {
    const [one, other] = [
      await run(SHORT, { days: 1 / 1_440 }),
      await run(SHORT, { days: 1 / 1_440, seed: 'b' }),
    ];
    expect(other.eventLogSha256).not.toBe(one.eventLogSha256);
  });

  test('decides in every slot and stays inside the providers’ limits, in the hour after the bell', async () => {
    const report = await run(SHORT);
    expect(report).toMatchObject({
      cycles: 720,
      decisions: { due: 4_320, made: 4_320 },
      provider: { overLimit: 0 },
      availability: 1,
      errorRate: 0,
      violationCount: 0,
    });
    expect(report.decisions.byKind.BUY + report.decisions.byKind.SELL).toBeGreaterThan(0);
    expect(report.signals).toBeGreaterThan(0);
    expect(report.calls.total).toBe(report.provider.requests);
  });

  test('tells faults by what they cost: a dead source is left out, and the others decide', async () => {
    const text = SHORT.replace(
      'alpaca: { ',
      'alpaca: { faults: [{ kind: dead, fromMinute: 5, toMinute: 10 }], ',
    );
    const report = await run(text, { days: QUARTER_DAYS });
    expect(report).toMatchObject({ availability: 1, violationCount: 0 });
    expect(report.leftOut.alpaca?.connection).toBeGreaterThan(0);
  });

  test.each(['1', '2', '3', '4'])(
    'decides in every slot of a day with drawn faults in which its own machine works: seed %s',
    async (seed) => {
      const report = await run(scenarioText('swarm'), { seed: `swarm-${seed}` });
      expect(report.violations).toEqual([]);
      expect(report).toMatchObject({ provider: { overLimit: 0 } });
      expect(report.availability).toBeGreaterThan(0.85);
      expect(Object.keys(report.leftOut).length).toBeGreaterThan(1);
    },
  );

  test('ends when it is told to, with the figures of what was done', async () => {
    const read = readScenario(SHORT, { readBars: (name) => name });
    if (read.kind === 'invalid') throw new Error('invalid');
    const stop = new AbortController();
    const report = await simulate(read.scenario, { stop: stop.signal, onProgress: () => stop.abort() });
    expect(report).toMatchObject({ cycles: 500, violationCount: 0 });
  });
});
