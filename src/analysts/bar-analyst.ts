import type { Analyst, Assessment, BarAnalystSpec } from '../core/analyst.ts';
import { type Bar, closeAtMs } from '../core/bar.ts';
import { CellPlan, type Cells } from '../core/cells.ts';
import { NumberWindow } from '../core/number-window.ts';
import type { View } from '../core/question.ts';

/** What a rule finds in the bars it took; its clause is only written where it is read. */
export type Finding = { readonly score: number; readonly because: () => string };

/** The part in which bar analysts differ: one for all instruments, handed the cells of each. Both calls take constant time. */
export type BarRule = {
  /** The closes that it was given know the bar already. */
  take(cells: Cells, bar: Bar): void;
  /** Only asked once the warm-up is over. */
  find(cells: Cells): Finding;
};

type Terms = {
  readonly id: string;
  readonly warmupBars: number;
  /** How many of the newest closes the rule is given, at least 1: rules that speak together share them. */
  readonly closes: number;
  readonly createRule: (plan: CellPlan, closes: NumberWindow) => BarRule;
};

/** An analyst whose rule another one can take in. */
export type RuleSpec = BarAnalystSpec & Terms;

/** An analyst from a rule: it uses each closed bar once and in order, whatever overlap the answers have. */
export function barAnalyst(terms: Terms): RuleSpec {
  const plan = new CellPlan();
  const closes = new NumberWindow(plan, terms.closes);
  const ways = { warmupBars: terms.warmupBars, closes, rule: terms.createRule(plan, closes) };
  return { ...terms, needs: 'bars', create: () => new BarAnalyst(ways, plan.blank()) };
}

/** What is the same for all instruments. */
type Ways = { readonly warmupBars: number; readonly closes: NumberWindow; readonly rule: BarRule };

class BarAnalyst implements Analyst {
  readonly #ways: Ways;
  readonly #cells: Cells;
  #taken = 0;
  /** Close of the newest bar (Unix ms) and its length; 0 before the first. */
  #untilMs = 0;
  #intervalMs = 0;

  constructor(ways: Ways, cells: Cells) {
    this.#ways = ways;
    this.#cells = cells;
  }

  absorb(view: View): void {
    if (view.kind !== 'market' && view.kind !== 'bars') return;
    const { closes, rule } = this.#ways;
    for (const bar of view.bars) {
      if (!this.#follows(bar)) continue;
      closes.add(this.#cells, bar.close);
      rule.take(this.#cells, bar);
      this.#untilMs = closeAtMs(bar);
      this.#intervalMs = bar.intervalMs;
      this.#taken++;
    }
  }

  assess(): Assessment | null {
    if (this.#taken < this.#ways.warmupBars) return null;
    const { score, because } = this.#ways.rule.find(this.#cells);
    return { score, because: because(), dataAtMs: this.#untilMs };
  }

  /** Bars of another length would mix two time scales in one average. */
  #follows(bar: Bar): boolean {
    if (this.#taken === 0) return true;
    return bar.openAtMs >= this.#untilMs && bar.intervalMs === this.#intervalMs;
  }
}
