import type { Analyst, Assessment, BarAnalystSpec } from '../core/analyst.ts';
import { type Bar, closeAtMs } from '../core/bar.ts';
import type { View } from '../core/question.ts';

/** What a rule finds in the bars it took. */
export type Finding = Pick<Assessment, 'score' | 'because'>;

/** The part in which bar analysts differ. Both calls take constant time. */
export type BarRule = {
  take(bar: Bar): void;
  /** Only asked once the warm-up is over. */
  find(): Finding;
};

/** An analyst from a rule: it uses each closed bar once and in order, whatever overlap the answers have. */
export function barAnalyst(id: string, warmupBars: number, createRule: () => BarRule): BarAnalystSpec {
  return { id, needs: 'bars', warmupBars, create: () => new BarAnalyst(warmupBars, createRule()) };
}

class BarAnalyst implements Analyst {
  readonly #warmupBars: number;
  readonly #rule: BarRule;
  #taken = 0;
  #last: Bar | null = null;

  constructor(warmupBars: number, rule: BarRule) {
    this.#warmupBars = warmupBars;
    this.#rule = rule;
  }

  absorb(view: View): void {
    if (view.kind !== 'market' && view.kind !== 'bars') return;
    for (const bar of view.bars) {
      if (!this.#follows(bar)) continue;
      this.#rule.take(bar);
      this.#last = bar;
      this.#taken++;
    }
  }

  assess(): Assessment | null {
    if (this.#last === null || this.#taken < this.#warmupBars) return null;
    return { ...this.#rule.find(), dataAtMs: closeAtMs(this.#last) };
  }

  /** Bars of another length would mix two time scales in one average. */
  #follows(bar: Bar): boolean {
    if (this.#last === null) return true;
    return bar.openAtMs >= closeAtMs(this.#last) && bar.intervalMs === this.#last.intervalMs;
  }
}
