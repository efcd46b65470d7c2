import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { PriceFix } from '../core/decision.ts';
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
  const silence = await put(round, seat, desk, fix, deadlineAtMs);
  return clock.nowMs() < desk.expiresAtMs ? null : (silence ?? tooOld(desk));
}

function tooOld({ opinion }: VoterDesk): Silence {
  const newestAt = new Date(opinion?.dataAtMs ?? 0).toISOString();
  return { reason: 'stale', detail: `its newest data are from ${newestAt}` };
}

/** Null: it has told something. */
async function put(
  round: Round,
  seat: Seat,
  desk: VoterDesk,
  fix: PriceFix,
  deadlineAtMs: number,
): Promise<Silence | null> {
  const { clock } = round.parts;
  const question = desk.question(clock.nowMs(), () => round.desk.market.brief(fix), round.isAnew);
  if (question === null)
    return { reason: 'noData', detail: 'it has told all it can: no newer closed bar exists' };
  const answer = await round.put(seat, question, deadlineAtMs, desk.usefulSinceMs(clock.nowMs()));
  const absorbed = desk.absorb(answer, clock.nowMs(), round.doubt(fix));
  if (absorbed.kind === 'none') {
    const { kind: reason, detail } = absorbed.failure;
    if (reason === 'mismatch') round.judge(answer, 'outlier');
    return { reason, detail };
  }
  round.judge(answer, clock.nowMs() < desk.expiresAtMs ? null : 'frozen');
  return null;
}

/** Whether what the desk holds needs no asking in this round. */
export function isKnown({ isAnew, startAtMs, parts }: Round, desk: VoterDesk): boolean {
  const nowMs = parts.clock.nowMs();
  return isAnew ? desk.toldAtMs >= startAtMs && nowMs < desk.expiresAtMs : nowMs < desk.refreshAtMs;
}
