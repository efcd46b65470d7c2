import type { Decision } from '../core/decision.ts';
import type { PlannerOptions } from '../core/options.ts';
import type { Signal } from '../core/signal.ts';

/** What a look at an instrument found the last time everything was weighed anew. */
export type Weighed = {
  /** When that was (Unix ms), and the confirmed price it rested on. */
  readonly atMs: number;
  readonly price: number;
};

export type GateQuestion = {
  /** Null before the first decision of this process. */
  readonly weighed: Weighed | null;
  readonly standing: Decision | null;
  readonly nowMs: number;
  /** By source id: from when on (Unix ms) its opinion may be renewed. */
  readonly refreshAtMs: ReadonlyMap<string, number>;
  readonly options: PlannerOptions;
};

/**
 * Why an instrument must be weighed anew whatever its price does, or null: nothing stands, the last look had to abstain,
 * the heartbeat is due, or an opinion that the standing vote rests on may be renewed (a closed bar has arrived, a TTL has
 * run out). Opinions the vote did not need cannot matter: its certificate holds whatever they are.
 */
export function dueReason({ weighed, standing, nowMs, refreshAtMs, options }: GateQuestion): string | null {
  if (weighed === null || standing === null) return 'nothing stands yet';
  if (standing.kind === 'ABSTAIN') return 'the last look had to abstain';
  if (nowMs - weighed.atMs >= options.heartbeatMs) return 'the heartbeat is due';
  const renewable = standing.certificate.voters.find(
    ({ sourceId, ballot }) => ballot.state === 'answered' && (refreshAtMs.get(sourceId) ?? 0) <= nowMs,
  );
  return renewable === undefined ? null : `${renewable.sourceId} may have news`;
}

/**
 * Why a price opens the gate, or null: it moved by `moveMin` or more since everything was last weighed, or it reached the
 * target or the stop of the open signal.
 */
export function moveReason(
  price: number,
  weighed: Weighed,
  signal: Signal | null,
  { moveMin }: PlannerOptions,
): string | null {
  const move = price / weighed.price - 1;
  if (Math.abs(move) >= moveMin) return `the price moved by ${(move * 100).toFixed(2)} %`;
  if (signal === null) return null;
  const direction = signal.side === 'BUY' ? 1 : -1;
  if (direction * (price - signal.stop) <= 0) return 'the price reached the stop';
  return direction * (price - signal.target) >= 0 ? 'the price reached the target' : null;
}
