import type { Analyst, Assessment, BarAnalystSpec } from '../core/analyst.ts';
import { type Bar, closeAtMs } from '../core/bar.ts';
import { CellPlan, type Cells } from '../core/cells.ts';
import type { View } from '../core/question.ts';

/** What a rule finds in the bars it took; its clause is only written where it is read. */
export type Finding = { readonly score: number; readonly because: () => string };

/** The part in which bar analysts differ: one for all instruments, handed the cells of each. Both calls take constant time. */
export type BarRule = {
  take(cells: Cells, bar: Bar): void;
  /** Only asked once the warm-up is over. */
  find(cells: Cells): Finding;
};

/** An analyst whose rule can be had for another one's cells too. */
export type RuleSpec = BarAnalystSpec & { readonly createRule: (plan: CellPlan) => BarRule };

/** An analyst from a rule: it uses each closed bar once and in order, whatever overlap the answers have. */
export function barAnalyst(id: string, warmupBars: number, createRule: RuleSpec['createRule']): RuleSpec {
  const plan = new CellPlan();
  const rule = createRule(plan);
  const create = (): Analyst => new BarAnalyst(warmupBars, rule, plan.blank());
  return { id, needs: 'bars', warmupBars, create, createRule };
}

class BarAnalyst implements Analyst {
  readonly #warmupBars: number;
  readonly #rule: BarRule;
  readonly #cells: Cells;
  #taken = 0;
  /** Close of the newest bar (Unix ms) and its length; 0 before the first. */
  #untilMs = 0;
  #intervalMs = 0;

  constructor(warmupBars: number, rule: BarRule, cells: Cells) {
    this.#warmupBars = warmupBars;
    this.#rule = rule;
    this.#cells = cells;
  }

  absorb(view: View): void {
    if (view.kind !== 'market' && view.kind !== 'bars') return;
    for (const bar of view.bars) {
      if (!this.#follows(bar)) continue;
      this.#rule.take(this.#cells, bar);
      this.#untilMs = closeAtMs(bar);
      this.#intervalMs = bar.intervalMs;
      this.#taken++;
    }
  }

  assess(): Assessment | null {
    if (this.#taken < this.#warmupBars) return null;
    const { score, because } = this.#rule.find(this.#cells);
    return { score, because: because(), dataAtMs: this.#untilMs };
  }

  /** Bars of another length would mix two time scales in one average. */
  #follows(bar: Bar): boolean {
    if (this.#taken === 0) return true;
    return bar.openAtMs >= this.#untilMs && bar.intervalMs === this.#intervalMs;
  }
}
