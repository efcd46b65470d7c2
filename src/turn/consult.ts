import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { PriceFix } from '../core/decision.ts';
import type { Opinion } from '../core/opinion.ts';
import type { Seat } from './desk.ts';
import type { Round } from './round.ts';

/** Why a source that was asked left nothing that counts. */
export type Silence = { readonly reason: string; readonly detail: string };

/** Asks a source what its desk still lacks. Null where the desk holds an opinion afterwards that counts as its value. */
export async function consult(
  round: Round,
  { seat, desk }: { readonly seat: Seat; readonly desk: VoterDesk },
  fix: PriceFix,
  deadlineAtMs: number,
): Promise<Silence | null> {
  const { clock } = round.parts;
  const isSettled = (): boolean => clock.nowMs() < desk.expiresAtMs;
  const question = desk.question(clock.nowMs(), () => round.desk.market.brief(fix), round.isAnew);
  if (question === null) return isSettled() ? null : TOLD_ALL;
  const answer = await round.put(seat, question, deadlineAtMs, desk.usefulSinceMs(clock.nowMs()));
  const absorbed = desk.absorb(answer, clock.nowMs(), round.doubt(fix));
  if (absorbed.kind === 'opinion') {
    round.judge(answer, isSettled() ? null : 'frozen');
    return isSettled() ? null : tooOld(absorbed.opinion);
  }
  const { kind: reason, detail } = absorbed.failure;
  if (reason === 'mismatch') round.judge(answer, 'outlier');
  return isSettled() ? null : { reason, detail };
}

const TOLD_ALL: Silence = {
  reason: 'noData',
  detail: 'it has told all it can: no newer closed bar exists',
};

function tooOld({ dataAtMs }: Opinion): Silence {
  return { reason: 'stale', detail: `its newest data are from ${new Date(dataAtMs).toISOString()}` };
}

/** Whether what the desk holds needs no asking in this round. `renewableAtMs`: from when on (Unix ms) it does. */
export function isKnown(
  { isAnew, startAtMs, parts }: Round,
  desk: VoterDesk,
  renewableAtMs = desk.refreshAtMs,
): boolean {
  const nowMs = parts.clock.nowMs();
  return isAnew ? desk.toldAtMs >= startAtMs && nowMs < desk.expiresAtMs : nowMs < renewableAtMs;
}
