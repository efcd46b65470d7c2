import type { Clock, Http } from '../../src/index.ts';
import { criticalPathMs, type Exchange } from '../critical-path.ts';
import { Distribution } from './distribution.ts';

/** Of each cycle the slowest chain of answers it waited for, by the providers' own delays. */
export class CriticalPaths {
  readonly slowestMs = new Distribution();
  #exchanges: Exchange[] = [];
  #lastOverMs = Number.NEGATIVE_INFINITY;

  /** Passes exchanges on and notes what they took. */
  noted(http: Http, clock: Clock): Http {
    return {
      send: async (request, options) => {
        const startMs = clock.nowMs();
        const outcome = await http.send(request, options);
        const endMs = clock.nowMs();
        this.#exchanges.push({ startMs, endMs, serverMs: endMs - startMs });
        return outcome;
      },
      close: () => http.close(),
    };
  }

  /** A cycle is on record at `atMs`. What was sent before the last one was over is no part of it. */
  cycleOver(atMs: number): void {
    const own = this.#exchanges.filter(({ startMs }) => startMs > this.#lastOverMs);
    this.slowestMs.add(criticalPathMs(own, atMs));
    this.#exchanges = [];
    this.#lastOverMs = atMs;
  }
}
