/** Expiries fall into slots of this length, so that one timer serves every exchange that ends in the same slot. */
const SLOT_MS = 8;

/** Anything that must end by a moment. */
export type Expiring = { expire(): void };

/**
 * Timeouts in real time for many short exchanges, without a timer for each: at most `SLOT_MS` late, never early.
 */
export class Expiries {
  readonly #slots = new Map<number, Set<Expiring>>();
  #timer: NodeJS.Timeout | null = null;
  #timerSlot = Number.POSITIVE_INFINITY;

  /** Calls `expire` in `afterMs` unless the returned function is called before. */
  add(expiring: Expiring, afterMs: number): () => void {
    const slot = Math.ceil((performance.now() + Math.max(0, afterMs)) / SLOT_MS);
    let members = this.#slots.get(slot);
    if (members === undefined) {
      members = new Set();
      this.#slots.set(slot, members);
    }
    members.add(expiring);
    if (slot < this.#timerSlot) this.#arm(slot);
    const own = members;
    return () => {
      own.delete(expiring);
      if (own.size === 0) this.#slots.delete(slot);
    };
  }

  #arm(slot: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerSlot = slot;
    this.#timer = setTimeout(this.#due, Math.max(0, Math.ceil(slot * SLOT_MS - performance.now())));
    this.#timer.unref();
  }

  // An answer that already lies in the socket came in time, even when this process was too busy to read it: one turn
  // of the event loop lets it in before anything expires.
  readonly #due = (): void => {
    setImmediate(this.#expireDue);
  };

  readonly #expireDue = (): void => {
    this.#timer = null;
    this.#timerSlot = Number.POSITIVE_INFINITY;
    const dueSlot = Math.floor(performance.now() / SLOT_MS);
    for (const [slot, members] of this.#slots) {
      if (slot > dueSlot) continue;
      this.#slots.delete(slot);
      for (const expiring of members) expiring.expire();
    }
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots.keys()) next = Math.min(next, slot);
    if (next < this.#timerSlot) this.#arm(next);
  };
}
