import type { BarDoubt, VoterDesk } from './analysts/voter-desk.ts';
import { decideVote } from './consensus/decide.ts';
import { checkPrice, type GateMemory, type PriceCheck, type WatchQuote } from './consensus/gates.ts';
import { gateCertificate } from './consensus/verify-certificate.ts';
import { voteRules } from './consensus/vote-rules.ts';
import { voterBarFault } from './consensus/voter-check.ts';
import type { AnalystSpec } from './core/analyst.ts';
import type { Answer, Gateway } from './core/answer.ts';
import type { Clock } from './core/clock.ts';
import {
  type Decision,
  isSameDecision,
  type LeftOut,
  type PriceFix,
  type Regime,
  type VoteLine,
} from './core/decision.ts';
import type { Instrument } from './core/instrument.ts';
import type { CycleRecord, Ledger } from './core/ledger.ts';
import { ASK_SHARE_OF_CYCLE, type Config, type SourceOptions } from './core/options.ts';
import type { Question } from './core/question.ts';
import { sessionAt } from './core/sessions/session.ts';
import type { Signal, SignalEvent } from './core/signal.ts';
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
import { inWaves } from './planner/in-waves.ts';
import { nextSlot } from './planner/slots.ts';
import { priceWaves } from './planner/wave.ts';
import { lifecycleStep } from './signals/lifecycle.ts';
import type { MarketDesk } from './signals/market-desk.ts';
import type { LiveBoard } from './telemetry/live-board.ts';

/** A configured source with the provider it speaks to and the analyst that reads it. */
export type Seat = {
  readonly options: SourceOptions;
  readonly source: Source;
  readonly analyst: AnalystSpec;
};

export type EngineParts = {
  readonly config: Config;
  readonly configVersion: string;
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly board: LiveBoard;
  readonly desks: readonly Desk[];
  /** Told of every failure of the record: the engine itself goes on. */
  readonly onLedgerFailure: (error: unknown) => void;
};

/** All that is remembered of one instrument between cycles. */
export type Desk = {
  readonly instrument: Instrument;
  readonly market: MarketDesk;
  readonly watchers: readonly Seat[];
  readonly voters: readonly { readonly seat: Seat; readonly desk: VoterDesk; readonly weightPpb: number }[];
  gate: GateMemory | null;
  standing: Decision | null;
  signal: Signal | null;
};

/** Of the cycle: how long the watch quotes may take, and how long one wave may hold up the next. */
const WATCH_SHARE_OF_CYCLE = 0.3;
const PATIENCE_SHARE_OF_CYCLE = 0.15;

/** What one evaluation of one instrument works on. */
type Look = {
  readonly desk: Desk;
  readonly cycle: number;
  readonly slotAtMs: number;
  readonly leftOut: LeftOut[];
};

/**
 * The story of one cycle: watch -> ask -> opine -> vote -> decide -> record -> publish. Holds the desks; everything
 * that is decided, is decided by the pure functions of the stages.
 */
export class Engine {
  readonly #parts: EngineParts;
  #cycle = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Takes up where the record ends: standing decisions, open signals, the cycle count. */
  async restore(): Promise<void> {
    const standing = await this.#parts.ledger.standing();
    if (standing === null) return;
    this.#cycle = standing.cycle;
    for (const desk of this.#parts.desks) {
      desk.standing = standing.decisions.get(desk.instrument.id) ?? null;
      desk.signal =
        standing.openSignals.find(({ instrumentId }) => instrumentId === desk.instrument.id) ?? null;
    }
  }

