import type { Decision } from '../core/decision.ts';
import { BAR_INTERVAL_MS, type PlannerOptions } from '../core/options.ts';
import type { Signal } from '../core/signal.ts';

/** What a look at an instrument found the last time everything was weighed anew. */
export type Weighed = {
  /** When that was (Unix ms), and the confirmed price it rested on. */
  readonly atMs: number;
  readonly price: number;
  /** A price that has moved by this share since then opens the gate: see {@link moveMinOf}. */
  readonly moveMin: number;
};

/** Of `moveMin`: what a price must move at least however still the market is, so that noise opens nothing. */
const FLOOR_SHARE = 0.1;
/** A threshold is a whole number of these, so that a record of it reads well and re-reads to the bit. */
const STEPS_PER_ONE = 1e6;

/**
 * The share by which a price must move to open the gate: `moveMin`; with `moveVolatility` set, so many times what the
 * volatility of one bar makes of a heartbeat, the longest time that a decision stands without being weighed,
 *
 *     k x volatility x sqrt(heartbeat / bar),   at least a tenth of moveMin, at most 1
 *
 * The root is that of a random walk, which prices are nearly over minutes. Where no volatility is known yet: `moveMin`.
 */
export function moveMinOf(
  { moveMin, moveVolatility, heartbeatMs }: PlannerOptions,
  volatilityPerBar: number | null,
): number {
  if (moveVolatility === null || volatilityPerBar === null) return moveMin;
  const usual = volatilityPerBar * Math.sqrt(heartbeatMs / BAR_INTERVAL_MS);
  const share = Math.min(1, Math.max(FLOOR_SHARE * moveMin, moveVolatility * usual));
  return Math.ceil(share * STEPS_PER_ONE) / STEPS_PER_ONE;
}

export type GateQuestion = {
  /** Null before the first decision of this process. */
  readonly weighed: Weighed | null;
  readonly standing: Decision | null;
  readonly nowMs: number;
  /** From when on (Unix ms) a source's opinion may be renewed; 0 where none is known. */
  readonly refreshAtMs: (sourceId: string) => number;
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
    ({ sourceId, ballot }) => ballot.state === 'answered' && refreshAtMs(sourceId) <= nowMs,
  );
  return renewable === undefined ? null : `${renewable.sourceId} may have news`;
}

/** Before then (Unix ms) {@link dueReason} names nothing, unless an opinion is lost meanwhile. */
export function quietUntilMs({
  weighed,
  standing,
  refreshAtMs,
  options,
}: Omit<GateQuestion, 'nowMs'>): number {
  if (weighed === null || standing === null || standing.kind === 'ABSTAIN') return 0;
  let untilMs = weighed.atMs + options.heartbeatMs;
  for (const { sourceId, ballot } of standing.certificate.voters) {
    if (ballot.state === 'answered') untilMs = Math.min(untilMs, refreshAtMs(sourceId));
  }
  return untilMs;
}

/**
 * Why a price opens the gate, or null: it moved by `moveMin` or more since everything was last weighed, or it reached the
 * target or the stop of the open signal.
 */
export function moveReason(price: number, weighed: Weighed, signal: Signal | null): string | null {
  const move = price / weighed.price - 1;
  if (Math.abs(move) >= weighed.moveMin) return `the price moved by ${(move * 100).toFixed(2)} %`;
  if (signal === null) return null;
  const direction = signal.side === 'BUY' ? 1 : -1;
  if (direction * (price - signal.stop) <= 0) return 'the price reached the stop';
  return direction * (price - signal.target) >= 0 ? 'the price reached the target' : null;
}
