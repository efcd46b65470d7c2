import { checkPrice, type PriceCheck, type WatchQuote } from '../consensus/gates.ts';
import type { Answer, DataFault } from '../core/answer.ts';
import type { PriceFix } from '../core/decision.ts';
import type { Question } from '../core/question.ts';
import type { Quote } from '../core/quote.ts';
import { endpointFor } from '../core/source.ts';
import type { Weighed } from '../planner/change-gate.ts';
import { inWaves } from '../planner/in-waves.ts';
import { priceWaves } from '../planner/wave.ts';
import type { Seat } from './desk.ts';
import type { FirstLook } from './first-look.ts';
import { isStillAt } from './gate.ts';
import type { Round } from './round.ts';

type WatchAnswer = { readonly seat: Seat; readonly answer: Answer };
export type Watched = PriceCheck | { readonly kind: 'quiet'; readonly seat: Seat; readonly quote: Quote };

/** The price of one round, from watch quotes only, and the closed bars that come with it. */
export class PriceWatch {
  readonly #round: Round;
  readonly #deadlineAtMs: number;
  readonly #quotes: WatchQuote[] = [];
  readonly #answers: WatchAnswer[] = [];
  /** What {@link #isStill} found, asked once: the only quote does not change. */
  #still: boolean | null = null;
  /** What {@link #checkPrice} found at one moment of so many quotes: asked whether it stands, then what it is. */
  #checked: { readonly quotes: number; readonly nowMs: number; readonly check: PriceCheck } | null = null;

  constructor(round: Round) {
    this.#round = round;
    this.#deadlineAtMs = round.watchDeadlineAtMs;
  }

  /**
   * With nothing due, one quote that has not moved is enough; else `priceOperatorsMin` operators must show the price, and
   * the others are asked where those do not settle it. `first`: the first watcher was asked already.
   */
  async watch(due: string | null, first: FirstLook | null = null): Promise<Watched> {
    const { parts, desk, patienceMs, leftOut } = this.#round;
    const isQuiet = (): boolean => {
      if (due !== null || this.#quotes.length !== 1) return false;
      this.#still ??= this.#isStill();
      return this.#still;
    };
    const waves =
      due === null || !parts.config.flags.parallelSources
        ? desk.watchers.map((seat) => [seat])
        : priceWaves(
            desk.watchers,
            ({ options }) => options.operator,
            parts.config.consensus.priceOperatorsMin,
          );
    if (first?.isLate === true) waves.unshift(waves.splice(0, 2).flat());
    const [firstSeat] = desk.watchers;
    await inWaves(
      () => (waves.shift() ?? []).map((seat) => this.#ask(seat, seat === firstSeat ? first : null)),
      () => isQuiet() || this.#checkPrice().kind === 'pass',
      { deadlineAtMs: this.#deadlineAtMs, patienceMs },
      parts.clock,
    );
    const [answered] = this.#answers;
    const [quote] = this.#quotes;
    if (answered !== undefined && quote !== undefined && isQuiet())
      return { kind: 'quiet', seat: answered.seat, quote: quote.quote };
    const checked = this.#checkPrice();
    desk.gate = checked.memory;
    leftOut.push(...checked.leftOut);
    if (checked.kind === 'pass') {
      this.#judge(checked);
      await this.#feedMarket(checked.fix);
    }
    return checked;
  }

  async #ask(seat: Seat, asked: FirstLook | null): Promise<void> {
    const { desk, leftOut } = this.#round;
    const question: Question = { kind: 'market', instrument: desk.instrument };
    const answer = await (asked?.answer ?? this.#round.put(seat, question, this.#deadlineAtMs));
    if (asked !== null) this.#round.heard(seat, question, answer);
    const { id: sourceId, operator, weight } = seat.options;
    if (answer.kind === 'failed' || answer.kind === 'refused') {
      leftOut.push({ sourceId, reason: answer.failure.kind, detail: answer.failure.detail });
    } else if (answer.view.kind === 'market') {
      this.#quotes.push({ sourceId, operator, weight, quote: answer.view.quote });
      this.#answers.push({ seat, answer });
    }
  }

  /** Only where the price stands: then who differs from it is to blame, and not the market. */
  #judge({ leftOut }: PriceCheck): void {
    for (const { seat, answer } of this.#answers) {
      const found = leftOut.find(({ sourceId }) => sourceId === seat.options.id);
      this.#round.judge(answer, found === undefined ? null : dataFaultOf(found.reason));
    }
  }

  #checkPrice(): PriceCheck {
    const { parts, desk } = this.#round;
    const { config, clock } = parts;
    const nowMs = clock.nowMs();
    const quotes = this.#quotes.length;
    if (this.#checked?.quotes === quotes && this.#checked.nowMs === nowMs) return this.#checked.check;
    const check = checkPrice({
      instrument: desk.instrument,
      quotes: this.#quotes,
      memory: desk.gate,
      nowMs,
      options: config.gates,
      priceToleranceBps: config.consensus.priceToleranceBps,
      priceOperatorsMin: config.consensus.priceOperatorsMin,
    });
    this.#checked = { quotes, nowMs, check };
    return check;
  }

  /** Whether a change gate that was passed by would have stayed shut at the first quote. */
  wouldBeStill(weighed: Weighed): boolean {
    const quoted = this.#round.desk.watchers.map(({ options }) =>
      this.#quotes.find(({ sourceId }) => sourceId === options.id),
    );
    const first = quoted.find((quote) => quote !== undefined);
    return first !== undefined && isStillAt(first.quote, this.#round.parts, this.#round.desk, weighed);
  }

  #isStill(): boolean {
    const { parts, desk } = this.#round;
    const [only] = this.#quotes;
    return only !== undefined && desk.weighed !== null && isStillAt(only.quote, parts, desk, desk.weighed);
  }

  /** Closed bars of the watch, from the first agreeing source that has them; missing ones are fetched. */
  async #feedMarket(fix: PriceFix): Promise<void> {
    const { parts, desk } = this.#round;
    const { market, instrument } = desk;
    // Most trusted first, whoever answered first: two sources' bars differ by a little, and a race must not choose.
    const agreeing = desk.watchers
      .filter(({ options }) => fix.agreeing.includes(options.id))
      .flatMap((seat) => this.#answers.find((answered) => answered.seat === seat) ?? []);
    for (const { seat, answer } of agreeing) this.#tell(seat, answer, fix);
    for (const { seat } of agreeing) {
      const nowMs = parts.clock.nowMs();
      const question = market.question(nowMs);
      if (question === null) return;
      if (endpointFor(seat.source, 'bars', instrument) === null) continue;
      // Without a regime there is no vote: the history it takes may have the time of the vote too.
      const deadlineAtMs = market.regime(nowMs) === null ? this.#round.askDeadlineAtMs : this.#deadlineAtMs;
      this.#tell(seat, await this.#round.put(seat, question, deadlineAtMs), fix);
    }
  }

  /** An answer of a watch source serves the market desk, and the voter that reads the same source. */
  #tell(seat: Seat, answer: Answer, fix: PriceFix): void {
    const { parts, desk } = this.#round;
    if ('view' in answer) desk.market.absorb(answer.view, fix.price);
    const voter = desk.voters.find((entry) => entry.seat === seat);
    voter?.desk.absorb(answer, parts.clock.nowMs(), this.#round.doubt(fix));
  }
}

function dataFaultOf(reason: string): DataFault {
  return reason === 'stalePrice' ? 'stale' : 'outlier';
}
