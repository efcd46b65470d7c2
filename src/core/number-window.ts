/** The newest `length` numbers of a series, oldest first. Adding one takes constant time and no memory of its own. */
export class NumberWindow {
  // Made at full length: a list that grows keeps up to twice the room it needs.
  readonly #ring: number[];
  #count = 0;
  /** Place of the oldest one once the window is full. */
  #start = 0;

  constructor(length: number) {
    this.#ring = Array.from({ length }, () => Number.NaN);
  }

  add(value: number): void {
    if (!this.isFull) {
      this.#ring[this.#count] = value;
      this.#count += 1;
      return;
    }
    this.#ring[this.#start] = value;
    this.#start = (this.#start + 1) % this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.#ring.length;
  }

  /** The one that leaves next; null while the window is not full. */
  get oldest(): number | null {
    return this.isFull ? (this.#ring[this.#start] ?? null) : null;
  }

  /** The one `back` before the newest. Throws RangeError where the window does not reach that far. */
  at(back: number): number {
    const value = this.#ring[(this.#start + this.#count - 1 - back) % this.#ring.length];
    if (value === undefined || back >= this.#count) throw new RangeError(`nothing is known ${back} back`);
    return value;
  }

  /** Of the numbers in order, from left to right: sums come out to the bit as over a list. */
  fold(step: (sum: number, value: number) => number, from: number): number {
    let sum = from;
    for (let at = this.#start; at < this.#count; at += 1) sum = step(sum, this.#ring[at] ?? 0);
    for (let at = 0; at < this.#start; at += 1) sum = step(sum, this.#ring[at] ?? 0);
    return sum;
  }

  get highest(): number {
    return this.fold(Math.max, Number.NEGATIVE_INFINITY);
  }

  get lowest(): number {
    return this.fold(Math.min, Number.POSITIVE_INFINITY);
  }

  /** NaN for an empty one. */
  get mean(): number {
    return this.fold((sum, value) => sum + value, 0) / this.#count;
  }
}
