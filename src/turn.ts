import type { BarDoubt, VoterDesk } from './analysts/voter-desk.ts';
import { decideVote } from './consensus/decide.ts';
import { checkPrice, type GateMemory, type PriceCheck, type WatchQuote } from './consensus/gates.ts';
import { gateCertificate } from './consensus/verify-certificate.ts';
import { voteRules } from './consensus/vote-rules.ts';
import { voterBarFault } from './consensus/voter-check.ts';
import type { AnalystSpec } from './core/analyst.ts';
import type { Answer, Gateway } from './core/answer.ts';
import type { Clock } from './core/clock.ts';
import type { Decision, LeftOut, PriceFix, Regime, VoteLine } from './core/decision.ts';
import type { Instrument } from './core/instrument.ts';
import { ASK_SHARE_OF_CYCLE, type Config, type SourceOptions } from './core/options.ts';
import type { Question } from './core/question.ts';
import { type Quote, quoteTimeMs } from './core/quote.ts';
import { sessionAt } from './core/sessions/session.ts';
import type { Signal } from './core/signal.ts';
import { endpointFor, type Source } from './core/source.ts';
import {
  ABSTAIN_REASONS,
  type AbstainReason,
  type Ballot,
  SCORE_MICRO,
  toMicro,
  type VoteRules,
  type Voter,
} from './core/vote.ts';
import { type AskableVoter, askUntilDecided } from './planner/ask-until-decided.ts';
import { dueReason, moveReason, type Weighed } from './planner/change-gate.ts';
import { inWaves } from './planner/in-waves.ts';
import { priceWaves } from './planner/wave.ts';
import type { MarketDesk } from './signals/market-desk.ts';

/** A configured source with the provider it speaks to and the analyst that reads it. */
export type Seat = {
  readonly options: SourceOptions;
  readonly source: Source;
  readonly analyst: AnalystSpec;
};

/** A seat at one instrument's vote. */
export type VotingSeat = { readonly seat: Seat; readonly desk: VoterDesk; readonly weightPpb: number };

/** All that is remembered of one instrument between cycles. */
export type Desk = {
  readonly instrument: Instrument;
  readonly market: MarketDesk;
  /** Seats that give the price, most trusted first. */
  readonly watchers: readonly Seat[];
  readonly voters: readonly VotingSeat[];
  gate: GateMemory | null;
  weighed: Weighed | null;
  standing: Decision | null;
  signal: Signal | null;
};

export type TurnParts = {
  readonly config: Config;
  readonly configVersion: string;
  readonly gateway: Gateway;
  readonly clock: Clock;
};

/** Of the cycle: how long the watch quotes may take, and how long one wave may hold up the next. */
const WATCH_SHARE_OF_CYCLE = 0.3;
const PATIENCE_SHARE_OF_CYCLE = 0.15;

const FAULT_CHARS_MAX = 200;

type WatchAnswer = { readonly seat: Seat; readonly answer: Answer };
type Watched = PriceCheck | { readonly kind: 'quiet'; readonly seat: Seat; readonly quote: Quote };

/** One instrument's turn in one cycle: watch -> ask -> opine -> vote -> decide. */
export class Turn {
  readonly #parts: TurnParts;
  readonly #desk: Desk;
  readonly #cycle: number;
  readonly #slotAtMs: number;
  readonly #leftOut: LeftOut[] = [];

  constructor(parts: TurnParts, desk: Desk, cycle: number, slotAtMs: number) {
    this.#parts = parts;
    this.#desk = desk;
    this.#cycle = cycle;
    this.#slotAtMs = slotAtMs;
  }

