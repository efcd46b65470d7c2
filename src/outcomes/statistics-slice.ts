import type { UnresolvedReason } from '../core/outcome.ts';
import type { SignalEnd } from '../core/signal.ts';
import type { Mean, Rate, SliceStatistics } from '../core/track-record.ts';
import { DayTable } from './day-table.ts';
import type { ScoredResult } from './statistics-scored.ts';
import { meanOf, rateOf } from './statistics-tally.ts';

const REASONS = ['gap', 'halt', 'split', 'noBars'] as const satisfies readonly UnresolvedReason[];

/** Where in a row of a day: counts first, then, of each mean, the sum and that of the squares. */
const RESOLVED = 0;
const WON = 1;
const LOST = 2;
const AMBIGUOUS = 3;
const BASED = 4;
const CAUSES: Readonly<Record<SignalEnd, number>> = { flip: 5, target: 6, stop: 7, expiry: 8 };
const WIN = 9;
const LOSS = 11;
const NET = 13;
const COSTS = 15;
const EXCESS = 17;
const COLUMNS = 19;

/** The outcomes of one slice, counted as they come; their order makes no difference but to the last digits. */
export class SliceTally {
  readonly #days = new DayTable(COLUMNS);
  readonly #unresolved: Record<UnresolvedReason, number> = { gap: 0, halt: 0, split: 0, noBars: 0 };

  /** `atMs`: when it was recorded (Unix ms). */
  add(atMs: number, result: ScoredResult): void {
    if (result.kind === 'unresolved') {
      this.#unresolved[result.reason] += 1;
      return;
    }
    const { cause, isAmbiguous, grossReturn, netReturn, baselineReturn } = result;
    const isWon = netReturn > 0;
    this.#days.turnTo(atMs);
    this.#days.add(RESOLVED, 1);
    this.#days.add(isWon ? WON : LOST, 1);
    if (isAmbiguous) this.#days.add(AMBIGUOUS, 1);
    this.#days.add(CAUSES[cause], 1);
    this.#value(isWon ? WIN : LOSS, netReturn);
    this.#value(NET, netReturn);
    this.#value(COSTS, grossReturn - netReturn);
    if (baselineReturn === null) return;
    this.#days.add(BASED, 1);
    this.#value(EXCESS, grossReturn - baselineReturn);
  }

  merge(other: SliceTally): void {
    this.#days.merge(other.#days);
    for (const reason of REASONS) this.#unresolved[reason] += other.#unresolved[reason];
  }

  statistics(outcomesMin: number): SliceStatistics {
    const days = this.#days;
    const share = (column: number): Rate => rateOf(days.summary([RESOLVED, column, column]), outcomesMin);
    const mean = (count: number, column: number): Mean =>
      meanOf(days.summary([count, column, column + 1]), outcomesMin);
    return {
      resolved: days.total(RESOLVED),
      unresolved: { ...this.#unresolved },
      winRate: share(WON),
      meanWin: mean(WON, WIN),
      meanLoss: mean(LOST, LOSS),
      expectancy: mean(RESOLVED, NET),
      costs: mean(RESOLVED, COSTS),
      excess: mean(BASED, EXCESS),
      ambiguous: share(AMBIGUOUS),
      causes: {
        flip: share(CAUSES.flip),
        target: share(CAUSES.target),
        stop: share(CAUSES.stop),
        expiry: share(CAUSES.expiry),
      },
    };
  }

  #value(column: number, value: number): void {
    this.#days.add(column, value);
    this.#days.add(column + 1, value * value);
  }
}
