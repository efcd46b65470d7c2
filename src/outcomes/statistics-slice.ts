import type { UnresolvedReason } from '../core/outcome.ts';
import type { SignalEnd } from '../core/signal.ts';
import type { Rate, SliceStatistics } from '../core/track-record.ts';
import type { ScoredResult } from './statistics-scored.ts';
import { MeanTally, rateOf } from './statistics-tally.ts';

const CAUSES = ['flip', 'target', 'stop', 'expiry'] as const satisfies readonly SignalEnd[];
const REASONS = ['gap', 'halt', 'split', 'noBars'] as const satisfies readonly UnresolvedReason[];

/** The outcomes of one slice, counted as they come; their order makes no difference but to the last digits. */
export class SliceTally {
  #resolved = 0;
  #won = 0;
  #ambiguous = 0;
  readonly #wins = new MeanTally();
  readonly #losses = new MeanTally();
  readonly #net = new MeanTally();
  readonly #costs = new MeanTally();
  readonly #excess = new MeanTally();
  readonly #causes: Record<SignalEnd, number> = { flip: 0, target: 0, stop: 0, expiry: 0 };
  readonly #unresolved: Record<UnresolvedReason, number> = { gap: 0, halt: 0, split: 0, noBars: 0 };

  add(result: ScoredResult): void {
    if (result.kind === 'unresolved') {
      this.#unresolved[result.reason] += 1;
      return;
    }
    const { cause, isAmbiguous, grossReturn, netReturn, baselineReturn } = result;
    this.#resolved += 1;
    if (netReturn > 0) this.#won += 1;
    if (isAmbiguous) this.#ambiguous += 1;
    (netReturn > 0 ? this.#wins : this.#losses).add(netReturn);
    this.#net.add(netReturn);
    this.#costs.add(grossReturn - netReturn);
    if (baselineReturn !== null) this.#excess.add(grossReturn - baselineReturn);
    this.#causes[cause] += 1;
  }

  merge(other: SliceTally): void {
    this.#resolved += other.#resolved;
    this.#won += other.#won;
    this.#ambiguous += other.#ambiguous;
    this.#wins.merge(other.#wins);
    this.#losses.merge(other.#losses);
    this.#net.merge(other.#net);
    this.#costs.merge(other.#costs);
    this.#excess.merge(other.#excess);
    for (const cause of CAUSES) this.#causes[cause] += other.#causes[cause];
    for (const reason of REASONS) this.#unresolved[reason] += other.#unresolved[reason];
  }

  statistics(outcomesMin: number): SliceStatistics {
    const resolved = this.#resolved;
    const share = (count: number): Rate => rateOf(count, resolved, outcomesMin);
    const { flip, target, stop, expiry } = this.#causes;
    return {
      resolved,
      unresolved: { ...this.#unresolved },
      winRate: share(this.#won),
      meanWin: this.#wins.mean(outcomesMin),
      meanLoss: this.#losses.mean(outcomesMin),
      expectancy: this.#net.mean(outcomesMin),
      costs: this.#costs.mean(outcomesMin),
      excess: this.#excess.mean(outcomesMin),
      ambiguous: share(this.#ambiguous),
      causes: { flip: share(flip), target: share(target), stop: share(stop), expiry: share(expiry) },
    };
  }
}
