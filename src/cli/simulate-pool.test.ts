import { expect, it } from 'vitest';
import { simulate } from '../../lab/simulator/simulate.ts';
import { scenarioOf } from './simulate.ts';
import { simulateSeeds } from './simulate-pool.ts';

const FILE = 'scenarios/swarm.yaml';
const days = 0.1;
const seeds = ['pool-1', 'pool-2', 'pool-3', 'pool-4', 'pool-5'];

it('gives the reports of one thread, in the order of the seeds', async () => {
  const told: string[] = [];
  const reports = await simulateSeeds(
    { file: FILE, days },
    {
      seeds,
      threads: 2,
      stop: new AbortController().signal,
      onReport: ({ seed }, done) => told.push(`${done} ${seed}`),
    },
  );
  const alone = [];
  for (const seed of seeds) alone.push(await simulate(scenarioOf(FILE, { seed, days })));
  expect(reports).toEqual(alone);
  expect(told.map((text) => text[0])).toEqual(['1', '2', '3', '4', '5']);
  expect(told.map((text) => text.slice(2)).sort()).toEqual(seeds);
});

it('is ended at once, with the reports up to the first that is missing', async () => {
  const stop = new AbortController();
  const reports = await simulateSeeds(
    { file: FILE },
    { seeds, threads: 2, stop: stop.signal, onReport: () => stop.abort() },
  );
  expect(reports.length).toBeLessThan(seeds.length);
  expect(reports.map(({ seed }) => seed)).toEqual(seeds.slice(0, reports.length));
});

it('rejects where a run does', async () => {
  const run = simulateSeeds(
    { file: 'scenarios/none.yaml' },
    { seeds, threads: 1, stop: new AbortController().signal, onReport: () => {} },
  );
  await expect(run).rejects.toThrow('there is no scenario');
});
