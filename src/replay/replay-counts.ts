import type { Decision } from '../core/decision.ts';
import type { LedgerEntry } from '../core/ledger.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import type { Side, SignalEnd } from '../core/signal.ts';
import type { AbstainReason, DecisionKind } from '../core/vote.ts';

/** What a replay came to. */
export type ReplayTotals = {
  readonly cycles: number;
  /** Standing decisions, once for each cycle and instrument. */
  readonly decisions: Readonly<Record<DecisionKind, number>>;
  readonly abstentions: Readonly<Partial<Record<AbstainReason, number>>>;
  readonly opened: Readonly<Record<Side, number>>;
  readonly ended: Readonly<Record<SignalEnd, number>>;
  readonly resolved: number;
  readonly unresolved: Readonly<Partial<Record<string, number>>>;
};

/** Counts along a replay. */
export class ReplayCounts {
  #cycles = 0;
  readonly #decisions = { BUY: 0, SELL: 0, HOLD: 0, ABSTAIN: 0 };
  readonly #abstentions: Partial<Record<AbstainReason, number>> = {};
  readonly #opened = { BUY: 0, SELL: 0 };
  readonly #ended = { flip: 0, target: 0, stop: 0, expiry: 0 };
  #resolved = 0;
  readonly #unresolved: Partial<Record<string, number>> = {};

  cycle(standing: readonly Decision[]): void {
    this.#cycles += 1;
    for (const { kind, reason } of standing) {
      this.#decisions[kind] += 1;
      if (reason !== null) this.#abstentions[reason] = (this.#abstentions[reason] ?? 0) + 1;
    }
  }

  entry(entry: LedgerEntry): void {
    if (entry.type === 'signal') {
      if (entry.body.event === 'opened') this.#opened[entry.body.signal.side] += 1;
      else this.#ended[entry.body.cause] += 1;
    } else if (entry.type === 'outcome') this.#outcome(entry.body);
  }

  totals(): ReplayTotals {
    return {
      cycles: this.#cycles,
      decisions: this.#decisions,
      abstentions: this.#abstentions,
      opened: this.#opened,
      ended: this.#ended,
      resolved: this.#resolved,
      unresolved: this.#unresolved,
    };
  }

  #outcome(outcome: SignalOutcome): void {
    if (outcome.kind === 'resolved') this.#resolved += 1;
    else this.#unresolved[outcome.reason] = (this.#unresolved[outcome.reason] ?? 0) + 1;
  }
}