  /** Cycles at every multiple of `cycleMs` until `stop` is aborted; a cycle that overruns skips the slots it covers. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, config } = this.#parts;
    let slotAtMs = nextSlot(clock.nowMs(), config.cycleMs);
    while (!stop.aborted) {
      await clock.sleepUntil(slotAtMs, stop);
      if (stop.aborted) return;
      await this.runCycle(slotAtMs);
      slotAtMs = Math.max(
        slotAtMs + config.cycleMs,
        nextSlot(clock.nowMs() - config.cycleMs, config.cycleMs),
      );
    }
  }

  /** Decides on every instrument, makes that durable, then shows it. Never rejects. */
  async runCycle(slotAtMs: number): Promise<void> {
    const { desks, ledger, clock, board, configVersion } = this.#parts;
    const startedMs = clock.elapsedMs();
    const cycle = this.#cycle + 1;
    const decisions = await Promise.all(
      desks.map((desk) => this.#evaluate({ desk, cycle, slotAtMs, leftOut: [] })),
    );
    const steps = desks.map((desk, index) => this.#signalStep(desk, decisions[index] as Decision));
    const record: CycleRecord = {
      cycle,
      slotAtMs,
      configVersion,
      due: desks.map(({ instrument }) => instrument.id).sort(),
      decisions: decisions.filter(
        (decision, index) => !isSameDecision(decision, desks[index]?.standing ?? null),
      ),
      events: steps.flatMap(({ events }) => events),
    };
    try {
      const entries = await ledger.append(record);
      this.#cycle = cycle;
      for (const [index, desk] of desks.entries()) {
        desk.standing = decisions[index] ?? null;
        desk.signal = steps[index]?.open ?? null;
      }
      board.cycleDone({
        cycle,
        slotAtMs,
        tookMs: clock.elapsedMs() - startedMs,
        due: desks.length,
        entries,
        decisions,
        openSignals: desks.flatMap(({ signal }) => (signal === null ? [] : [signal])),
      });
    } catch (error) {
      board.cycleLost(
        desks.length,
        `the record refused cycle ${cycle}: ${error instanceof Error ? error.message : String(error)}`,
      );
      this.#parts.onLedgerFailure(error);
    }
  }

  async #evaluate(look: Look): Promise<Decision> {
    const { desk, slotAtMs } = look;
    const { instrument, market } = desk;
    const session = sessionAt(instrument.assetClass, slotAtMs);
    if (session.phase !== 'open')
      return this.#abstain(look, 'marketClosed', session.reason ?? `${session.phase}-market hours`);

    const checked = await this.#watch(look);
    if (checked.kind === 'abstain') return this.#abstain(look, checked.reason, checked.detail);
    const { fix } = checked;
    const regime = market.regime(this.#parts.clock.nowMs());
    if (regime === null) return this.#abstain(look, 'noRegime', market.warmupText(), fix);
    if (desk.voters.length === 0) return this.#abstain(look, 'noSources', ABSTAIN_REASONS.noSources, fix);

    const rules = this.#rules(regime);
    const voters = await this.#ask(look, fix, rules);
    return this.#decide(look, fix, regime, rules, voters);
  }

  /** The price, from watch quotes only: two operators first, the others where those two do not settle it. */
  async #watch(look: Look): Promise<PriceCheck> {
    const { config, clock } = this.#parts;
    const { desk, slotAtMs } = look;
    const quotes: WatchQuote[] = [];
    const answers: { readonly seat: Seat; readonly answer: Answer }[] = [];
    const misses: LeftOut[] = [];
    const deadlineAtMs = slotAtMs + WATCH_SHARE_OF_CYCLE * config.cycleMs;
    const check = (): PriceCheck =>
      checkPrice({
        instrument: desk.instrument,
        quotes,
        memory: desk.gate,
        nowMs: clock.nowMs(),
        options: config.gates,
        priceToleranceBps: config.consensus.priceToleranceBps,
      });
    const ask = async (seat: Seat): Promise<void> => {
      const question: Question = { kind: 'market', instrument: desk.instrument };
      const answer = await this.#put(seat, question, deadlineAtMs);
      if (answer.kind === 'failed' || answer.kind === 'refused') {
        misses.push({
          sourceId: seat.options.id,
          reason: answer.failure.kind,
          detail: answer.failure.detail,
        });
      } else if (answer.view.kind === 'market') {
        const { id: sourceId, operator, weight } = seat.options;
        quotes.push({ sourceId, operator, weight, quote: answer.view.quote });
        answers.push({ seat, answer });
      }
    };
    const waves = priceWaves(desk.watchers, ({ options }) => options.operator, config.flags.parallelSources);
    await inWaves(
      () => (waves.shift() ?? []).map(ask),
      () => check().kind === 'pass',
      { deadlineAtMs, patienceMs: PATIENCE_SHARE_OF_CYCLE * config.cycleMs },
      clock,
    );
    const checked = check();
    desk.gate = checked.memory;
    look.leftOut.push(...misses, ...checked.leftOut);
    if (checked.kind === 'pass') await this.#feedMarket(desk, checked.fix, answers, deadlineAtMs);
    return checked;
  }

  /** Closed bars of the watch, from the first agreeing source that has them; missing ones are fetched. */
  async #feedMarket(
    desk: Desk,
    fix: PriceFix,
    answers: readonly { readonly seat: Seat; readonly answer: Answer }[],
    deadlineAtMs: number,
  ): Promise<void> {
    const agreeing = answers.filter(({ seat }) => fix.agreeing.includes(seat.options.id));
    for (const { seat, answer } of agreeing) this.#tell(desk, seat, answer, fix);
    for (const { seat } of agreeing) {
      const question = desk.market.question(this.#parts.clock.nowMs());
      if (question === null) return;
      if (endpointFor(seat.source, 'bars', desk.instrument) === null) continue;
      this.#tell(desk, seat, await this.#put(seat, question, deadlineAtMs), fix);
    }
  }

  /** An answer of a watch source serves the market desk, and the voter that reads the same source. */
  #tell(desk: Desk, seat: Seat, answer: Answer, fix: PriceFix): void {
    if ('view' in answer) desk.market.absorb(answer.view, fix.price);
    const voter = desk.voters.find((entry) => entry.seat === seat);
    voter?.desk.absorb(answer, this.#parts.clock.nowMs(), this.#doubt(desk, fix));
  }

  /** Asks the voters whose opinion is not known, until the vote is decided or the time is up. */
  async #ask(look: Look, fix: PriceFix, rules: VoteRules): Promise<readonly Voter[]> {
    const { config, clock } = this.#parts;
    const { flags, consensus, cycleMs } = config;
    return askUntilDecided(
      look.desk.voters.map((voter) => this.#askable(look, voter, fix)),
      (voters) => decideVote(rules, voters).kind === 'decided',
      {
        policy: consensus.policy,
        stopWhenDecided: flags.decidedVote,
        parallel: flags.parallelSources,
        deadlineAtMs: look.slotAtMs + ASK_SHARE_OF_CYCLE * cycleMs,
        patienceMs: PATIENCE_SHARE_OF_CYCLE * cycleMs,
      },
      clock,
    );
  }

  #askable(look: Look, voter: Desk['voters'][number], fix: PriceFix): AskableVoter {
    const { config, clock } = this.#parts;
    const { seat, desk, weightPpb } = voter;
    const { id: sourceId, operator, priceUsdPerCall: priceUsd } = seat.options;
    const deadlineAtMs = look.slotAtMs + ASK_SHARE_OF_CYCLE * config.cycleMs;
    const ballotOr = (reason: string, detail: string): Ballot => {
      if (desk.opinion !== null && desk.expiresAtMs > clock.nowMs()) return answered(desk);
      look.leftOut.push({ sourceId, reason, detail });
      return { state: 'absent', reason };
    };
    const anew = !config.flags.opinionReuse;
    const known = anew
      ? desk.toldAtMs >= look.slotAtMs && clock.nowMs() < desk.expiresAtMs
      : clock.nowMs() < desk.refreshAtMs;
    return {
      sourceId,
      operator,
      weightPpb,
      priceUsd,
      ballot: known ? answered(desk) : { state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO },
      giveUp: () => ballotOr('timeout', 'no answer before the end of the vote'),
      ask: async () => {
        const question = desk.question(clock.nowMs(), look.desk.market.brief(fix), anew);
        if (question === null)
          return ballotOr('noData', 'it has told all it can: no newer closed bar exists');
        const absorbed = desk.absorb(
          await this.#put(seat, question, deadlineAtMs),
          clock.nowMs(),
          this.#doubt(look.desk, fix),
        );
        if (absorbed.kind === 'none') return ballotOr(absorbed.failure.kind, absorbed.failure.detail);
        return ballotOr(
          'stale',
          `its newest data are from ${new Date(absorbed.opinion.dataAtMs).toISOString()}`,
        );
      },
    };
  }

