import type { Bar } from '../core/bar.ts';
import type { CellPlan, Cells } from '../core/cells.ts';
import type { NumberWindow } from '../core/number-window.ts';
import { type BarRule, barAnalyst, type Finding, type RuleSpec } from './bar-analyst.ts';
import { breakout } from './breakout.ts';
import { meanReversion } from './mean-reversion.ts';
import { momentum } from './momentum.ts';
import { signed } from './score.ts';
import { trend } from './trend.ts';

const MEMBERS: readonly RuleSpec[] = [trend, meanReversion, momentum, breakout];
/** Makes up for the members that oppose each other by nature: without it no market would be clear to the mean. */
const GAIN = 2;

class EnsembleRule implements BarRule {
  /** In the order of the members. */
  readonly #rules: readonly BarRule[];

  constructor(plan: CellPlan, closes: NumberWindow) {
    this.#rules = MEMBERS.map((member) => member.createRule(plan, closes));
  }

  take(cells: Cells, bar: Bar): void {
    for (const rule of this.#rules) rule.take(cells, bar);
  }

  find(cells: Cells): Finding {
    const scores = this.#rules.map((rule) => rule.find(cells).score);
    let sum = 0;
    let magnitude = 0;
    for (const score of scores) {
      sum += score;
      magnitude += Math.abs(score);
    }
    const agreement = magnitude === 0 ? 0 : Math.abs(sum) / magnitude;
    return {
      score: Math.tanh((GAIN * sum * agreement) / scores.length) + 0,
      because: () => {
        const parts = MEMBERS.map(({ id }, index) => `${id} ${signed(scores[index] ?? 0, 2)}`);
        return `${parts.join(', ')}; agreement ${(100 * agreement).toFixed(0)} %`;
      },
    };
  }
}

/**
 * The four bar analysts in one voice. Inputs: theirs. Score: tanh(2 x mean x agreement), where the mean has fixed equal
 * weights and agreement is |sum of scores| / sum of |scores|: 1 when all point one way, 0 when they cancel out. Warm-up
 * 60 bars, the longest of the members'. The formula is Sextant's own.
 */
export const ensemble = barAnalyst({
  id: 'ensemble',
  warmupBars: Math.max(...MEMBERS.map(({ warmupBars }) => warmupBars)),
  closes: Math.max(...MEMBERS.map(({ closes }) => closes)),
  createRule: (plan, closes) => new EnsembleRule(plan, closes),
});
