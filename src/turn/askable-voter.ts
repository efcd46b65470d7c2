import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { PriceFix } from '../core/decision.ts';
import { type Ballot, SCORE_MICRO, toMicro } from '../core/vote.ts';
import type { AskableVoter } from '../planner/ask-until-decided.ts';
import type { VotingSeat } from './desk.ts';
import type { Round } from './round.ts';

const OPEN: Ballot = { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO };

/** A seat at the vote of one round: its known ballot, or an open one and the means to ask. */
export function askableVoter(
  round: Round,
  { seat, desk, weightPpb }: VotingSeat,
  fix: PriceFix,
): AskableVoter {
  const { clock } = round.parts;
  const { id: sourceId, operator, priceUsdPerCall: priceUsd } = seat.options;
  /** What it leaves when it tells nothing new: its opinion while that holds, else nothing but the reason. */
  const remaining = (reason: string, detail: string): Ballot => {
    if (clock.nowMs() < desk.expiresAtMs) return answered(desk);
    round.leftOut.push({ sourceId, reason, detail });
    return { state: 'absent', reason };
  };
  return {
    sourceId,
    operator,
    weightPpb,
    priceUsd,
    ballot: isKnown(round, desk) ? answered(desk) : OPEN,
    giveUp: () => remaining('timeout', 'no answer before the end of the vote'),
    ask: async () => {
      const question = desk.question(clock.nowMs(), round.desk.market.brief(fix), round.isAnew);
      if (question === null) return remaining('noData', 'it has told all it can: no newer closed bar exists');
      const answer = await round.put(seat, question, round.askDeadlineAtMs);
      const absorbed = desk.absorb(answer, clock.nowMs(), round.doubt(fix));
      if (absorbed.kind === 'none') return remaining(absorbed.failure.kind, absorbed.failure.detail);
      return remaining(
        'stale',
        `its newest data are from ${new Date(absorbed.opinion.dataAtMs).toISOString()}`,
      );
    },
  };
}

function isKnown({ isAnew, startAtMs, parts }: Round, desk: VoterDesk): boolean {
  const nowMs = parts.clock.nowMs();
  return isAnew ? desk.toldAtMs >= startAtMs && nowMs < desk.expiresAtMs : nowMs < desk.refreshAtMs;
}

function answered(desk: VoterDesk): Ballot {
  return { state: 'answered', scoreMicro: toMicro(desk.opinion?.score ?? 0) };
}
