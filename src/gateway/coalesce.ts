import type { Ask } from '../core/answer.ts';
import type { Errand } from './errands.ts';
import type { Flight } from './flight.ts';

/** Questions of one source that have no answer yet: whoever asks the same joins the flight that is under way. */
export class Coalescer {
  #size = 0;

  /** Questions under way. */
  get size(): number {
    return this.#size;
  }

  /** The flight for this key, with the latest deadline and the highest priority of its waiters; null when none is under way. */
  join(
    errand: Errand,
    key: string,
    { deadlineAtMs, priority = 0, isPatient = false }: Pick<Ask, 'deadlineAtMs' | 'priority' | 'isPatient'>,
  ): Flight | null {
    let flight = errand.newest;
    while (flight !== null && flight.key !== key) flight = flight.older;
    if (flight === null) return null;
    if (deadlineAtMs > flight.deadlineAtMs) flight.deadlineAtMs = deadlineAtMs;
    if (priority > flight.priority) flight.priority = priority;
    if (!isPatient) flight.isPatient = false;
    return flight;
  }

  open(flight: Flight): void {
    const { errand } = flight;
    flight.older = errand.newest;
    errand.newest = flight;
    this.#size += 1;
  }

  close(flight: Flight): void {
    const { errand } = flight;
    if (errand.newest === flight) errand.newest = flight.older;
    else {
      let newer = errand.newest;
      while (newer !== null && newer.older !== flight) newer = newer.older;
      if (newer === null) return;
      newer.older = flight.older;
    }
    this.#size -= 1;
  }
}
