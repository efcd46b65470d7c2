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

/** When something must leave, and what goes first among those that must leave by then: the higher priority. */
export type Urgency = { readonly deadlineAtMs: number; readonly priority: number };

/** Those that are as urgent, in the order in which they came; a node of a tree ordered by urgency. */
type Rank<Item> = Urgency & {
  /** No child stands higher than its parent: that keeps the tree flat, since heights are as good as drawn by lot. */
  readonly height: number;
  readonly waiting: Line<Item>;
  before: Rank<Item> | null;
  after: Rank<Item> | null;
  /** Of all in this rank and below it. */
  weight: number;
};

/**
 * Most urgent first: by deadline, then by priority, then in order of arrival. Every step costs the logarithm of the number
 * of different urgencies, however many wait at each. A treap of our own, since the queue must tell the weight ahead of an
 * urgency, which the heaps on npm cannot.
 *
 * @see Seidel and Aragon, "Randomized search trees" (1996)
 */
export class UrgencyQueue<Item extends Urgency> {
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
    while (rank !== null && rank.before !== null) rank = rank.before;
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

  /** Weight of all that would leave before one that came now and is as urgent. */
  weightAhead(urgency: Urgency): number {
    let weight = 0;
    let rank = this.#root;
    while (rank !== null) {
      if (precedes(urgency, rank)) rank = rank.before;
      else {
        weight += rank.weight - weightOf(rank.after);
        rank = rank.after;
      }
    }
    return weight;
  }
}

function precedes(a: Urgency, b: Urgency): boolean {
  return a.deadlineAtMs === b.deadlineAtMs ? a.priority > b.priority : a.deadlineAtMs < b.deadlineAtMs;
}

function added<Item extends Urgency>(rank: Rank<Item> | null, item: Item, weight: number): Rank<Item> {
  if (rank === null) {
    const { deadlineAtMs, priority } = item;
    const waiting = new Line<Item>();
    waiting.items.push(item);
    const height = heightOf(item);
    return { deadlineAtMs, priority, height, waiting, before: null, after: null, weight };
  }
  rank.weight += weight;
  const isBefore = precedes(item, rank);
  if (!isBefore && !precedes(rank, item)) {
    rank.waiting.items.push(item);
    return rank;
  }
  const side = isBefore ? 'before' : 'after';
  const child = added(rank[side], item, weight);
  rank[side] = child;
  return child.height > rank.height ? raised(rank, side) : rank;
}

/** The child takes its parent's place, and the order from left to right stays. */
function raised<Item>(parent: Rank<Item>, side: 'before' | 'after'): Rank<Item> {
  const child = parent[side] as Rank<Item>;
  const inner = side === 'before' ? 'after' : 'before';
  const parentWeight = parent.weight - child.weight + weightOf(child[inner]);
  child.weight = parent.weight;
  parent.weight = parentWeight;
  parent[side] = child[inner];
  child[inner] = parent;
  return child;
}

/** Nothing goes before the first, so what comes after it takes its place. */
function withoutFirst<Item>(rank: Rank<Item>, weight: number): Rank<Item> | null {
  rank.weight -= weight;
  if (rank.before !== null) {
    rank.before = withoutFirst(rank.before, weight);
    return rank;
  }
  rank.waiting.dropFirst();
  return rank.waiting.first() === undefined ? rank.after : rank;
}

function weightOf(rank: Rank<unknown> | null): number {
  return rank === null ? 0 : rank.weight;
}

/** Steps of priority that heights tell apart: what lies closer may share one, which the order does not mind. */
const PRIORITY_STEPS = 2 ** 20;

/** Stirs the bits of an urgency until neighbours have nothing in common: the finalizer of MurmurHash3. */
function heightOf({ deadlineAtMs, priority }: Urgency): number {
  let bits = (deadlineAtMs ^ Math.imul(priority * PRIORITY_STEPS, 0x9e3779b1)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
