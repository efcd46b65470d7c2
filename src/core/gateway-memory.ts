/** Weight counted at one moment (Unix ms). */
export type Counted = { readonly atMs: number; readonly weight: number };

/** What one of a provider's long windows may have counted. */
export type WindowMemory = {
  readonly windowMs: number;
  readonly counting: 'fixed' | 'sliding';
  /** Oldest first. */
  readonly counted: readonly Counted[];
};

/** How far the allowance of a long window is spent in the time over which it is spread. */
export type PaceMemory = {
  readonly windowMs: number;
  /** Beginning of that time (Unix ms). */
  readonly fromMs: number;
  readonly used: number;
  /** Of `used`: what went before its turn. */
  readonly ahead: number;
  /** When the next request is due (Unix ms). */
  readonly dueAtMs: number;
};

/** What was spent in the UTC day and month that began at the given moments; requests under way count as reserved. */
export type SpentMemory = {
  readonly dayAtMs: number;
  readonly callsToday: number;
  readonly usdToday: number;
  readonly monthAtMs: number;
  readonly callsThisMonth: number;
  readonly usdThisMonth: number;
  /** The dearest call so far, in USD. */
  readonly largestBillUsd: number;
};

/** What must outlive the process of one source, so that a restart cannot cross a limit or a budget. */
export type SourceMemory = {
  readonly notedAtMs: number;
  /** The provider asked for silence until then (Unix ms); 0 where it did not. */
  readonly pausedUntilMs: number;
  readonly windows: readonly WindowMemory[];
  readonly paces: readonly PaceMemory[];
  readonly spent: SpentMemory | null;
};

/** By source id. */
export type SourceMemories = Readonly<Record<string, SourceMemory>>;

export type MemoryFound =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly memories: SourceMemories }
  /** Something is there, but what it says is not known. */
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Where the gateway writes down what must outlive its process. */
export interface GatewayMemory {
  load(): MemoryFound;
  /** Durable when it returns null; else why it could not be written, and what was there before still is. */
  save(memories: SourceMemories): string | null;
}
