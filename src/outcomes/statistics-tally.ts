import type { Mean, NotEnough, Rate } from '../core/track-record.ts';
import { wilson95 } from '../core/wilson.ts';

const Z_95 = 1.959964;

export function notEnough(outcomes: number, outcomesMin: number): NotEnough {
  return {
    kind: 'notEnough',
    outcomes,
    outcomesMin,
    says: `not enough outcomes (${outcomes} of ${outcomesMin})`,
  };
}

/** Of `outcomes`, `count` were. */
export function rateOf(count: number, outcomes: number, outcomesMin: number): Rate {
  if (outcomes === 0 || outcomes < outcomesMin) return notEnough(outcomes, outcomesMin);
  const rate = count / outcomes;
  const ci95 = wilson95(rate, outcomes);
  return ci95 === null ? notEnough(outcomes, outcomesMin) : { kind: 'measured', outcomes, rate, ci95 };
}

/** Counts what is true of outcomes. */
export class RateTally {
  #count = 0;
  #of = 0;

  add(isTrue: boolean): void {
    this.#of += 1;
    if (isTrue) this.#count += 1;
  }

  rate(outcomesMin: number): Rate {
    return rateOf(this.#count, this.#of, outcomesMin);
  }
}

/** Mean and variance in one pass (Welford 1962). */
export class MeanTally {
  #of = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.#of += 1;
    const off = value - this.#mean;
    this.#mean += off / this.#of;
    this.#squares += off * (value - this.#mean);
  }

  /** Takes another's values in (Chan, Golub and LeVeque 1983). */
  merge(other: MeanTally): void {
    if (other.#of === 0) return;
    const of = this.#of + other.#of;
    const off = other.#mean - this.#mean;
    this.#mean += (off * other.#of) / of;
    this.#squares += other.#squares + off * off * ((this.#of * other.#of) / of);
    this.#of = of;
  }

  /** Two are the least of which a spread is known. */
  mean(outcomesMin: number): Mean {
    const outcomes = this.#of;
    const asked = Math.max(outcomesMin, 2);
    if (outcomes < asked) return notEnough(outcomes, asked);
    const half = Z_95 * Math.sqrt(this.#squares / (outcomes - 1) / outcomes);
    return { kind: 'measured', outcomes, mean: this.#mean, ci95: [this.#mean - half, this.#mean + half] };
  }
}
