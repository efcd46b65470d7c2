import type { Flight } from './flight.ts';

/** Questions of one source that have no answer yet: whoever asks the same joins the flight that is under way. */
export class Coalescer {
  // What a Map has outgrown lives until the next full collection, with all that it held: numbers here, not flights.
  readonly #places = new Map<string, number>();
  readonly #flights: (Flight | null)[] = [];
  readonly #freePlaces: number[] = [];

  /** The flight for this key, with the deadline of its most patient waiter; null when none is under way. */
  join(key: string, deadlineAtMs: number): Flight | null {
    const place = this.#places.get(key);
    const flight = place === undefined ? undefined : this.#flights[place];
    if (flight === undefined || flight === null) return null;
    if (deadlineAtMs > flight.deadlineAtMs) flight.deadlineAtMs = deadlineAtMs;
    return flight;
  }

  open(fresh: Pick<Flight, 'endpoint' | 'question' | 'key' | 'deadlineAtMs' | 'alone'>): Flight {
    const flight: Flight = { ...fresh, left: false, waiters: [] };
    const place = this.#freePlaces.pop() ?? this.#flights.length;
    this.#flights[place] = flight;
    this.#places.set(flight.key, place);
    return flight;
  }

  close({ key }: Flight): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#flights[place] = null;
    this.#freePlaces.push(place);
  }
}
