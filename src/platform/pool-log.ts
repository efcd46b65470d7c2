import type { HttpPhase, PhaseFigures, PoolFigures } from '../core/http-pools.ts';

const OBSERVATIONS_KEPT = 512;

/** The newest durations of one phase, in ms. */
class PhaseLog {
  readonly #newestMs = new Float32Array(OBSERVATIONS_KEPT);
  #count = 0;

  add(ms: number): void {
    this.#newestMs[this.#count % OBSERVATIONS_KEPT] = ms;
    this.#count += 1;
  }

  figures(): PhaseFigures {
    const sorted = this.#newestMs.slice(0, Math.min(this.#count, OBSERVATIONS_KEPT)).sort();
    const percentileMs = (share: number): number | null =>
      sorted[Math.ceil(share * sorted.length) - 1] ?? null;
    return { count: this.#count, p50Ms: percentileMs(0.5), p99Ms: percentileMs(0.99) };
  }
}

/** What became of one origin's connections and requests since start. */
export class PoolLog {
  readonly #phases: Readonly<Record<HttpPhase, PhaseLog>> = {
    queue: new PhaseLog(),
    connect: new PhaseLog(),
    headers: new PhaseLog(),
    body: new PhaseLog(),
  };
  readonly #onPhase: (phase: HttpPhase, ms: number) => void;
  #opened = 0;
  #connectFailures = 0;
  #closed = 0;
  #sent = 0;

  constructor(onPhase: (phase: HttpPhase, ms: number) => void) {
    this.#onPhase = onPhase;
  }

  took(phase: HttpPhase, ms: number): void {
    this.#phases[phase].add(ms);
    this.#onPhase(phase, ms);
  }

  opened(): void {
    this.#opened += 1;
  }

  failedToOpen(): void {
    this.#connectFailures += 1;
  }

  closed(): void {
    this.#closed += 1;
  }

  sent(): void {
    this.#sent += 1;
  }

  figures(): Omit<PoolFigures, 'origin' | 'open' | 'free' | 'queued' | 'running'> {
    return {
      opened: this.#opened,
      connectFailures: this.#connectFailures,
      closed: this.#closed,
      sent: this.#sent,
      // A connection is opened for a request, which then is the first on it.
      reused: Math.max(0, this.#sent - this.#opened),
      phases: {
        queue: this.#phases.queue.figures(),
        connect: this.#phases.connect.figures(),
        headers: this.#phases.headers.figures(),
        body: this.#phases.body.figures(),
      },
    };
  }
}
