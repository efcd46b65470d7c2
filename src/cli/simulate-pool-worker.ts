import { parentPort, workerData } from 'node:worker_threads';
import { simulate } from '../../lab/simulator/simulate.ts';
import { scenarioOf } from './simulate.ts';
import type { PoolScenario } from './simulate-pool.ts';

// The thread of a pool: told a seed, it runs the scenario under it and tells the report. A rejection ends the thread.
const { file, days } = workerData as PoolScenario;

async function run(seed: string): Promise<void> {
  const report = await simulate(scenarioOf(file, { seed, ...(days === undefined ? {} : { days }) }));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(report);
}

parentPort?.on('message', (seed: string) => void run(seed));