  #put(seat: Seat, question: Question, deadlineAtMs: number): Promise<Answer> {
    const [answer] = this.#parts.gateway.askEach([{ sourceId: seat.options.id, question, deadlineAtMs }]);
    if (answer === undefined) throw new RangeError('a gateway gives one answer for each ask');
    return answer;
  }

  /** A voter's bar is believed when it closes where the watch closed in the same minute. */
  #doubt({ market }: Desk, fix: PriceFix): BarDoubt {
    const { consensus, gates } = this.#parts.config;
    return (bar) => voterBarFault(bar, market.closeOf(bar.openAtMs), fix.price, consensus, gates);
  }

  #rules(regime: Regime): VoteRules {
    const { consensus, signals } = this.#parts.config;
    return voteRules(consensus, signals.thresholds[regime]);
  }

  #decide(look: Look, fix: PriceFix, regime: Regime, rules: VoteRules, voters: readonly Voter[]): Decision {
    const vote = decideVote(rules, voters);
    if (vote.kind === 'undecided')
      throw new RangeError('a vote without open ballots, or one said to be decided, is decided');
    const { verdict, certificate, score, confidence } = vote;
    return {
      ...verdict,
      ...this.#frame(look),
      score,
      confidence,
      regime,
      price: fix,
      detail: verdict.reason === null ? '' : ABSTAIN_REASONS[verdict.reason],
      certificate,
      votes: look.desk.voters.flatMap(({ seat, desk }) => voteLine(seat, desk, voters)),
    };
  }

  #abstain(look: Look, reason: AbstainReason, detail: string, price: PriceFix | null = null): Decision {
    return {
      kind: 'ABSTAIN',
      reason,
      ...this.#frame(look),
      score: null,
      confidence: null,
      regime: null,
      price,
      detail,
      certificate: gateCertificate(this.#rules('range')),
      votes: [],
    };
  }

  #frame({ desk, cycle, slotAtMs, leftOut }: Look) {
    const { configVersion } = this.#parts;
    return { instrumentId: desk.instrument.id, cycle, atMs: slotAtMs, leftOut, configVersion };
  }

  #signalStep(desk: Desk, decision: Decision): { events: readonly SignalEvent[]; open: Signal | null } {
    return lifecycleStep({
      open: desk.signal,
      previous: desk.standing,
      decision,
      atr: desk.market.atr,
      options: this.#parts.config.signals,
    });
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
