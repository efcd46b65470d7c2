import { Presets, SingleBar } from 'cli-progress';
import type { Output } from './output.ts';

export type Progress = { show(done: number, total: number): void; end(): void };

/** A bar with the time left on stderr; silent where no person watches. */
export function progressBar(what: string, output: Output | null): Progress {
  if (output === null || !output.isTerminal) return { show: () => {}, end: () => {} };
  const bar = new SingleBar(
    {
      format: `${what} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  let running = false;
  return {
    show(done, total) {
      if (!running) bar.start(total, done);
      running = true;
      bar.update(done);
    },
    end() {
      if (running) bar.stop();
      running = false;
    },
  };
}
