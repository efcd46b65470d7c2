import type { VoterDesk } from '../analysts/voter-desk.ts';
import type { Answer } from '../core/answer.ts';
import type { StandIn } from '../core/decision.ts';
import { type Ballot, SCORE_MICRO, toMicro } from '../core/vote.ts';
import type { AskableVoter } from '../planner/ask-until-decided.ts';
import { enquiryOf, isKnown, type Silence, silenceAfter, silenceUnasked } from './consult.ts';
import type { VotingSeat } from './desk.ts';
import { renewableAtMs } from './renewal.ts';
import type { Round } from './round.ts';
import { knownStandIn, ownDeadlineAtMs, standIn, standInMicro, standInText } from './stand-in.ts';

const OPEN: Ballot = { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO };
const GIVEN_UP: Silence = { reason: 'timeout', detail: 'no answer before the end of the vote' };

/** A seat at the vote of one round: its known ballot, or an open one and the means to ask. */
export class AskableSeat implements AskableVoter {
  readonly sourceId: string;
  readonly operator: string;
  readonly weightPpb: number;
  readonly priceUsd: number | null;
  readonly ballot: Ballot;
  readonly #round: Round;
  readonly #voter: VotingSeat;

  constructor(round: Round, voter: VotingSeat) {
    const { options } = voter.seat;
    this.sourceId = options.id;
    this.operator = options.operator;
    this.weightPpb = voter.weightPpb;
    this.priceUsd = options.priceUsdPerCall;
    this.ballot = isKnown(round, voter.desk, renewableAtMs(round.desk.standing, voter))
      ? answered(voter.desk)
      : OPEN;
    this.#round = round;
    this.#voter = voter;
  }

  ask(told: (ballot: Ballot) => void, broke: (error: unknown) => void): void {
    const [round, voter] = [this.#round, this.#voter];
    const enquiry = enquiryOf(round, voter, ownDeadlineAtMs(round, voter));
    if (enquiry === null) {
      this.#ballotAfter(silenceUnasked(round, voter.desk)).then(told).catch(broke);
      return;
    }
    const heard = (answer: Answer): void => {
      const silence = silenceAfter(round, voter.desk, answer);
      if (silence === null) told(answered(voter.desk));
      else this.#ballotAfter(silence).then(told).catch(broke);
    };
    round.put(enquiry, heard, broke);
  }

  giveUp(): Ballot {
    const { desk } = this.#voter;
    return this.#round.parts.clock.nowMs() < desk.expiresAtMs
      ? answered(desk)
      : this.#silent(GIVEN_UP, knownStandIn(this.#round, this.#voter));
  }

  async #ballotAfter(silence: Silence | null): Promise<Ballot> {
    if (silence === null) return answered(this.#voter.desk);
    return this.#silent(silence, await standIn(this.#round, this.#voter, silence.reason));
  }

  /** What it leaves when it has no opinion that holds: the vote of who stands in, else nothing but the reason. */
  #silent({ reason, detail }: Silence, found: StandIn | null): Ballot {
    const named = found === null ? detail : `${detail}; ${standInText(found)}`;
    this.#round.leftOut.push({ sourceId: this.sourceId, reason, detail: named });
    return found === null
      ? { state: 'absent', reason }
      : { state: 'answered', scoreMicro: standInMicro(found) };
  }
}

function answered(desk: VoterDesk): Ballot {
  return { state: 'answered', scoreMicro: toMicro(desk.opinion?.score ?? 0) };
}
