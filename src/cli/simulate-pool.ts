import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SimulationReport } from '../../lab/simulator/report.ts';

/** What is run under every seed. */
export type PoolScenario = { readonly file: string; readonly days?: number };

export type PoolOptions = {
  readonly seeds: readonly string[];
  /** Ends the runs under way: the reports are those of the seeds before the first that was not finished. */
  readonly stop: AbortSignal;
  /** Told of each report as it comes, in no order. */
  readonly onReport: (report: SimulationReport, done: number) => void;
  /** Threads; as many as the machine runs at once when left out. */
  readonly threads?: number;
};

/** Most of what a run makes is answers that are soon read: with room for them, a tenth less time goes to collecting. */
const resourceLimits = { maxYoungGenerationSizeMb: 96 };

/**
 * Runs a scenario under many seeds, one thread for each core: the reports in the order of the seeds. A run shares
 * nothing with another, so that the threads do not show in the reports. Rejects where a run does.
 */
export async function simulateSeeds(
  scenario: PoolScenario,
  options: PoolOptions,
): Promise<readonly SimulationReport[]> {
  const { seeds, stop, onReport, threads = availableParallelism() } = options;
  const reports = new Map<number, SimulationReport>();
  let next = 0;
  const drain = async (): Promise<void> => {
    const worker = new Worker(workerFile(), { workerData: scenario, resourceLimits });
    const end = (): void => void worker.terminate();
    stop.addEventListener('abort', end, { once: true });
    try {
      for (let index = next++; index < seeds.length && !stop.aborted; index = next++) {
        const report = await reportOf(worker, seeds[index] as string);
        if (report === null) return;
        reports.set(index, report);
        onReport(report, reports.size);
      }
    } finally {
      stop.removeEventListener('abort', end);
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, seeds.length) }, drain));
  const done = seeds.map((_, index) => reports.get(index));
  const gap = done.indexOf(undefined);
  return done.slice(0, gap < 0 ? done.length : gap) as readonly SimulationReport[];
}

/** Null where the thread was ended. */
function reportOf(worker: Worker, seed: string): Promise<SimulationReport | null> {
  const { promise, resolve, reject } = Promise.withResolvers<SimulationReport | null>();
  const onExit = (): void => resolve(null);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', onExit);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  worker.postMessage(seed);
  return promise.finally(() => {
    worker.off('message', resolve);
    worker.off('error', reject);
    worker.off('exit', onExit);
  });
}

/** A checkout runs its sources as they are, an installed package what was built of them. */
function workerFile(): URL {
  return new URL(`./simulate-pool-worker${extname(import.meta.filename)}`, import.meta.url);
}
