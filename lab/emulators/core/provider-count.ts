import type { Refusal } from './provider.ts';

/** One request as the provider saw it come in. */
export type Arrival = {
  readonly atMs: number;
  readonly route: string;
  readonly weight: number;
  /** 0 where nothing was answered. */
  readonly status: number;
  readonly overLimit: boolean;
  /** Until the answer was whole, in ms. */
  readonly delayMs: number;
};

/** What the provider itself counted: the judge of everything a client claims. */
export type ProviderCount = {
  readonly requests: number;
  /** 0 counts the requests that got no answer at all. */
  readonly byStatus: Readonly<Record<number, number>>;
  /** Requests that arrived above a limit of the plan. */
  readonly overLimit: number;
  /** Answers that refuse, by what they say; a planned fault that says "limit" counts as such too. */
  readonly refusals: Readonly<Record<Refusal['kind'], number>>;
  /** Instruments asked for in requests that were admitted. */
  readonly questions: number;
  readonly billedUsd: number;
};

const ARRIVALS_KEPT = 10_000;

/** Keeps a {@link ProviderCount} and the newest arrivals. */
export class ProviderTally {
  #requests = 0;
  #overLimit = 0;
  #questions = 0;
  #billedUsd = 0;
  readonly #byStatus: Record<number, number> = {};
  readonly #refusals: Record<Refusal['kind'], number> = {
    limit: 0,
    quota: 0,
    ban: 0,
    auth: 0,
    noRoute: 0,
    down: 0,
  };
  readonly #arrivals: Arrival[] = [];

  add(arrival: Arrival, refusal: Refusal['kind'] | null, questions: number, billedUsd: number): void {
    this.#arrivals[this.#requests % ARRIVALS_KEPT] = arrival;
    this.#requests += 1;
    this.#byStatus[arrival.status] = (this.#byStatus[arrival.status] ?? 0) + 1;
    if (arrival.overLimit) this.#overLimit += 1;
    if (refusal !== null) this.#refusals[refusal] += 1;
    this.#questions += questions;
    this.#billedUsd += billedUsd;
  }

  count(): ProviderCount {
    return {
      requests: this.#requests,
      byStatus: { ...this.#byStatus },
      overLimit: this.#overLimit,
      refusals: { ...this.#refusals },
      questions: this.#questions,
      billedUsd: this.#billedUsd,
    };
  }

  /** The newest 10,000, oldest first. */
  arrivals(): Arrival[] {
    const split = this.#requests > ARRIVALS_KEPT ? this.#requests % ARRIVALS_KEPT : 0;
    return [...this.#arrivals.slice(split), ...this.#arrivals.slice(0, split)];
  }
}
