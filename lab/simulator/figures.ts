import type { AbstainReason, Decision, DecisionKind, LedgerEntry } from '../../src/index.ts';
import { Distribution } from './distribution.ts';

/** Counts over a run. */
export class Figures {
  readonly byKind: Record<DecisionKind, number> = { BUY: 0, SELL: 0, HOLD: 0, ABSTAIN: 0 };
  readonly abstainedBy: Partial<Record<AbstainReason, number>> = {};
  /** By source, then reason: how often it was left out when a symbol was weighed. */
  readonly leftOut: Record<string, Record<string, number>> = {};
  slots = 0;
  cycles = 0;
  made = 0;
  late = 0;
  signals = 0;
  /** Of each cycle, from the slot to the record. */
  readonly tookMs = new Distribution();
  readonly #lists = new Map<string, Decision['leftOut']>();

  /** What became durable in one transaction, at `atMs`. */
  recorded(entries: readonly LedgerEntry[], atMs: number, cycleMs: number): void {
    for (const entry of entries) {
      if (entry.type === 'signal' && entry.body.event === 'opened') this.signals += 1;
      if (entry.type !== 'cycle') continue;
      const { made, slotAtMs } = entry.body;
      const tookMs = atMs - slotAtMs;
      this.cycles += 1;
      this.made += made;
      if (tookMs > cycleMs) this.late += made;
      this.tookMs.add(tookMs);
    }
  }

  slotOver(shown: readonly Decision[]): void {
    this.slots += 1;
    for (const decision of shown) this.#stands(decision);
  }

  #stands({ instrumentId, kind, reason, leftOut }: Decision): void {
    this.byKind[kind] += 1;
    if (reason !== null) this.abstainedBy[reason] = (this.abstainedBy[reason] ?? 0) + 1;
    // A decision that was merely confirmed carries the very list of the one before.
    if (this.#lists.get(instrumentId) === leftOut) return;
    this.#lists.set(instrumentId, leftOut);
    for (const { sourceId, reason: why } of leftOut) {
      this.leftOut[sourceId] ??= {};
      const reasons = this.leftOut[sourceId];
      reasons[why] = (reasons[why] ?? 0) + 1;
    }
  }
}
