import type { AnswerAnalystSpec } from '../core/analyst.ts';

/** Of the model's own words, in the clause. */
const QUOTED_CHARS_MAX = 120;

/**
 * Takes a language model at its word. Input: a stance with a confidence. Score: confidence for buy, its negative for
 * sell, 0 for hold. No warm-up. The rationale is quoted as data and never acted upon.
 */
export const model: AnswerAnalystSpec = {
  id: 'model',
  needs: 'stance',
  assess(view) {
    if (view.kind !== 'stance') return null;
    const direction = { buy: 1, hold: 0, sell: -1 }[view.stance];
    const quoted =
      view.rationale.length > QUOTED_CHARS_MAX
        ? `${view.rationale.slice(0, QUOTED_CHARS_MAX - 1).trimEnd()}…`
        : view.rationale;
    return {
      score: direction * view.confidence + 0,
      because: `model says ${view.stance} with confidence ${view.confidence.toFixed(2)}${quoted === '' ? '' : `: “${quoted}”`}`,
      dataAtMs: view.eventAtMs,
    };
  },
};
