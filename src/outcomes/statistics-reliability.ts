import type { Figure, Reliability } from '../core/track-record.ts';
import { MeanTally, notEnough, RateTally } from './statistics-tally.ts';

export const BUCKETS = 10;

/** Which tenth of 0..1 a confidence falls into: 0..9. */
export function bucketOf(confidence: number): number {
  return Math.min(BUCKETS - 1, Math.max(0, Math.floor(confidence * BUCKETS)));
}

export function bucketBounds(bucket: number): { readonly from: number; readonly to: number } {
  return { from: bucket / BUCKETS, to: (bucket + 1) / BUCKETS };
}

type Bucket = { wins: number; confidences: number; readonly confidence: MeanTally; readonly won: RateTally };

/** Stated confidence held against what was won. */
export class ReliabilityTally {
  readonly #buckets = Array.from(
    { length: BUCKETS },
    (): Bucket => ({ wins: 0, confidences: 0, confidence: new MeanTally(), won: new RateTally() }),
  );
  readonly #brier = new MeanTally();
  #outcomes = 0;

  /** `confidence` 0..1, recorded at `atMs` (Unix ms). */
  add(atMs: number, confidence: number, isWon: boolean): void {
    const won = isWon ? 1 : 0;
    this.#outcomes += 1;
    this.#brier.add(atMs, (confidence - won) ** 2);
    const bucket = this.#buckets[bucketOf(confidence)];
    if (bucket === undefined) throw new RangeError(`a confidence of ${confidence} is not a number`);
    bucket.wins += won;
    bucket.confidences += confidence;
    bucket.confidence.add(atMs, confidence);
    bucket.won.add(atMs, isWon);
  }

  reliability(outcomesMin: number): Reliability {
    return {
      buckets: this.#buckets.map(({ confidence, won }, index) => ({
        ...bucketBounds(index),
        confidence: confidence.mean(outcomesMin),
        won: won.rate(outcomesMin),
      })),
      brier: this.#brier.mean(outcomesMin),
      ece: this.#ece(outcomesMin),
    };
  }

  #ece(outcomesMin: number): Figure {
    const outcomes = this.#outcomes;
    if (outcomes === 0 || outcomes < outcomesMin) return notEnough(outcomes, outcomesMin);
    // n_b / n x |wins_b / n_b - confidences_b / n_b|
    const off = this.#buckets.reduce((sum, { wins, confidences }) => sum + Math.abs(wins - confidences), 0);
    return { kind: 'measured', outcomes, value: off / outcomes };
  }
}
