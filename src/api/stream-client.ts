import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { LedgerEntry } from '../core/ledger.ts';
import { eventText, HEARTBEAT } from './stream-event.ts';

export type StreamClientOptions = {
  readonly response: ServerResponse;
  /** The last entry this client has. */
  readonly fromSeq: number;
  /** The next page of the ledger after `seq`, oldest first. */
  readonly readAfter: (seq: number) => Promise<readonly LedgerEntry[]>;
  /** Newest committed entry that was announced. */
  readonly newestSeq: () => number;
};

/**
 * One listener. It is either catching up from the ledger or live; whenever it cannot take a commit as it comes
 * (entries between, or its socket is full) it goes back to catching up, so no entry is queued for it in memory
 * beyond one page, none is left out and none is sent twice.
 */
export class StreamClient {
  readonly #options: StreamClientOptions;
  #mode: 'catchingUp' | 'live' | 'gone' = 'catchingUp';
  #sentSeq: number;
  #pendingWrites = 0;
  #flushedSinceBeat = false;

  constructor(options: StreamClientOptions) {
    this.#options = options;
    this.#sentSeq = options.fromSeq;
    options.response.once('close', () => {
      this.#mode = 'gone';
    });
    void this.#catchUp();
  }

  /** Bytes that were written and have not left. */
  get waitingBytes(): number {
    return this.#options.response.writableLength;
  }

  get live(): boolean {
    return this.#mode === 'live';
  }

  /** Takes a commit; `texts[i]` is the event of `entries[i]`, made once for all clients. */
  offer(entries: readonly LedgerEntry[], texts: readonly Buffer[]): void {
    const [first] = entries;
    if (this.#mode !== 'live' || first === undefined) return;
    const { response } = this.#options;
    response.cork();
    const taken = first.seq === this.#sentSeq + 1 && entries.every((entry, i) => this.#take(entry, texts[i]));
    response.uncork();
    if (taken) return;
    this.#mode = 'catchingUp';
    void this.#catchUp();
  }

  /** To be called at a steady pace. False: nothing that was written has left since the call before. */
  beat(): boolean {
    const stalled = this.#pendingWrites > 0 && !this.#flushedSinceBeat;
    this.#flushedSinceBeat = false;
    if (this.#pendingWrites === 0) this.#write(HEARTBEAT);
    return !stalled;
  }

  /** Ends the stream; what the client does not take at once is dropped, it will ask again. */
  end(): void {
    this.#mode = 'gone';
    const { response } = this.#options;
    if (this.#pendingWrites > 0) response.destroy();
    else response.end(() => response.destroy());
  }

  evict(): void {
    this.#mode = 'gone';
    this.#options.response.destroy();
  }

  async #catchUp(): Promise<void> {
    const { readAfter, newestSeq } = this.#options;
    try {
      while (this.#mode === 'catchingUp') {
        const newestBefore = newestSeq();
        const entries = await readAfter(this.#sentSeq);
        for (const entry of entries) {
          await this.#drained();
          if (this.#mode !== 'catchingUp') return;
          this.#take(entry, eventText(entry));
        }
        // Whatever is committed from here on is announced to a live client: nothing can fall between.
        if (entries.length === 0 && newestSeq() === newestBefore && this.#mode === 'catchingUp') {
          this.#mode = 'live';
        }
      }
    } catch {
      // The ledger refused. The client comes back with Last-Event-ID and misses nothing.
      this.evict();
    }
  }

  async #drained(): Promise<void> {
    const { response } = this.#options;
    if (!response.writableNeedDrain) return;
    const either = new AbortController();
    const heard = (event: string) => once(response, event, { signal: either.signal });
    await Promise.race([heard('drain'), heard('close')]);
    either.abort();
  }

  /** Writes one event unless the socket is full already; at most one event is then held beyond its high-water mark. */
  #take(entry: LedgerEntry, text: Buffer | string = ''): boolean {
    if (this.#options.response.writableNeedDrain) return false;
    this.#sentSeq = entry.seq;
    this.#write(text);
    return true;
  }

  #write(chunk: Buffer | string): void {
    if (chunk.length === 0) return;
    this.#pendingWrites += 1;
    this.#options.response.write(chunk, () => {
      this.#pendingWrites -= 1;
      this.#flushedSinceBeat = true;
    });
  }
}
