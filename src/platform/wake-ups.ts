type WakeUp = { readonly atMs: number; readonly seq: number; run: () => void; cancelled: boolean };

const FORGOTTEN = (): void => {};

/** Due moments in order: by time, then by the order in which they were asked for. A binary heap. */
export class WakeUps {
  readonly #heap: WakeUp[] = [];
  #seq = 0;

  /** Remembers `run` for `atMs`; the returned function forgets it. */
  add(atMs: number, run: () => void): () => void {
    const wakeUp: WakeUp = { atMs, seq: this.#seq, run, cancelled: false };
    this.#seq += 1;
    this.#heap.push(wakeUp);
    this.#rise(this.#heap.length - 1);
    return () => {
      wakeUp.cancelled = true;
      // It may lie here for long yet: what it would have woken is let go at once.
      wakeUp.run = FORGOTTEN;
    };
  }

  /** When the next one is due (Unix ms); null when nothing waits. */
  nextAtMs(): number | null {
    this.#dropCancelled();
    return this.#heap[0]?.atMs ?? null;
  }

  /** Takes out the first one due at `nowMs` or before; null when none is. */
  takeDue(nowMs: number): { readonly atMs: number; readonly run: () => void } | null {
    this.#dropCancelled();
    const first = this.#heap[0];
    if (first === undefined || first.atMs > nowMs) return null;
    this.#takeFirst();
    return first;
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled === true) this.#takeFirst();
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && this.#isBefore(child, first)) first = child;
      }
      if (first === at) return;
      this.#swap(at, first);
      at = first;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#heap[a] as WakeUp;
    const other = this.#heap[b] as WakeUp;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.seq < other.seq);
  }

  #swap(a: number, b: number): void {
    const one = this.#heap[a] as WakeUp;
    this.#heap[a] = this.#heap[b] as WakeUp;
    this.#heap[b] = one;
  }
}
