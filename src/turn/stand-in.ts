import type { StandIn } from '../core/decision.ts';
import { toMicro, type Voter } from '../core/vote.ts';
import { consult, isKnown } from './consult.ts';
import type { BackupSeat, VotingSeat } from './desk.ts';
import type { Replacement, Round } from './round.ts';

/**
 * Reasons of a silence that is the source's own: it fails, or is held back as a whole. Not among them: what it says of the
 * one symbol (unknown, no data, not in the plan), and that it is switched off.
 */
const FAILING: ReadonlySet<string> = new Set([
  'limit',
  'quota',
  'auth',
  'blocked',
  'down',
  'badPayload',
  'mismatch',
  'timeout',
  'connection',
  'tooLarge',
  'redirect',
  'rateLimited',
  'deadline',
  'budget',
  'breakerOpen',
  'stale',
]);

/** Of the time that is left: how long a voter is waited for that has backups. */
const OWN_SHARE = 1 / 2;

/** Until when (Unix ms) a voter is asked: early enough to ask its backups afterwards. */
export function ownDeadlineAtMs({ parts, askDeadlineAtMs }: Round, { backups }: VotingSeat): number {
  if (backups.length === 0 || !parts.config.flags.fallback) return askDeadlineAtMs;
  const nowMs = parts.clock.nowMs();
  return nowMs + OWN_SHARE * (askDeadlineAtMs - nowMs);
}

/**
 * Finds who votes in the place of a voter that is silent for `reason`: of its backups, best health first, then cheapest, the
 * first that has an opinion. Null where none has. One that stands in for another voter already has spoken.
 */
export async function standIn(round: Round, voter: VotingSeat, reason: string): Promise<StandIn | null> {
  if (!round.parts.config.flags.fallback || !FAILING.has(reason)) return null;
  for (const backup of inOrder(round, voter.backups)) {
    const { id: sourceId } = backup.seat.options;
    if (round.claimed.includes(sourceId)) continue;
    round.claimed.push(sourceId);
    const silence = isKnown(round, backup.desk) ? null : await consult(round, backup, round.askDeadlineAtMs);
    if (silence === null) return seatIn(round, voter, backup);
    round.claimed.splice(round.claimed.indexOf(sourceId), 1);
    round.leftOut.push({ sourceId, ...silence });
  }
  return null;
}

/** The same without asking anybody: of the backups, the first whose opinion still counts. */
export function knownStandIn(round: Round, voter: VotingSeat): StandIn | null {
  if (!round.parts.config.flags.fallback) return null;
  const nowMs = round.parts.clock.nowMs();
  const backup = inOrder(round, voter.backups).find(
    ({ seat, desk }) =>
      !round.claimed.includes(seat.options.id) &&
      (round.isAnew ? isKnown(round, desk) : nowMs < desk.expiresAtMs),
  );
  if (backup === undefined) return null;
  round.claimed.push(backup.seat.options.id);
  return seatIn(round, voter, backup);
}

function seatIn(
  round: Round,
  voter: VotingSeat,
  { seat, desk, meaning, discount }: BackupSeat,
): StandIn | null {
  const { opinion } = desk;
  if (opinion === null) return null;
  const { id: sourceId, operator } = seat.options;
  const found = { sourceId, operator, meaning, discount, score: opinion.score };
  round.standIns.push({ voterId: voter.seat.options.id, standIn: found, opinion });
  return found;
}

/** What a stand-in's score counts: never more than it said itself. */
export function standInMicro({ score, discount }: StandIn): number {
  return toMicro(score * discount);
}

/** In words, to be read after the failure of the voter. */
export function standInText({ sourceId, discount }: StandIn): string {
  return discount === 1 ? `${sourceId} stands in` : `${sourceId} stands in, discounted to ${discount}`;
}

/** Who votes in the place of a voter, if anybody does: of two the one who was found last. */
export function replacementOf({ standIns }: Round, sourceId: string): Replacement | null {
  let found: Replacement | null = null;
  for (const standIn of standIns) if (standIn.voterId === sourceId) found = standIn;
  return found;
}

/** The voters with the operators of those that speak for them. */
export function withStandIns(round: Round, voters: readonly Voter[]): readonly Voter[] {
  if (round.standIns.length === 0) return voters;
  return voters.map((voter) => {
    const found = voter.ballot.state === 'answered' ? replacementOf(round, voter.sourceId) : null;
    return found === null ? voter : { ...voter, operator: found.standIn.operator };
  });
}

function inOrder({ parts }: Round, backups: readonly BackupSeat[]): readonly BackupSeat[] {
  if (backups.length < 2) return backups;
  const scores = new Map(parts.gateway.health().map(({ sourceId, score }) => [sourceId, score]));
  // Of one that was never asked nothing bad is known.
  const scoreOf = ({ seat }: BackupSeat): number => scores.get(seat.options.id) ?? 1;
  const priceOf = ({ seat }: BackupSeat): number => seat.options.priceUsdPerCall ?? Number.MAX_VALUE;
  return backups.toSorted((a, b) => scoreOf(b) - scoreOf(a) || priceOf(a) - priceOf(b));
}
