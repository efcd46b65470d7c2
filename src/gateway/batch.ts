import type { Clock } from '../core/clock.ts';
import type { GatewayOptions } from '../core/gateway-options.ts';
import type { Endpoint, Reading } from '../core/source.ts';
import type { Flight } from './flight.ts';

type BatchOptions = Pick<GatewayOptions, 'batching' | 'batchWaitMs'>;
export type Carry = (endpoint: Endpoint, flights: readonly Flight[]) => void;

/**
 * Gathers flights to the same endpoint: those of one tick, or of the endpoint's or the gateway's `batchWaitMs`, travel together up to
 * the endpoint's maximum. A full batch leaves at once.
 */
export class Batcher {
  readonly #gathering = new Map<Endpoint, Flight[] | null>();
  readonly #clock: Clock;
  readonly #options: BatchOptions;
  readonly #carry: Carry;

  constructor(clock: Clock, options: BatchOptions, carry: Carry) {
    this.#clock = clock;
    this.#options = options;
    this.#carry = carry;
  }

  add(flight: Flight): void {
    const { endpoint } = flight.errand;
    if (!this.#options.batching || flight.alone || endpoint.batchMax <= 1) {
      this.#carry(endpoint, [flight]);
      return;
    }
    const gathering = this.#gathering.get(endpoint) ?? null;
    if (gathering === null) {
      this.#begin(endpoint, flight);
      return;
    }
    gathering.push(flight);
    if (gathering.length >= endpoint.batchMax) this.#release(endpoint, gathering);
  }

  #begin(endpoint: Endpoint, flight: Flight): void {
    const gathering = [flight];
    this.#gathering.set(endpoint, gathering);
    const release = (): void => this.#release(endpoint, gathering);
    const batchWaitMs = endpoint.batchWaitMs ?? this.#options.batchWaitMs;
    if (batchWaitMs === 0) void Promise.resolve().then(release);
    else this.#clock.at(this.#clock.nowMs() + batchWaitMs, release);
  }

  #release(endpoint: Endpoint, flights: readonly Flight[]): void {
    // A batch that filled up has left before its wake-up comes.
    if (this.#gathering.get(endpoint) !== flights) return;
    // Taken out, it would cost a smaller table and soon a larger one again.
    this.#gathering.set(endpoint, null);
    this.#carry(endpoint, flights);
  }
}

/**
 * True where the provider turned a whole batch away for what may be one bad symbol in it: then asking the halves apart
 * finds the culprit and answers the others.
 */
export function isPoisoned(readings: readonly Reading[]): boolean {
  return (
    readings.length > 1 &&
    readings.every(
      (reading) =>
        reading.kind === 'failed' &&
        (reading.failure.kind === 'badRequest' || reading.failure.kind === 'unknownSymbol'),
    )
  );
}

export function halves<T>(items: readonly T[]): [readonly T[], readonly T[]] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}
