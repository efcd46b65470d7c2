import type { Analyst, Assessment, BarAnalystSpec } from '../core/analyst.ts';
import type { View } from '../core/question.ts';
import { breakout } from './breakout.ts';
import { meanReversion } from './mean-reversion.ts';
import { momentum } from './momentum.ts';
import { signed } from './score.ts';
import { trend } from './trend.ts';

const MEMBERS: readonly BarAnalystSpec[] = [trend, meanReversion, momentum, breakout];
/** Makes up for the members that oppose each other by nature: without it no market would be clear to the mean. */
const GAIN = 2;

/**
 * The four bar analysts in one voice. Inputs: theirs. Score: tanh(2 x mean x agreement), where the mean has fixed equal
 * weights and agreement is |sum of scores| / sum of |scores|: 1 when all point one way, 0 when they cancel out. Warm-up
 * 60 bars, the longest of the members'. The formula is Sextant's own.
 */
export const ensemble: BarAnalystSpec = {
  id: 'ensemble',
  needs: 'bars',
  warmupBars: Math.max(...MEMBERS.map((member) => member.warmupBars)),
  create: () => new Ensemble(),
};

class Ensemble implements Analyst {
  /** In the order of the members. */
  readonly #analysts = MEMBERS.map((spec) => spec.create());

  absorb(view: View): void {
    for (const analyst of this.#analysts) analyst.absorb(view);
  }

  assess(): Assessment | null {
    let sum = 0;
    let magnitude = 0;
    let dataAtMs = 0;
    const parts: string[] = [];
    for (const [index, { id }] of MEMBERS.entries()) {
      const assessment = this.#analysts[index]?.assess() ?? null;
      if (assessment === null) return null;
      sum += assessment.score;
      magnitude += Math.abs(assessment.score);
      dataAtMs = assessment.dataAtMs;
      parts.push(`${id} ${signed(assessment.score, 2)}`);
    }
    const agreement = magnitude === 0 ? 0 : Math.abs(sum) / magnitude;
    return {
      score: Math.tanh((GAIN * sum * agreement) / MEMBERS.length) + 0,
      because: `${parts.join(', ')}; agreement ${(100 * agreement).toFixed(0)} %`,
      dataAtMs,
    };
  }
}
