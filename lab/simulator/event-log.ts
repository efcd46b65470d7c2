import { createHash } from 'node:crypto';
import type { Decision, LedgerEntry } from '../../src/index.ts';
import type { Arrival } from '../emulators/core/provider-count.ts';

/**
 * What happened, in order, as one SHA-256: every request as its provider counted it, every entry of the record, and what
 * stood for each symbol at the end of each slot. Equal runs have equal digests.
 */
export class EventLog {
  readonly #hash = createHash('sha256');
  #lines = '';

  arrival(providerId: string, { atMs, route, weight, status, overLimit }: Arrival): void {
    this.#lines += `arrival ${providerId} ${atMs} ${route} ${weight} ${status} ${overLimit}\n`;
  }

  recorded(entries: readonly LedgerEntry[]): void {
    for (const { seq, hash } of entries) this.#lines += `entry ${seq} ${hash}\n`;
  }

  slotOver(slotAtMs: number, decisions: readonly Decision[]): void {
    this.#lines += `slot ${slotAtMs}\n`;
    for (const { instrumentId, cycle, kind, reason, score, price } of decisions) {
      this.#lines += `decision ${instrumentId} ${cycle} ${kind} ${reason} ${score} ${price?.price} ${price?.asOfMs}\n`;
    }
    this.#hash.update(this.#lines);
    this.#lines = '';
  }

  /** Ends the log. */
  digest(): string {
    return this.#hash.update(this.#lines).digest('hex');
  }
}
