/** How often each whole value was seen: exact percentiles of a run of any length in the memory of its distinct values. */
export class Distribution {
  readonly #counts = new Map<number, number>();
  #size = 0;

  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    this.#size += 1;
  }

  /** The value below or at which this share (0..1) of all lies (nearest rank); null before the first. */
  at(share: number): number | null {
    let left = Math.max(1, Math.ceil(share * this.#size));
    for (const [value, count] of this.entries()) {
      left -= count;
      if (left <= 0) return value;
    }
    return null;
  }

  /** Values with their counts, least first. */
  entries(): readonly (readonly [value: number, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}
