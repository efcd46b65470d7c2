/** Time comes in from outside, so that a simulation runs the same code as a live service. */
export interface Clock {
  /** Unix ms, UTC. */
  nowMs(): number;
  /** Ms from an arbitrary start, never going back. For measuring. */
  elapsedMs(): number;
  /** Resolves at `atMs` or at once when that has passed. Rejects never; a cancelled wait resolves early. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once at `atMs`; the returned function cancels. */
  at(atMs: number, run: () => void): () => void;
}
