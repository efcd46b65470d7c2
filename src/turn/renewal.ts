import type { AnalystSpec } from '../core/analyst.ts';
import type { SourceOptions } from '../core/options.ts';
import { SCORE_MICRO, type VoteRules, WEIGHT_TOTAL_PPB } from '../core/vote.ts';
import { nearAgeMs } from '../planner/near-renewal.ts';

/** What of a decision says how near it was to another. */
type Standing = {
  readonly score: number | null;
  readonly certificate: { readonly rules: Pick<VoteRules, 'thetaMicro'> };
};

/** What of a seat says when its opinion may be renewed. */
type RenewableSeat = {
  readonly seat: {
    readonly options: Pick<SourceOptions, 'id' | 'ttlMs' | 'nearTtlMs'>;
    readonly analyst: Pick<AnalystSpec, 'needs'>;
  };
  /** When it told its opinion, and from when on something newer may be had anyway (Unix ms). */
  readonly desk: { readonly toldAtMs: number; readonly refreshAtMs: number };
  readonly weightPpb: number;
};

/**
 * From when on (Unix ms) a voter's opinion may be renewed: where its source has a `nearTtlMs`, the sooner the nearer the
 * standing vote is to its threshold. Bars come when they close, whatever is near.
 */
export function renewableAtMs(standing: Standing | null, { seat, desk, weightPpb }: RenewableSeat): number {
  const { ttlMs, nearTtlMs } = seat.options;
  if (nearTtlMs === null || seat.analyst.needs === 'bars' || standing === null || standing.score === null)
    return desk.refreshAtMs;
  const weight = weightPpb / WEIGHT_TOTAL_PPB;
  const ageMs = nearAgeMs({ distance: distanceOf(standing), weight, ttlMs, nearTtlMs });
  return Math.min(desk.refreshAtMs, desk.toldAtMs + ageMs);
}

/** The same by source id; 0 of one that does not vote. */
export function renewalTimes({
  standing,
  voters,
}: {
  readonly standing: Standing | null;
  readonly voters: readonly RenewableSeat[];
}): (sourceId: string) => number {
  return (sourceId) => {
    for (const voter of voters) if (voter.seat.options.id === sourceId) return renewableAtMs(standing, voter);
    return 0;
  };
}

/** How far the score that stands lies from its threshold, 0..2; 0 where nothing stands. */
export function distanceOf(standing: Standing | null): number {
  if (standing === null || standing.score === null) return 0;
  return Math.abs(Math.abs(standing.score) - standing.certificate.rules.thetaMicro / SCORE_MICRO);
}
