import type { Ask } from '../core/answer.ts';
import type { Flight } from './flight.ts';

type Urgency = Pick<Ask, 'deadlineAtMs' | 'priority' | 'isPatient'>;

/** Questions of one source that have no answer yet: whoever asks the same joins the flight that is under way. */
export class Coalescer {
  // What a Map has outgrown lives until the next full collection, with all that it held: numbers here, not flights.
  readonly #places = new Map<string, number>();
  readonly #flights: (Flight | null)[] = [];
  readonly #freePlaces: number[] = [];

  /** Questions under way. */
  get size(): number {
    return this.#places.size;
  }

  /** The flight for this key, with the latest deadline and the highest priority of its waiters; null when none is under way. */
  join(key: string, { deadlineAtMs, priority = 0, isPatient = false }: Urgency): Flight | null {
    const place = this.#places.get(key);
    const flight = place === undefined ? undefined : this.#flights[place];
    if (flight === undefined || flight === null) return null;
    if (deadlineAtMs > flight.deadlineAtMs) flight.deadlineAtMs = deadlineAtMs;
    if (priority > flight.priority) flight.priority = priority;
    if (!isPatient) flight.isPatient = false;
    return flight;
  }

  open(
    fresh: Pick<Flight, 'endpoint' | 'question' | 'key' | 'alone' | 'held'>,
    { deadlineAtMs, priority = 0, isPatient = false }: Urgency,
  ): Flight {
    const flight: Flight = { ...fresh, deadlineAtMs, priority, isPatient, left: false, waiters: [] };
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
