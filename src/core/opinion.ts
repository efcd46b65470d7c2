import type { Provenance } from './answer.ts';

/** What one source thinks of one instrument: made by an analyst from a view, with where it comes from. */
export type Opinion = {
  readonly sourceId: string;
  readonly instrumentId: string;
  /** direction x confidence, -1 (sell, certain) to 1 (buy, certain). */
  readonly score: number;
  /** One short clause in plain words: "20-bar average 0.4 % above the 50-bar one". */
  readonly because: string;
  /** Time of the newest datum it rests on (Unix ms). */
  readonly dataAtMs: number;
  readonly provenance: Provenance;
};

/**
 * Throws RangeError unless the score is in [-1, 1], the data have a time and the provenance names the same source:
 * anything else is a bug.
 */
export function opinion(fields: Opinion): Opinion {
  if (!(fields.score >= -1 && fields.score <= 1)) {
    throw new RangeError(
      `score of ${fields.sourceId} on ${fields.instrumentId} is ${fields.score}, outside [-1, 1]`,
    );
  }
  if (!Number.isSafeInteger(fields.dataAtMs)) {
    throw new RangeError(
      `opinion of ${fields.sourceId} on ${fields.instrumentId} rests on data of ${fields.dataAtMs}, which is no time`,
    );
  }
  if (fields.provenance.sourceId !== fields.sourceId || fields.provenance.digest === '') {
    throw new RangeError(`opinion of ${fields.sourceId} on ${fields.instrumentId} lacks its own provenance`);
  }
  return Object.freeze(fields);
}
