import type { Ask } from '../core/answer.ts';
import type { Question } from '../core/question.ts';
import { sessionAt } from '../core/sessions/session.ts';
import { WEIGHT_TOTAL_PPB } from '../core/vote.ts';
import { moveReason } from '../planner/change-gate.ts';
import { type Prospect, priorityOf, worthOf } from '../planner/priority.ts';
import { type Desk, type Seat, type VotingSeat, voterOf } from './desk.ts';
import { distanceOf } from './renewal.ts';
import type { Asking } from './round.ts';

export type Urgency = Required<Pick<Ask, 'priority' | 'isPatient'>>;

/** Nobody waits for what an audit finds. */
const OF_AUDIT: Urgency = { priority: 0, isPatient: true };

/**
 * How a question ranks among all that wait for the same source. An opinion can wait for its turn unless the
 * source has never been heard or the price has left the change gate; a price cannot.
 */
export function urgencyOf(asking: Asking, seat: Seat, { kind }: Question): Urgency {
  if (asking.isAudit === true) return OF_AUDIT;
  const { desk, parts } = asking;
  const voter = kind === 'market' ? null : voterOf(desk, seat);
  const prospect = voter === null ? prospectOfPrice(asking) : prospectOfOpinion(asking, voter);
  const priority = priorityOf(worthOf(prospect), {
    isPinned: parts.config.planner.pinned.includes(desk.instrument.id),
    heldBack: desk.heldBack?.get(waitKey(seat, kind)) ?? 0,
  });
  return { priority, isPatient: voter !== null && voter.desk.opinion !== null && !hasMoved(desk) };
}

/** Counts in how many rounds in a row a question was held back, so that waiting makes it more urgent. */
export function noteWait(desk: Desk, seat: Seat, kind: Question['kind'], isHeldBack: boolean): void {
  if (!isHeldBack && desk.heldBack === undefined) return;
  const key = waitKey(seat, kind);
  desk.heldBack ??= new Map();
  if (isHeldBack) desk.heldBack.set(key, (desk.heldBack.get(key) ?? 0) + 1);
  else desk.heldBack.delete(key);
}

function waitKey({ options }: Seat, kind: Question['kind']): string {
  return `${options.id}|${kind}`;
}

function prospectOfPrice({ desk, parts }: Asking): Prospect {
  const { config, clock } = parts;
  const { weighed, market } = desk;
  return {
    weight: 1,
    distance: distanceOf(desk.standing),
    ageTtls:
      weighed === null
        ? Number.POSITIVE_INFINITY
        : agedTtls(clock.nowMs() - weighed.atMs, config.planner.heartbeatMs),
    volatilityRatio: market.volatilityRatio,
    moves: 0,
    useful: 1,
  };
}

function prospectOfOpinion({ desk, parts }: Asking, { seat, desk: told, weightPpb }: VotingSeat): Prospect {
  const nowMs = parts.clock.nowMs();
  const { ttlMs } = seat.options;
  const { closesAtMs } = sessionAt(desk.instrument.assetClass, nowMs);
  return {
    weight: weightPpb / WEIGHT_TOTAL_PPB,
    distance: distanceOf(desk.standing),
    ageTtls:
      told.opinion === null ? Number.POSITIVE_INFINITY : agedTtls(nowMs - (told.expiresAtMs - ttlMs), ttlMs),
    volatilityRatio: desk.market.volatilityRatio,
    moves: movesOf(desk),
    useful: closesAtMs === null ? 1 : Math.min(1, Math.max(0, closesAtMs - nowMs) / ttlMs),
  };
}

function agedTtls(ageMs: number, ttlMs: number): number {
  return Math.max(0, ageMs) / ttlMs;
}

function movesOf({ gate, weighed }: Desk): number {
  const price = gate?.believedPrice ?? null;
  return price === null || weighed === null ? 0 : Math.abs(price / weighed.price - 1) / weighed.moveMin;
}

function hasMoved({ gate, weighed, signal }: Desk): boolean {
  const price = gate?.believedPrice ?? null;
  return price !== null && weighed !== null && moveReason(price, weighed, signal) !== null;
}
