import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { PriceFix, StandIn } from '../core/decision.ts';
import { type Ballot, SCORE_MICRO, toMicro } from '../core/vote.ts';
import type { AskableVoter } from '../planner/ask-until-decided.ts';
import { consult, isKnown, type Silence } from './consult.ts';
import type { VotingSeat } from './desk.ts';
import { renewableAtMs } from './renewal.ts';
import type { Round } from './round.ts';
import { knownStandIn, ownDeadlineAtMs, standIn, standInMicro, standInText } from './stand-in.ts';

const OPEN: Ballot = { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO };
const GIVEN_UP: Silence = { reason: 'timeout', detail: 'no answer before the end of the vote' };

/** A seat at the vote of one round: its known ballot, or an open one and the means to ask. */
export function askableVoter(round: Round, voter: VotingSeat, fix: PriceFix): AskableVoter {
  const { seat, desk, weightPpb } = voter;
  const { clock } = round.parts;
  const { id: sourceId, operator, priceUsdPerCall: priceUsd } = seat.options;
  /** What it leaves when it has no opinion that holds: the vote of who stands in, else nothing but the reason. */
  const silent = ({ reason, detail }: Silence, found: StandIn | null): Ballot => {
    const named = found === null ? detail : `${detail}; ${standInText(found)}`;
    round.leftOut.push({ sourceId, reason, detail: named });
    return found === null
      ? { state: 'absent', reason }
      : { state: 'answered', scoreMicro: standInMicro(found) };
  };
  return {
    sourceId,
    operator,
    weightPpb,
    priceUsd,
    ballot: isKnown(round, desk, renewableAtMs(round.desk.standing, voter)) ? answered(desk) : OPEN,
    giveUp: () =>
      clock.nowMs() < desk.expiresAtMs ? answered(desk) : silent(GIVEN_UP, knownStandIn(round, voter)),
    ask: async () => {
      const silence = await consult(round, voter, fix, ownDeadlineAtMs(round, voter));
      if (silence === null) return answered(desk);
      return silent(silence, await standIn(round, voter, fix, silence.reason));
    },
  };
}

function answered(desk: VoterDesk): Ballot {
  return { state: 'answered', scoreMicro: toMicro(desk.opinion?.score ?? 0) };
}