  /** The decision of this cycle; the standing one, confirmed, where nothing changed. Rejects only where the code is wrong. */
  async decide(): Promise<Decision> {
    const { instrument, market, voters } = this.#desk;
    const { phase, reason } = sessionAt(instrument.assetClass, this.#slotAtMs);
    if (phase !== 'open') return this.#abstain('marketClosed', reason ?? `${phase}-market hours`);

    const watched = await this.#watch(this.#dueReason());
    if (watched.kind === 'quiet') return this.#confirmed(watched.seat, watched.quote);
    if (watched.kind === 'abstain')
      return this.#abstain(watched.reason, watched.detail || this.#silenceText());
    const { fix } = watched;
    const regime = market.regime(this.#parts.clock.nowMs());
    if (regime === null) return this.#abstain('noRegime', market.warmupText(), fix);
    if (voters.length === 0) return this.#abstain('noSources', ABSTAIN_REASONS.noSources, fix);

    const rules = this.#rules(regime);
    const decision = this.#decided(fix, regime, rules, await this.#ask(fix, rules));
    this.#desk.weighed = { atMs: this.#slotAtMs, price: fix.price };
    return decision;
  }

  /** What is said in place of a decision that could not be made because the code is wrong. */
  broken(error: unknown): Decision {
    const text = error instanceof Error ? error.message : String(error);
    return this.#abstain('fault', text.slice(0, FAULT_CHARS_MAX));
  }

  #dueReason(): string | null {
    const { config, clock } = this.#parts;
    if (!config.flags.changeGate) return 'the change gate is off';
    const { weighed, standing, voters } = this.#desk;
    return dueReason({
      weighed,
      standing,
      nowMs: clock.nowMs(),
      refreshAtMs: new Map(voters.map(({ seat, desk }) => [seat.options.id, desk.refreshAtMs])),
      options: config.planner,
    });
  }

  /**
   * The price, from watch quotes only. With nothing due, one quote that has not moved is enough; else two operators must
   * agree, and the others are asked where those two do not settle it.
   */
  async #watch(due: string | null): Promise<Watched> {
    const { config, clock } = this.#parts;
    const { watchers } = this.#desk;
    const quotes: WatchQuote[] = [];
    const answers: WatchAnswer[] = [];
    const deadlineAtMs = this.#slotAtMs + WATCH_SHARE_OF_CYCLE * config.cycleMs;
    const ask = async (seat: Seat): Promise<void> => {
      const question: Question = { kind: 'market', instrument: this.#desk.instrument };
      const answer = await this.#put(seat, question, deadlineAtMs);
      const { id: sourceId, operator, weight } = seat.options;
      if (answer.kind === 'failed' || answer.kind === 'refused') {
        this.#leftOut.push({ sourceId, reason: answer.failure.kind, detail: answer.failure.detail });
      } else if (answer.view.kind === 'market') {
        quotes.push({ sourceId, operator, weight, quote: answer.view.quote });
        answers.push({ seat, answer });
      }
    };
    const isQuiet = (): boolean => due === null && quotes.length === 1 && this.#isStill(quotes);
    const waves =
      due === null || !config.flags.parallelSources
        ? watchers.map((seat) => [seat])
        : priceWaves(watchers, ({ options }) => options.operator);
    await inWaves(
      () => (waves.shift() ?? []).map(ask),
      () => isQuiet() || this.#checkPrice(quotes).kind === 'pass',
      { deadlineAtMs, patienceMs: PATIENCE_SHARE_OF_CYCLE * config.cycleMs },
      clock,
    );
    const [first] = answers;
    const [quote] = quotes;
    if (first !== undefined && quote !== undefined && isQuiet())
      return { kind: 'quiet', seat: first.seat, quote: quote.quote };
    const checked = this.#checkPrice(quotes);
    this.#desk.gate = checked.memory;
    this.#leftOut.push(...checked.leftOut);
    if (checked.kind === 'pass') await this.#feedMarket(checked.fix, answers, deadlineAtMs);
    return checked;
  }

  #checkPrice(quotes: readonly WatchQuote[]): PriceCheck {
    const { config, clock } = this.#parts;
    return checkPrice({
      instrument: this.#desk.instrument,
      quotes,
      memory: this.#desk.gate,
      nowMs: clock.nowMs(),
      options: config.gates,
      priceToleranceBps: config.consensus.priceToleranceBps,
    });
  }

