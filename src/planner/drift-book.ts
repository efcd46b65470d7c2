import type { Regime } from '../core/decision.ts';
import { type Ballot, SCORE_MICRO, toMicro } from '../core/vote.ts';
import { DriftCell } from './drift-cell.ts';

/** An opinion as it is remembered, and the world it is looked at in. */
export type Remembered = {
  readonly sourceId: string;
  readonly regime: Regime;
  /** -1..1. */
  readonly score: number;
  /** In ms; an opinion counts as its value until `ttlMs`. */
  readonly ageMs: number;
  readonly ttlMs: number;
};

/** Upper ends of the age buckets, in TTLs. Of older opinions nothing is assumed. */
const AGE_EDGES_TTL = [1, 2, 4, 8, 16] as const;

const FULL_RANGE: Ballot = { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO };

/**
 * What was learned of how scores drift, per source, regime and age (design section 3, mode `calibrated`). A cell with too
 * few pairs is pooled: first over the regimes, then over the ages that are not less. Lives in memory: a new process
 * starts with the full range for everybody.
 */
export class DriftBook {
  readonly #cells = new Map<string, DriftCell>();
  readonly #pairs = new Map<string, number>();
  #miscoverage: number;

  /** @param miscoverage as in {@link DriftCell} */
  constructor(miscoverage: number) {
    this.#miscoverage = miscoverage;
  }

  /** Under another share all is learned anew: levels that were adapted to one say nothing of the other. */
  adopt(miscoverage: number): void {
    if (miscoverage === this.#miscoverage) return;
    this.#miscoverage = miscoverage;
    this.#cells.clear();
    this.#pairs.clear();
  }

  /** Takes in an audited pair: what was remembered, and what the source said when asked afresh. */
  learn(remembered: Remembered, freshScore: number): void {
    const bucket = bucketOf(remembered);
    if (bucket === null) return;
    const { sourceId, score } = remembered;
    const driftMicro = Math.abs(toMicro(freshScore) - toMicro(score));
    for (const key of keysTold(remembered, bucket)) {
      const cell = this.#cells.get(key) ?? new DriftCell(this.#miscoverage);
      this.#cells.set(key, cell);
      cell.add(driftMicro);
    }
    this.#pairs.set(sourceId, (this.#pairs.get(sourceId) ?? 0) + 1);
  }

  /** What a voter may answer where `unasked` (1 or more) in all are not asked: the full range until enough is known. */
  ballot(remembered: Remembered, unasked: number): Ballot {
    const bucket = bucketOf(remembered);
    if (bucket === null) return FULL_RANGE;
    const cell = keysAsked(remembered, bucket)
      .map((key) => this.#cells.get(key))
      .find((candidate) => candidate?.suffices(unasked));
    const bound = cell?.boundMicro(unasked) ?? null;
    if (cell === undefined || bound === null) return FULL_RANGE;
    const scoreMicro = toMicro(remembered.score);
    return {
      state: 'open',
      lowMicro: Math.max(-SCORE_MICRO, scoreMicro - bound),
      highMicro: Math.min(SCORE_MICRO, scoreMicro + bound),
      pairs: cell.pairs,
    };
  }

  /** Audited pairs by source id, since the start. */
  pairs(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#pairs);
  }
}

function bucketOf({ ageMs, ttlMs }: Remembered): number | null {
  const bucket = AGE_EDGES_TTL.findIndex((edge) => ageMs < edge * ttlMs);
  return bucket === -1 ? null : bucket;
}

/** The cells that rule on an opinion, finest first. */
function keysAsked({ sourceId, regime }: Remembered, bucket: number): string[] {
  return [`${sourceId}|${regime}|${bucket}`, `${sourceId}|*|${bucket}`, `${sourceId}|*|${bucket}+`];
}

/** The cells that a pair teaches: what drifted for long tells of shorter ages too, not the other way round. */
function keysTold(remembered: Remembered, bucket: number): string[] {
  const { sourceId, regime } = remembered;
  const younger = Array.from({ length: bucket + 1 }, (_, least) => `${sourceId}|*|${least}+`);
  return [`${sourceId}|${regime}|${bucket}`, `${sourceId}|*|${bucket}`, ...younger];
}
