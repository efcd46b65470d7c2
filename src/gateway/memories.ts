import type { GatewayMemory, SourceMemory } from '../core/gateway-memory.ts';

/** Longer than any month: what was noted before says nothing of now. */
const KEPT_MS = 32 * 86_400_000;

export type Recalled =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly memory: SourceMemory }
  /** There was something, and it cannot be read. */
  | { readonly kind: 'lost' };

/** What all sources of one gateway wrote down; a source that is not configured now is not forgotten. */
export class Memories {
  readonly #port: GatewayMemory;
  readonly #known: Map<string, SourceMemory>;
  readonly #isLost: boolean;

  constructor(port: GatewayMemory, nowMs: number) {
    const found = port.load();
    const entries = found.kind === 'found' ? Object.entries(found.memories) : [];
    this.#port = port;
    this.#isLost = found.kind === 'unreadable';
    this.#known = new Map(entries.filter(([, { notedAtMs }]) => notedAtMs > nowMs - KEPT_MS));
  }

  of(sourceId: string): Recalled {
    if (this.#isLost) return { kind: 'lost' };
    const memory = this.#known.get(sourceId);
    return memory === undefined ? { kind: 'none' } : { kind: 'known', memory };
  }

  /** Null when it is durable, else why it is not. */
  write(sourceId: string, memory: SourceMemory): string | null {
    this.#known.set(sourceId, memory);
    return this.#port.save(Object.fromEntries(this.#known));
  }
}