  /** Whether the one quote, sound as far as one quote can be, shows nothing that opens the change gate. */
  #isStill(quotes: readonly WatchQuote[]): boolean {
    const { weighed, signal } = this.#desk;
    const [only] = quotes;
    if (only === undefined || weighed === null) return false;
    const checked = this.#checkPrice(quotes);
    const isSound = checked.kind === 'abstain' && checked.reason === 'unconfirmedPrice';
    return isSound && moveReason(only.quote.price, weighed, signal, this.#parts.config.planner) === null;
  }

  /** Closed bars of the watch, from the first agreeing source that has them; missing ones are fetched. */
  async #feedMarket(fix: PriceFix, answers: readonly WatchAnswer[], deadlineAtMs: number): Promise<void> {
    const { market, instrument } = this.#desk;
    const agreeing = answers.filter(({ seat }) => fix.agreeing.includes(seat.options.id));
    for (const { seat, answer } of agreeing) this.#tell(seat, answer, fix);
    for (const { seat } of agreeing) {
      const question = market.question(this.#parts.clock.nowMs());
      if (question === null) return;
      if (endpointFor(seat.source, 'bars', instrument) === null) continue;
      this.#tell(seat, await this.#put(seat, question, deadlineAtMs), fix);
    }
  }

  /** An answer of a watch source serves the market desk, and the voter that reads the same source. */
  #tell(seat: Seat, answer: Answer, fix: PriceFix): void {
    if ('view' in answer) this.#desk.market.absorb(answer.view, fix.price);
    const voter = this.#desk.voters.find((entry) => entry.seat === seat);
    voter?.desk.absorb(answer, this.#parts.clock.nowMs(), this.#doubt(fix));
  }

