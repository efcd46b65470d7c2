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

/** Those that wait for the same deadline, in the order in which they came; a node of a tree ordered by deadline. */
type Rank<Item> = {
  readonly deadlineAtMs: number;
  /** No child stands higher than its parent: that keeps the tree flat, since heights are as good as drawn by lot. */
  readonly height: number;
  readonly waiting: Line<Item>;
  earlier: Rank<Item> | null;
  later: Rank<Item> | null;
  /** Of all in this rank and below it. */
  weight: number;
};

/**
 * Most urgent first, those of one deadline in order. Every step costs the logarithm of the number of different deadlines,
 * however many wait for each. A treap of our own, since the queue must tell the weight ahead of a deadline, which the heaps
 * on npm cannot.
 *
 * @see Seidel and Aragon, "Randomized search trees" (1996)
 */
export class UrgencyQueue<Item extends { readonly deadlineAtMs: number }> {
  readonly #weightOf: (item: Item) => number;
  #root: Rank<Item> | null = null;
  #size = 0;

  constructor(weightOf: (item: Item) => number) {
    this.#weightOf = weightOf;
  }

  get size(): number {
    return this.#size;
  }

  first(): Item | undefined {
    let rank = this.#root;
    while (rank !== null && rank.earlier !== null) rank = rank.earlier;
    return rank?.waiting.first();
  }

  /** Behind all that are as urgent. */
  add(item: Item): void {
    this.#root = added(this.#root, item, this.#weightOf(item));
    this.#size += 1;
  }

  takeFirst(): Item | undefined {
    const item = this.first();
    if (this.#root === null || item === undefined) return undefined;
    this.#root = withoutFirst(this.#root, this.#weightOf(item));
    this.#size -= 1;
    return item;
  }

  /** Weight of all that would leave before one with this deadline. */
  weightAhead(deadlineAtMs: number): number {
    let weight = 0;
    let rank = this.#root;
    while (rank !== null) {
      if (rank.deadlineAtMs > deadlineAtMs) rank = rank.earlier;
      else {
        weight += rank.weight - weightOf(rank.later);
        rank = rank.later;
      }
    }
    return weight;
  }
}

function added<Item extends { readonly deadlineAtMs: number }>(
  rank: Rank<Item> | null,
  item: Item,
  weight: number,
): Rank<Item> {
  const { deadlineAtMs } = item;
  if (rank === null) {
    const waiting = new Line<Item>();
    waiting.items.push(item);
    return { deadlineAtMs, height: heightOf(deadlineAtMs), waiting, earlier: null, later: null, weight };
  }
  rank.weight += weight;
  if (deadlineAtMs === rank.deadlineAtMs) {
    rank.waiting.items.push(item);
    return rank;
  }
  const side = deadlineAtMs < rank.deadlineAtMs ? 'earlier' : 'later';
  const child = added(rank[side], item, weight);
  rank[side] = child;
  return child.height > rank.height ? raised(rank, side) : rank;
}

/** The child takes its parent's place, and the order from left to right stays. */
function raised<Item>(parent: Rank<Item>, side: 'earlier' | 'later'): Rank<Item> {
  const child = parent[side] as Rank<Item>;
  const inner = side === 'earlier' ? 'later' : 'earlier';
  const parentWeight = parent.weight - child.weight + weightOf(child[inner]);
  child.weight = parent.weight;
  parent.weight = parentWeight;
  parent[side] = child[inner];
  child[inner] = parent;
  return child;
}

/** Nothing is earlier than the first, so what is later than it takes its place. */
function withoutFirst<Item>(rank: Rank<Item>, weight: number): Rank<Item> | null {
  rank.weight -= weight;
  if (rank.earlier !== null) {
    rank.earlier = withoutFirst(rank.earlier, weight);
    return rank;
  }
  rank.waiting.dropFirst();
  return rank.waiting.first() === undefined ? rank.later : rank;
}

function weightOf(rank: Rank<unknown> | null): number {
  return rank === null ? 0 : rank.weight;
}

/** Stirs the bits of a deadline until neighbours have nothing in common: the finalizer of MurmurHash3. */
function heightOf(deadlineAtMs: number): number {
  let bits = deadlineAtMs | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
