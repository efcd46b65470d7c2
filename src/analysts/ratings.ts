import type { AnswerAnalystSpec } from '../core/analyst.ts';

/** Imaginary analysts who say hold: two ratings shall not shout as loud as thirty. */
const PRIOR_HOLDS = 3;

/**
 * The mean grade of human analysts. Input: counts per grade. Score: (strong buys + buys/2 - sells/2 - strong sells)
 * divided by the number of ratings plus 3. No warm-up. Published ratings lean towards buy by habit; the score is not
 * corrected for it, so give this analyst a small weight. @see the five-grade scale of providers turned to -1..1, with
 * additive smoothing (Laplace)
 */
export const ratings: AnswerAnalystSpec = {
  id: 'ratings',
  needs: 'rating',
  assess(view) {
    if (view.kind !== 'rating') return null;
    const { strongBuy, buy, hold, sell, strongSell } = view;
    const count = strongBuy + buy + hold + sell + strongSell;
    if (count === 0) return null;
    return {
      score: (strongBuy + buy / 2 - sell / 2 - strongSell) / (count + PRIOR_HOLDS) + 0,
      because: `${count} ratings: ${strongBuy + buy} buy, ${hold} hold, ${sell + strongSell} sell`,
      dataAtMs: view.eventAtMs,
    };
  },
};
