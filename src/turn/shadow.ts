import type { VoterDesk } from '../analysts/voter-desk.ts';
import { decideVote } from '../consensus/decide.ts';
import type { Decision } from '../core/decision.ts';
import type { ShadowOutcome } from '../core/meter.ts';
import type { ShadowFlag } from '../core/options.ts';
import { type Ballot, isSameVerdict, type Verdict, type VoteRules, type Voter } from '../core/vote.ts';
import type { AskableVoter } from '../planner/ask-until-decided.ts';
import { dueReason, type Weighed } from '../planner/change-gate.ts';
import { earlyStanding } from '../planner/early-verdict.ts';
import type { PriceWatch } from './price-watch.ts';
import { renewalTimes } from './renewal.ts';
import type { Round } from './round.ts';
import { replacementOf } from './stand-in.ts';

type KnownOpinion = { readonly voter: Voter; readonly untilMs: number };

/** What shadowed flags remember of one instrument between cycles: what would stand, and what would be known. */
export type ShadowMemory = {
  gate: { readonly weighed: Weighed; readonly standing: Decision } | null;
  known: ReadonlyMap<VoterDesk, KnownOpinion>;
};

/** A vote in which everyone is asked whom the flags that are on do not spare. */
export type FullVote = {
  readonly rules: VoteRules;
  readonly start: readonly AskableVoter[];
  /** What is known of ballots that are open: see `learnedRanges`. */
  readonly ranged: (voters: readonly Voter[]) => readonly Voter[];
};

/**
 * What the shadowed flags would have decided in one turn, beside what was decided; asks nobody. Counted is only a decision
 * for which a flag would have spared something: all others are the same by themselves.
 */
export class Shadow {
  readonly #round: Round;
  readonly #watch: PriceWatch;
  readonly #memory: ShadowMemory;
  readonly #beganAtMs: number;
  /** The price that the gate would have been held against; null where it would have been open. */
  readonly #shutSince: Weighed | null;
  readonly #arrivals: string[] = [];

  /** To be made before anything of the turn is told. */
  constructor(round: Round, watch: PriceWatch) {
    this.#round = round;
    this.#watch = watch;
    round.desk.shadow ??= { gate: null, known: new Map() };
    this.#memory = round.desk.shadow;
    this.#beganAtMs = round.parts.clock.nowMs();
    this.#shutSince = this.#has('changeGate') ? this.#weighedBefore() : null;
  }

  /** The voters, so that the order of their answers is known afterwards. */
  listening(voters: readonly AskableVoter[]): readonly AskableVoter[] {
    if (!this.#has('decidedVote')) return voters;
    return voters.map((voter) => ({
      ...voter,
      giveUp: () => voter.giveUp(),
      ask: (told, broke) => {
        const noted = (ballot: Ballot): void => {
          this.#arrivals.push(voter.sourceId);
          told(ballot);
        };
        voter.ask(noted, broke);
      },
    }));
  }

  /** `end`: the voters as they stood when all had answered or the time was up. */
  voted(vote: FullVote, end: readonly Voter[]): void {
    const real = decideVote(vote.rules, end);
    if (real.kind === 'undecided') return;
    if (this.#has('decidedVote')) this.#compareEarly(vote, end, real.verdict);
    if (this.#has('opinionReuse')) this.#compareRemembered(vote, end, real.verdict);
  }

  decided(decision: Decision): void {
    if (!this.#has('changeGate')) return;
    const { gate } = this.#memory;
    if (gate !== null && this.#shutSince !== null && this.#watch.wouldBeStill(this.#shutSince)) {
      this.#count('changeGate', gate.standing, decision);
      return;
    }
    const { weighed } = this.#round.desk;
    this.#memory.gate = weighed === null ? null : { weighed, standing: decision };
  }

  #weighedBefore(): Weighed | null {
    const { desk, parts } = this.#round;
    // Made anew where what stood is not to be confirmed: another configuration, a refused record, an audit, a new session.
    if (desk.weighed === null || desk.standing?.reason === 'marketClosed') this.#memory.gate = null;
    const { gate } = this.#memory;
    if (gate === null) return null;
    const refreshAtMs = renewalTimes({ voters: desk.voters, standing: gate.standing });
    const due = dueReason({ ...gate, refreshAtMs, nowMs: this.#beganAtMs, options: parts.config.planner });
    return due === null ? gate.weighed : null;
  }

  #compareEarly({ rules, start, ranged }: FullVote, end: readonly Voter[], real: Verdict): void {
    const { consensus, flags } = this.#round.parts.config;
    const decide = (voters: readonly Voter[]) => decideVote(rules, ranged(voters));
    const standing = earlyStanding(
      { start, end, arrivals: this.#arrivals },
      { policy: consensus.policy, parallel: flags.parallelSources },
      (voters) => decide(voters).kind === 'decided',
    );
    const early = standing === null ? null : decide(standing);
    if (early?.kind === 'decided') this.#count('decidedVote', early.verdict, real);
  }

  /** Where the remembered opinions leave the vote undecided, more would have been asked: what they say nobody knows. */
  #compareRemembered({ rules }: FullVote, end: readonly Voter[], real: Verdict): void {
    const known = new Map<VoterDesk, KnownOpinion>();
    let spared = 0;
    const voters = this.#round.desk.voters.flatMap(({ seat, desk }) => {
      const voter = end.find(({ sourceId }) => sourceId === seat.options.id);
      const kept = this.#memory.known.get(desk);
      if (voter === undefined) return [];
      if (kept !== undefined && this.#beganAtMs < kept.untilMs) {
        known.set(desk, kept);
        spared += 1;
        return [{ ...voter, operator: kept.voter.operator, ballot: kept.voter.ballot }];
      }
      const isOwn = voter.ballot.state === 'answered' && replacementOf(this.#round, voter.sourceId) === null;
      if (isOwn) known.set(desk, { voter, untilMs: desk.refreshAtMs });
      return [voter];
    });
    this.#memory.known = known;
    const vote = spared === 0 ? null : decideVote(rules, voters);
    if (vote?.kind === 'decided') this.#count('opinionReuse', vote.verdict, real);
  }

  #count(flag: ShadowFlag, shadow: Verdict, real: Verdict): void {
    this.#round.parts.meter?.shadow(flag, shadowOutcome(shadow, real));
  }

  #has(flag: ShadowFlag): boolean {
    return this.#round.parts.config.shadow?.includes(flag) === true;
  }
}

/** How a shadowed decision compares with the real one. */
export function shadowOutcome(shadow: Verdict, real: Verdict): ShadowOutcome {
  return isSameVerdict(shadow, real) ? 'equal' : 'different';
}
