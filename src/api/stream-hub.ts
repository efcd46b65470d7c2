import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { ComponentSize } from '../core/component-size.ts';
import type { Ledger } from '../core/ledger.ts';
import type { LiveView } from '../core/live.ts';
import { StreamClient } from './stream-client.ts';
import { eventText } from './stream-event.ts';

export type StreamLimits = {
  readonly clientsMax: number;
  /** Heartbeats; a client that takes nothing between two of them while something waits for it is evicted. */
  readonly beatMs: number;
  /** Ledger entries read at a time for one client that catches up. */
  readonly pageEntries: number;
};

export const STREAM_LIMITS: StreamLimits = { clientsMax: 1_000, beatMs: 10_000, pageEntries: 100 };

export type StreamStats = { readonly clients: number; readonly evicted: number };

/** All listeners of `/stream`. Only what the engine announces as committed, and what the ledger holds, is ever sent. */
export class StreamHub {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #limits: StreamLimits;
  readonly #clients = new Set<StreamClient>();
  readonly #unsubscribe: () => void;
  #cancelBeat: () => void = () => undefined;
  #newestSeq = 0;
  #evicted = 0;

  /** `clock` is real time whatever clock the engine runs on: it measures the patience with clients. */
  constructor(ledger: Ledger, live: LiveView, clock: Clock, limits: StreamLimits) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#limits = limits;
    this.#unsubscribe = live.onCommitted((entries) => {
      this.#newestSeq = entries.at(-1)?.seq ?? this.#newestSeq;
      const listening = [...this.#clients].filter((client) => client.live);
      if (listening.length === 0) return;
      const texts = entries.map((entry) => Buffer.from(eventText(entry)));
      for (const client of listening) client.offer(entries, texts);
    });
    this.#scheduleBeat();
  }

  get full(): boolean {
    return this.#clients.size >= this.#limits.clientsMax;
  }

  stats(): StreamStats {
    return { clients: this.#clients.size, evicted: this.#evicted };
  }

  /** Listeners, and what waits for those that are slow. */
  size(): ComponentSize {
    let bytes = 0;
    for (const client of this.#clients) bytes += client.waitingBytes;
    return { component: 'streams', entries: this.#clients.size, bytes };
  }

  /** Adds a listener that has everything up to `fromSeq`. */
  add(response: ServerResponse, fromSeq: number): void {
    const client = new StreamClient({
      response,
      fromSeq,
      readAfter: (seq) => this.#ledger.entriesAfter(seq, this.#limits.pageEntries),
      newestSeq: () => this.#newestSeq,
    });
    this.#clients.add(client);
    response.once('close', () => this.#clients.delete(client));
  }

  close(): void {
    this.#unsubscribe();
    this.#cancelBeat();
    for (const client of this.#clients) client.end();
    this.#clients.clear();
  }

  #scheduleBeat(): void {
    this.#cancelBeat = this.#clock.at(this.#clock.nowMs() + this.#limits.beatMs, () => {
      for (const client of this.#clients) {
        if (client.beat()) continue;
        this.#evicted += 1;
        client.evict();
        this.#clients.delete(client);
      }
      this.#scheduleBeat();
    });
  }
}
