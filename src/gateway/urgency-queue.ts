/** Those that wait for the same deadline, in the order in which they came; what lies before `head` has gone. */
type Rank<Item> = { readonly deadlineAtMs: number; readonly items: Item[]; head: number; weight: number };

/** Places of those that have gone are given back once there are so many of them, and more than those that wait. */
const GONE_MAX = 1_024;

/**
 * Most urgent first, those of one deadline in order. Taking the first costs the same however many wait; adding one costs
 * a search among the distinct deadlines, of which a caller that asks in rounds has few.
 */
export class UrgencyQueue<Item extends { readonly deadlineAtMs: number }> {
  readonly #ranks: Rank<Item>[] = [];
  readonly #weightOf: (item: Item) => number;
  #size = 0;

  constructor(weightOf: (item: Item) => number) {
    this.#weightOf = weightOf;
  }

  get size(): number {
    return this.#size;
  }

  first(): Item | undefined {
    const rank = this.#ranks[0];
    return rank?.items[rank.head];
  }

  /** Behind all that are as urgent. */
  add(item: Item): void {
    const at = this.#placeOf(item.deadlineAtMs);
    let rank = this.#ranks[at - 1];
    if (rank?.deadlineAtMs !== item.deadlineAtMs) {
      rank = { deadlineAtMs: item.deadlineAtMs, items: [], head: 0, weight: 0 };
      this.#ranks.splice(at, 0, rank);
    }
    rank.items.push(item);
    rank.weight += this.#weightOf(item);
    this.#size += 1;
  }

  takeFirst(): Item | undefined {
    const rank = this.#ranks[0];
    const item = rank?.items[rank.head];
    if (rank === undefined || item === undefined) return undefined;
    rank.head += 1;
    rank.weight -= this.#weightOf(item);
    this.#size -= 1;
    if (rank.head === rank.items.length) this.#ranks.shift();
    else if (rank.head >= GONE_MAX && rank.head * 2 >= rank.items.length) {
      rank.items.splice(0, rank.head);
      rank.head = 0;
    }
    return item;
  }

  /** Weight of all that would leave before one with this deadline. */
  weightAhead(deadlineAtMs: number): number {
    let weight = 0;
    for (const rank of this.#ranks) {
      if (rank.deadlineAtMs > deadlineAtMs) break;
      weight += rank.weight;
    }
    return weight;
  }

  /** How many ranks are at least as urgent. */
  #placeOf(deadlineAtMs: number): number {
    let low = 0;
    let high = this.#ranks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranks[middle] as Rank<Item>).deadlineAtMs <= deadlineAtMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
