import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { PriceFix } from '../core/decision.ts';
import { type Ballot, SCORE_MICRO, toMicro } from '../core/vote.ts';
import type { AskableVoter } from '../planner/ask-until-decided.ts';
import type { VotingSeat } from './desk.ts';
import type { Round } from './round.ts';

/** A seat at the vote of one round: its known ballot, or an open one and the means to ask. */
export function askableVoter(
  round: Round,
  { seat, desk, weightPpb }: VotingSeat,
  fix: PriceFix,
): AskableVoter {
  const { config, clock } = round.parts;
  const { id: sourceId, operator, priceUsdPerCall: priceUsd } = seat.options;
  /** What it leaves when it tells nothing new: its opinion while that holds, else nothing but the reason. */
  const remaining = (reason: string, detail: string): Ballot => {
    if (clock.nowMs() < desk.expiresAtMs) return answered(desk);
    round.leftOut.push({ sourceId, reason, detail });
    return { state: 'absent', reason };
  };
  const anew = !config.flags.opinionReuse;
  const isKnown = anew
    ? desk.toldAtMs >= round.startAtMs && clock.nowMs() < desk.expiresAtMs
    : clock.nowMs() < desk.refreshAtMs;
  return {
    sourceId,
    operator,
    weightPpb,
    priceUsd,
    ballot: isKnown ? answered(desk) : { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO },
    giveUp: () => remaining('timeout', 'no answer before the end of the vote'),
    ask: async () => {
      const question = desk.question(clock.nowMs(), round.desk.market.brief(fix), anew);
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

function answered(desk: VoterDesk): Ballot {
  return { state: 'answered', scoreMicro: toMicro(desk.opinion?.score ?? 0) };
}
