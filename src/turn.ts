import type { PriceCheck } from './consensus/gates.ts';
import { gateCertificate } from './consensus/verify-certificate.ts';
import { voteRules } from './consensus/vote-rules.ts';
import type { Decision, PriceFix, Regime, VoteLine } from './core/decision.ts';
import { sessionAt } from './core/sessions/session.ts';
import {
  ABSTAIN_REASONS,
  type AbstainReason,
  SCORE_MICRO,
  type Verdict,
  type VoteRules,
  type Voter,
} from './core/vote.ts';
import { askUntilDecided } from './planner/ask-until-decided.ts';
import { moveMinOf } from './planner/change-gate.ts';
import { AskableSeat } from './turn/askable-seat.ts';
import type { Desk, VotingSeat } from './turn/desk.ts';
import { confirmed, type FirstLook, isAsItStood } from './turn/first-look.ts';
import { dueNow } from './turn/gate.ts';
import { learnedRanges } from './turn/learned-ranges.ts';
import { PriceWatch } from './turn/price-watch.ts';
import { Round, type TurnParts } from './turn/round.ts';
import { type FullVote, Shadow } from './turn/shadow.ts';
import { replacementOf, withStandIns } from './turn/stand-in.ts';

const FAULT_CHARS_MAX = 200;

/** A vote that is to be held. */
type Vote = FullVote & {
  readonly kind: 'vote';
  readonly fix: PriceFix;
  readonly regime: Regime;
  readonly voters: readonly VotingSeat[];
};

/** What a decision says beside its kind and reason. */
type Said = Pick<Decision, 'score' | 'confidence' | 'regime' | 'price' | 'detail' | 'certificate' | 'votes'>;

/** One instrument's turn in one cycle: watch -> ask -> opine -> vote -> decide. */
export class Turn {
  readonly #parts: TurnParts;
  readonly #desk: Desk;
  readonly #cycle: number;
  readonly #slotAtMs: number;
  readonly round: Round;

  /**
   * `isAudit`: everyone is asked, whatever is known, and no later turn rests on it. `startAtMs`: when it begins (Unix ms), where
   * that is not at its slot.
   */
  constructor(
    parts: TurnParts,
    desk: Desk,
    cycle: number,
    slotAtMs: number,
    { isAudit = false, startAtMs = slotAtMs }: { isAudit?: boolean; startAtMs?: number } = {},
  ) {
    this.#parts = parts;
    this.#desk = desk;
    this.#cycle = cycle;
    this.#slotAtMs = slotAtMs;
    this.round = new Round(parts, desk, slotAtMs, startAtMs, isAudit);
  }

