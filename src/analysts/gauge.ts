import type { AnswerAnalystSpec, Assessment } from '../core/analyst.ts';
import type { GaugeView } from '../core/question.ts';
import { scoreOf, signed } from './score.ts';

type Scale = {
  /** Named in the clause. */
  readonly title: string;
  /** The reading that says nothing, and the distance from it that is clear; both as shares of the scale, 0..1. */
  readonly neutral: number;
  readonly clear: number;
  /** 1: a high reading is bullish. -1: it says that too many have bought already. */
  readonly direction: 1 | -1;
};

/** What each gauge means; a name that is not here has no meaning to Sextant and no score. */
export const GAUGES: Readonly<Record<string, Scale>> = {
  /** Wilder's lines at 30 and 70 of 0..100: overbought is to be sold. */
  rsi: { title: 'RSI', neutral: 0.5, clear: 0.2, direction: -1 },
  /** alternative.me's bands: extreme fear to 25, extreme greed from 75. Read against the crowd. */
  fearGreed: { title: 'fear and greed', neutral: 0.5, clear: 0.25, direction: -1 },
  /** Alpha Vantage's bands on -1..1: bearish to -0.35, bullish from 0.35. Read with the news. */
  newsSentiment: { title: 'news sentiment', neutral: 0.5, clear: 0.175, direction: 1 },
};

/** The gauge whose reading is a score already: direction x confidence, from -1 (sell) to 1 (buy). */
const OWN_SCORE = 'score';

/** Taken as it is. Its source says when it was true: an old one does not get young by being told again. */
function ownScore({ value, min, max, eventAtMs }: GaugeView): Assessment | null {
  if (min !== -1 || max !== 1) return null;
  return {
    score: value,
    because: `its own score ${signed(value, 2)}`,
    dataAtMs: eventAtMs,
    agesFromData: true,
  };
}

/**
 * Reads a provider's own number on a fixed scale. Input: a named gauge with the ends of its scale. Score: distance from
 * the neutral reading in units of the gauge's clear distance (see GAUGES and scoreOf); a score of its own stays as it is. No warm-up.
 * Null for a gauge whose meaning is not known or whose value lies outside its scale.
 */
export const gauge: AnswerAnalystSpec = {
  id: 'gauge',
  needs: 'gauge',
  assess(view) {
    if (view.kind !== 'gauge') return null;
    if (!(view.min <= view.value && view.value <= view.max && view.min < view.max)) return null;
    if (view.gauge === OWN_SCORE) return ownScore(view);
    const scale = Object.hasOwn(GAUGES, view.gauge) ? GAUGES[view.gauge] : undefined;
    if (scale === undefined) return null;
    const share = (view.value - view.min) / (view.max - view.min);
    const reading = scale.direction === 1 ? 'with the crowd' : 'against the crowd';
    return {
      score: scoreOf((scale.direction * (share - scale.neutral)) / scale.clear),
      because: `${scale.title} at ${Number(view.value.toPrecision(4))} of ${view.min} to ${view.max}, read ${reading}`,
      dataAtMs: view.eventAtMs,
    };
  },
};
