/** Places of those that have gone are given back once there are so many of them, and more than those that wait. */
const GONE_MAX = 1_024;

/** An array whose first is taken without moving the others. */
class Line<Item> {
  readonly items: Item[] = [];
  /** What lies before has gone. */
  head = 0;

  first(): Item | undefined {
    return this.items[this.head];
  }

  /** An empty line keeps nothing of those that have gone. */
  dropFirst(): void {
    this.head += 1;
    const isEmpty = this.head === this.items.length;
    if (!isEmpty && (this.head < GONE_MAX || this.head * 2 < this.items.length)) return;
    this.items.splice(0, this.head);
    this.head = 0;
  }
}

/** Those that wait for the same deadline, in the order in which they came. */
type Rank<Item> = { readonly deadlineAtMs: number; readonly waiting: Line<Item>; weight: number };

/**
 * Most urgent first, those of one deadline in order. Taking the first costs the same however many wait, and so does
 * adding one that is not more urgent than most; else it costs a look at each later deadline.
 */
export class UrgencyQueue<Item extends { readonly deadlineAtMs: number }> {
  readonly #ranks = new Line<Rank<Item>>();
  readonly #weightOf: (item: Item) => number;
  #size = 0;
  #weight = 0;

  constructor(weightOf: (item: Item) => number) {
    this.#weightOf = weightOf;
  }

  get size(): number {
    return this.#size;
  }

  first(): Item | undefined {
    return this.#ranks.first()?.waiting.first();
  }

  /** Behind all that are as urgent. */
  add(item: Item): void {
    const { items, head } = this.#ranks;
    const { deadlineAtMs } = item;
    let at = items.length;
    while (at > head && (items[at - 1] as Rank<Item>).deadlineAtMs > deadlineAtMs) at -= 1;
    let rank = at > head ? items[at - 1] : undefined;
    if (rank?.deadlineAtMs !== deadlineAtMs) {
      rank = { deadlineAtMs, waiting: new Line(), weight: 0 };
      items.splice(at, 0, rank);
    }
    rank.waiting.items.push(item);
    this.#count(rank, item, 1);
  }

  takeFirst(): Item | undefined {
    const rank = this.#ranks.first();
    const item = rank?.waiting.first();
    if (rank === undefined || item === undefined) return undefined;
    rank.waiting.dropFirst();
    this.#count(rank, item, -1);
    if (rank.waiting.first() === undefined) this.#ranks.dropFirst();
    return item;
  }

  /** Weight of all that would leave before one with this deadline. */
  weightAhead(deadlineAtMs: number): number {
    const { items, head } = this.#ranks;
    let weight = this.#weight;
    for (let at = items.length - 1; at >= head; at -= 1) {
      const rank = items[at] as Rank<Item>;
      if (rank.deadlineAtMs <= deadlineAtMs) break;
      weight -= rank.weight;
    }
    return weight;
  }

  #count(rank: Rank<Item>, item: Item, sign: 1 | -1): void {
    const weight = sign * this.#weightOf(item);
    rank.weight += weight;
    this.#weight += weight;
    this.#size += sign;
  }
}
