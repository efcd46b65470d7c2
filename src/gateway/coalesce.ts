import type { Flight } from './flight.ts';

/** Questions of one source that have no answer yet: whoever asks the same joins the flight that is under way. */
export class Coalescer {
  readonly #flights = new Map<string, Flight>();

  /** The flight for this key, with the deadline of its most patient waiter; null when none is under way. */
  join(key: string, deadlineAtMs: number): Flight | null {
    const flight = this.#flights.get(key);
    if (flight === undefined) return null;
    if (deadlineAtMs > flight.deadlineAtMs) flight.deadlineAtMs = deadlineAtMs;
    return flight;
  }

  open(fresh: Pick<Flight, 'endpoint' | 'question' | 'key' | 'deadlineAtMs' | 'alone'>): Flight {
    const flight: Flight = { ...fresh, left: false, waiters: [] };
    this.#flights.set(flight.key, flight);
    return flight;
  }

  close(flight: Flight): void {
    this.#flights.delete(flight.key);
  }
}
