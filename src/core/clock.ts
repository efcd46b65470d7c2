/** Time comes in from outside, so that a simulation runs the same code as a live service. */
export interface Clock {
  /** Unix ms, UTC. */
  nowMs(): number;
  /** Ms from an arbitrary start, never going back. For measuring. */
  elapsedMs(): number;
  /**
   * Resolves at `atMs` or at once when that has passed. Rejects never; a cancelled wait resolves early, and so does one
   * during which the clock was set back: no wait is longer than it was to be.
   */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once at `atMs`, or when that should have been had the clock not been set back; the returned function cancels. */
  at(atMs: number, run: () => void): () => void;
}