  /** Asks the voters whose opinion is not known, until the vote is decided or the time is up. */
  #ask(fix: PriceFix, rules: VoteRules): Promise<readonly Voter[]> {
    const { config, clock } = this.#parts;
    const { flags, consensus, cycleMs } = config;
    return askUntilDecided(
      this.#desk.voters.map((voter) => this.#askable(voter, fix)),
      (voters) => decideVote(rules, voters).kind === 'decided',
      {
        policy: consensus.policy,
        stopWhenDecided: flags.decidedVote,
        parallel: flags.parallelSources,
        deadlineAtMs: this.#askDeadlineAtMs(),
        patienceMs: PATIENCE_SHARE_OF_CYCLE * cycleMs,
      },
      clock,
    );
  }

  #askable({ seat, desk, weightPpb }: VotingSeat, fix: PriceFix): AskableVoter {
    const { config, clock } = this.#parts;
    const { id: sourceId, operator, priceUsdPerCall: priceUsd } = seat.options;
    /** What it leaves when it tells nothing new: its opinion while that holds, else nothing but the reason. */
    const remaining = (reason: string, detail: string): Ballot => {
      if (clock.nowMs() < desk.expiresAtMs) return answered(desk);
      this.#leftOut.push({ sourceId, reason, detail });
      return { state: 'absent', reason };
    };
    const anew = !config.flags.opinionReuse;
    const isKnown = anew
      ? desk.toldAtMs >= this.#slotAtMs && clock.nowMs() < desk.expiresAtMs
      : clock.nowMs() < desk.refreshAtMs;
    return {
      sourceId,
      operator,
      weightPpb,
      priceUsd,
      ballot: isKnown ? answered(desk) : { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO },
      giveUp: () => remaining('timeout', 'no answer before the end of the vote'),
      ask: async () => {
        const question = desk.question(clock.nowMs(), this.#desk.market.brief(fix), anew);
        if (question === null)
          return remaining('noData', 'it has told all it can: no newer closed bar exists');
        const answer = await this.#put(seat, question, this.#askDeadlineAtMs());
        const absorbed = desk.absorb(answer, clock.nowMs(), this.#doubt(fix));
        if (absorbed.kind === 'none') return remaining(absorbed.failure.kind, absorbed.failure.detail);
        return remaining(
          'stale',
          `its newest data are from ${new Date(absorbed.opinion.dataAtMs).toISOString()}`,
        );
      },
    };
  }

  #askDeadlineAtMs(): number {
    return this.#slotAtMs + ASK_SHARE_OF_CYCLE * this.#parts.config.cycleMs;
  }

  #put(seat: Seat, question: Question, deadlineAtMs: number): Promise<Answer> {
    const [answer] = this.#parts.gateway.askEach([{ sourceId: seat.options.id, question, deadlineAtMs }]);
    if (answer === undefined) throw new RangeError('a gateway gives one answer for each ask');
    return answer;
  }

  /** A voter's bar is believed when it closes where the watch closed in the same minute. */
  #doubt(fix: PriceFix): BarDoubt {
    const { consensus, gates } = this.#parts.config;
    const { market } = this.#desk;
    return (bar) => voterBarFault(bar, market.closeOf(bar.openAtMs), fix.price, consensus, gates);
  }

  #rules(regime: Regime): VoteRules {
    const { consensus, signals } = this.#parts.config;
    return voteRules(consensus, signals.thresholds[regime]);
  }

  #decided(fix: PriceFix, regime: Regime, rules: VoteRules, voters: readonly Voter[]): Decision {
    const vote = decideVote(rules, voters);
    if (vote.kind === 'undecided')
      throw new RangeError('a vote without open ballots, or one said to be decided, is decided');
    const { verdict, certificate, score, confidence } = vote;
    return {
      ...verdict,
      ...this.#frame(),
      score,
      confidence,
      regime,
      price: fix,
      detail: verdict.reason === null ? '' : ABSTAIN_REASONS[verdict.reason],
      certificate,
      votes: this.#desk.voters.flatMap(({ seat, desk }) => voteLine(seat, desk, voters)),
    };
  }

  /** Where no quote came at all, only those who were to give one can say why. */
  #silenceText(): string {
    return this.#leftOut.map(({ sourceId, detail }) => `${sourceId}: ${detail}`).join('; ');
  }

  #abstain(reason: AbstainReason, detail: string, price: PriceFix | null = null): Decision {
    return {
      kind: 'ABSTAIN',
      reason,
      ...this.#frame(),
      score: null,
      confidence: null,
      regime: null,
      price,
      detail,
      certificate: gateCertificate(this.#rules('range')),
      votes: [],
    };
  }

  /** What stood, stands: only the price shown is newer. */
  #confirmed(seat: Seat, quote: Quote): Decision {
    const { standing } = this.#desk;
    if (standing === null) throw new RangeError('only a standing decision can be confirmed');
    const price: PriceFix = {
      price: quote.price,
      currency: quote.currency,
      asOfMs: quoteTimeMs(quote),
      agreeing: [seat.options.id],
      dissenting: [],
    };
    return { ...standing, cycle: this.#cycle, atMs: this.#slotAtMs, price };
  }

  #frame() {
    const { configVersion } = this.#parts;
    return {
      instrumentId: this.#desk.instrument.id,
      cycle: this.#cycle,
      atMs: this.#slotAtMs,
      // A copy: an answer that fails after the decision must not change it.
      leftOut: [...this.#leftOut],
      configVersion,
    };
  }
}

function answered(desk: VoterDesk): Ballot {
  return { state: 'answered', scoreMicro: toMicro(desk.opinion?.score ?? 0) };
}

function voteLine(seat: Seat, desk: VoterDesk, voters: readonly Voter[]): VoteLine[] {
  const ballot = voters.find(({ sourceId }) => sourceId === seat.options.id)?.ballot;
  if (ballot?.state !== 'answered' || desk.opinion === null) return [];
  const { sourceId, because, dataAtMs, provenance } = desk.opinion;
  return [{ sourceId, score: ballot.scoreMicro / SCORE_MICRO, because, dataAtMs, provenance }];
}
