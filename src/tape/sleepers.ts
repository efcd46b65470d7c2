import type { Clock } from '../core/clock.ts';
import { sleepUntil } from '../platform/sleep.ts';

export type Sleeper = { readonly dueAtMs: number; readonly wake: () => void };

/** Who waits for which moment, in the order in which they began to: so a wake-up has a name that a replay finds again. */
export class Sleepers {
  readonly #byDue = new Map<number, Set<Sleeper>>();

  add(sleeper: Sleeper): void {
    const others = this.#byDue.get(sleeper.dueAtMs);
    if (others === undefined) this.#byDue.set(sleeper.dueAtMs, new Set([sleeper]));
    else others.add(sleeper);
  }

  remove(sleeper: Sleeper): void {
    const others = this.#byDue.get(sleeper.dueAtMs);
    if (others?.delete(sleeper) === true && others.size === 0) this.#byDue.delete(sleeper.dueAtMs);
  }

  /** Which of those of its moment it is, from 0; null where it waits no more. */
  nthOf(sleeper: Sleeper): number | null {
    let nth = 0;
    for (const other of this.#byDue.get(sleeper.dueAtMs) ?? []) {
      if (other === sleeper) return nth;
      nth += 1;
    }
    return null;
  }

  /** Takes the `nth` (from 0) of a moment out; null where there is none. */
  take(dueAtMs: number, nth: number): Sleeper | null {
    const found = [...(this.#byDue.get(dueAtMs) ?? [])][nth];
    if (found === undefined) return null;
    this.remove(found);
    return found;
  }

  /** Takes the first out; null where nobody waits. */
  takeFirst(): Sleeper | null {
    const dueAtMs = Math.min(...this.#byDue.keys());
    return this.take(dueAtMs, 0);
  }
}

/** A clock of the given hands. */
export function clockOf(hands: Pick<Clock, 'nowMs' | 'elapsedMs' | 'at'>): Clock {
  const clock: Clock = { ...hands, sleepUntil: (atMs, signal) => sleepUntil(clock, atMs, signal) };
  return clock;
}