  /**
   * The decision of this cycle; the standing one, confirmed, where nothing changed. `first`: with its change gate shut it
   * was looked at already. Rejects only where the code is wrong.
   */
  async decide(first: FirstLook | null = null): Promise<Decision> {
    const { instrument } = this.#desk;
    if (!this.round.isAudit) this.#desk.turnAtMs = this.#slotAtMs;
    const { phase, reason } = sessionAt(instrument.assetClass, this.#slotAtMs);
    if (phase !== 'open') return this.#abstain('marketClosed', reason ?? `${phase}-market hours`);

    const watch = new PriceWatch(this.round);
    const shadow =
      this.#parts.config.shadow === undefined || this.round.isAudit ? null : new Shadow(this.round, watch);
    const watched = await watch.watch(first === null ? this.#dueReason() : null, first);
    if (watched.kind === 'quiet')
      return confirmed(this.#desk, { ...watched, cycle: this.#cycle, atMs: this.#slotAtMs });
    this.#desk.quietUntilMs = 0;
    this.round.trace?.ended('watch');
    const held = this.#hold(watched);
    const decision = held.kind === 'vote' ? this.#weighed(held, await this.#ask(held, shadow), shadow) : held;
    shadow?.decided(decision);
    return decision;
  }

  /** The vote that is to be held, or what is said where none can be. */
  #hold(watched: PriceCheck): Vote | Decision {
    const { market, voters } = this.#desk;
    if (watched.kind === 'abstain')
      return this.#abstain(watched.reason, watched.detail || this.#silenceText());
    const { fix } = watched;
    const regime = market.regime(this.#parts.clock.nowMs());
    if (regime === null) return this.#abstain('noRegime', market.warmupText(), fix);
    if (voters.length === 0) return this.#abstain('noSources', ABSTAIN_REASONS.noSources, fix);
    return {
      kind: 'vote',
      fix,
      regime,
      rules: this.#rules(regime),
      voters,
      start: voters.map((voter) => new AskableSeat(this.round, voter)),
      ranged: learnedRanges(this.round, regime),
    };
  }

  /** Asks the voters whose opinion is not known, until the vote is decided or the time is up. */
  #ask({ rules, start, ranged }: Vote, shadow: Shadow | null): Promise<readonly Voter[]> {
    const { config, clock } = this.#parts;
    const { flags, consensus } = config;
    const { askDeadlineAtMs: deadlineAtMs, patienceMs } = this.round;
    const { votes } = this.#desk;
    return askUntilDecided(
      shadow?.listening(start) ?? start,
      (standing) => votes.decide(rules, ranged(withStandIns(this.round, standing))).kind === 'decided',
      {
        policy: consensus.policy,
        stopWhenDecided: flags.decidedVote && !this.round.isAudit,
        parallel: flags.parallelSources,
        deadlineAtMs,
        patienceMs,
      },
      clock,
    );
  }

  #weighed(vote: Vote, asked: readonly Voter[], shadow: Shadow | null): Decision {
    const { market } = this.#desk;
    const end = vote.ranged(withStandIns(this.round, asked));
    shadow?.voted(vote, end);
    this.round.trace?.ended('ask');
    const decision = this.#decided(vote, end);
    this.round.trace?.ended('vote');
    const { price } = vote.fix;
    const moveMin = moveMinOf(this.#parts.config.planner, market.volatilityPerBar);
    if (!this.round.isAudit) this.#desk.weighed = { atMs: this.#slotAtMs, price, moveMin };
    const isGated = this.#parts.config.flags.changeGate && decision.kind !== 'ABSTAIN';
    return isGated ? { ...decision, gate: { price, moveMin } } : decision;
  }

  /** What is said while others have their turn before an instrument of which nothing is known, or that abstains anyway. */
  waiting(): Decision {
    const { standing, market } = this.#desk;
    if (standing?.kind === 'ABSTAIN' && isAsItStood(standing, this.#parts))
      return { ...standing, cycle: this.#cycle, atMs: this.#slotAtMs };
    return this.#abstain('noRegime', market.warmupText());
  }

  /** What is said in place of a decision that could not be made because the code is wrong. */
  broken(error: unknown): Decision {
    const text = error instanceof Error ? error.message : String(error);
    return this.#abstain('fault', text.slice(0, FAULT_CHARS_MAX));
  }

  #dueReason(): string | null {
    return this.round.isAudit ? 'everyone is asked' : dueNow(this.#parts, this.#desk);
  }

  #rules(regime: Regime): VoteRules {
    const { consensus, signals } = this.#parts.config;
    return voteRules(consensus, signals.thresholds[regime]);
  }

  #decided({ fix, regime, rules, voters }: Vote, end: readonly Voter[]): Decision {
    const vote = this.#desk.votes.decide(rules, end);
    if (vote.kind === 'undecided')
      throw new RangeError('a vote without open ballots, or one said to be decided, is decided');
    const { verdict, certificate, score, confidence } = vote;
    return this.#decision(verdict, {
      score,
      confidence,
      regime,
      price: fix,
      detail: verdict.reason === null ? '' : ABSTAIN_REASONS[verdict.reason],
      certificate,
      votes: this.#voteLines(voters, end),
    });
  }

  /** `end`: the same voters in the same order, as they stood at the end of the vote. */
  #voteLines(voters: readonly VotingSeat[], end: readonly Voter[]): VoteLine[] {
    const lines: VoteLine[] = [];
    voters.forEach(({ desk }, index) => {
      const voter = end[index];
      if (voter?.ballot.state !== 'answered') return;
      const { sourceId, ballot } = voter;
      const replaced = replacementOf(this.round, sourceId);
      const opinion = replaced?.opinion ?? desk.opinion;
      if (opinion === null) return;
      const { because, dataAtMs, provenance } = opinion;
      const line = { sourceId, score: ballot.scoreMicro / SCORE_MICRO, because, dataAtMs, provenance };
      lines.push(replaced === null ? line : { ...line, standIn: replaced.standIn });
    });
    return lines;
  }

  /** Where no quote came at all, only those who were to give one can say why. */
  #silenceText(): string {
    return this.round.leftOut.map(({ sourceId, detail }) => `${sourceId}: ${detail}`).join('; ');
  }

  #abstain(reason: AbstainReason, detail: string, price: PriceFix | null = null): Decision {
    return this.#decision(
      { kind: 'ABSTAIN', reason },
      {
        score: null,
        confidence: null,
        regime: null,
        price,
        detail,
        certificate: gateCertificate(this.#rules('range')),
        votes: [],
      },
    );
  }

  #decision({ kind, reason }: Verdict, said: Said): Decision {
    const { score, confidence, regime, price, detail, certificate, votes } = said;
    return {
      kind,
      reason,
      instrumentId: this.#desk.instrument.id,
      cycle: this.#cycle,
      atMs: this.#slotAtMs,
      // A copy: an answer that fails after the decision must not change it.
      leftOut: [...this.round.leftOut],
      configVersion: this.#parts.configVersion,
      score,
      confidence,
      regime,
      price,
      detail,
      certificate,
      votes,
    };
  }
}
