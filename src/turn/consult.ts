import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { Answer } from '../core/answer.ts';
import type { Opinion } from '../core/opinion.ts';
import type { Seat } from './desk.ts';
import type { Enquiry, Round } from './round.ts';

/** A source, and what it has told of the instrument of a round. */
type Told = { readonly seat: Seat; readonly desk: VoterDesk };

/** Why a source left nothing that counts. */
export type Silence = { readonly reason: string; readonly detail: string };

const TOLD_ALL: Silence = {
  reason: 'noData',
  detail: 'it has told all it can: no newer closed bar exists',
};

/** What a source is to be asked that its desk still lacks; null where it has told all it can. */
export function enquiryOf(round: Round, { seat, desk }: Told, deadlineAtMs: number): Enquiry | null {
  const nowMs = round.parts.clock.nowMs();
  const question = desk.question(nowMs, round.brief, round.isAnew);
  if (question === null) return null;
  return { seat, question, deadlineAtMs, receivedSinceMs: desk.usefulSinceMs(nowMs) };
}

/** Null where a desk that there is nothing to ask for holds an opinion that counts as its value. */
export function silenceUnasked(round: Round, desk: VoterDesk): Silence | null {
  return isSettled(round, desk) ? null : TOLD_ALL;
}

/** Takes in an answer. Null where the desk holds an opinion afterwards that counts as its value. */
export function silenceAfter(round: Round, desk: VoterDesk, answer: Answer): Silence | null {
  const absorbed = desk.absorb(answer, round.parts.clock.nowMs(), round.doubt);
  const isCounting = isSettled(round, desk);
  if (absorbed.kind === 'opinion') {
    round.judge(answer, isCounting ? null : 'frozen');
    return isCounting ? null : tooOld(absorbed.opinion);
  }
  const { kind: reason, detail } = absorbed.failure;
  if (reason === 'mismatch') round.judge(answer, 'outlier');
  return isCounting ? null : { reason, detail };
}

/** Asks, and takes in the answer: see {@link silenceAfter}. */
export async function consult(round: Round, told: Told, deadlineAtMs: number): Promise<Silence | null> {
  const enquiry = enquiryOf(round, told, deadlineAtMs);
  if (enquiry === null) return silenceUnasked(round, told.desk);
  return silenceAfter(round, told.desk, await round.answerTo(enquiry));
}

function isSettled({ parts }: Round, desk: VoterDesk): boolean {
  return parts.clock.nowMs() < desk.expiresAtMs;
}

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
