import { checkPrice, type PriceCheck, type WatchQuote } from '../consensus/gates.ts';
import type { Answer, DataFault } from '../core/answer.ts';
import type { PriceFix } from '../core/decision.ts';
import type { BarsQuestion, MarketQuestion } from '../core/question.ts';
import type { Quote } from '../core/quote.ts';
import { endpointFor } from '../core/source.ts';
import type { Weighed } from '../planner/change-gate.ts';
import { inWaves, type Waiting } from '../planner/in-waves.ts';
import { priceWaves } from '../planner/wave.ts';
import { type Seat, voterOf } from './desk.ts';
import type { FirstLook } from './first-look.ts';
import { isStillAt } from './gate.ts';
import type { Round } from './round.ts';

type Shown = WatchQuote & { readonly seat: Seat; readonly answer: Answer };
export type Watched = PriceCheck | { readonly kind: 'quiet'; readonly seat: Seat; readonly quote: Quote };

/** The price of one round, from watch quotes only, and the closed bars that come with it. */
export class PriceWatch {
  readonly #round: Round;
  readonly #deadlineAtMs: number;
  readonly #question: MarketQuestion;
  /** In the order of the answers. */
  readonly #shown: Shown[] = [];
  /** What {@link #isStill} found, asked once: the only quote does not change. */
  #still: boolean | null = null;
  /** What {@link #checkPrice} found at one moment of so many quotes: asked whether it stands, then what it is. */
  #checked: { readonly quotes: number; readonly nowMs: number; readonly check: PriceCheck } | null = null;

  constructor(round: Round) {
    this.#round = round;
    this.#deadlineAtMs = round.watchDeadlineAtMs;
    this.#question = { kind: 'market', instrument: round.desk.instrument };
  }

  /**
   * With nothing due, one quote that has not moved is enough; else `priceOperatorsMin` operators must show the price, and
   * the others are asked where those do not settle it. `first`: the first watcher was asked already.
   */
  watch(due: string | null, first: FirstLook | null = null): Promise<Watched> {
    const { parts, desk, patienceMs } = this.#round;
    const waves = this.#waves(due);
    if (first?.isLate === true) waves.unshift(waves.splice(0, 2).flat());
    const [firstSeat] = desk.watchers;
    const start = (waiting: Waiting): number => {
      const wave = waves.shift() ?? [];
      for (const seat of wave) this.#ask(seat, seat === firstSeat ? first : null, waiting);
      return wave.length;
    };
    const done = (): boolean => this.#isQuiet(due) || this.#isConfirmed();
    const rules = { deadlineAtMs: this.#deadlineAtMs, patienceMs };
    return inWaves(start, done, rules, parts.clock).then(() => this.#seen(due));
  }

  #seen(due: string | null): Watched | Promise<Watched> {
    const { desk, parts, leftOut } = this.#round;
    this.#round.pricedAtMs = parts.clock.nowMs();
    const [only] = this.#shown;
    if (only !== undefined && this.#isQuiet(due))
      return { kind: 'quiet', seat: only.seat, quote: only.quote };
    const checked = this.#checkPrice();
    desk.gate = checked.memory;
    leftOut.push(...checked.leftOut);
    if (checked.kind !== 'pass') return checked;
    this.#round.fix = checked.fix;
    this.#judge(checked);
    const agreeing = this.#agreeing(checked.fix);
    for (const { seat, answer } of agreeing) this.#tell(seat, answer);
    return this.#missingBars() === null ? checked : this.#fetchBars(agreeing).then(() => checked);
  }

  #waves(due: string | null): Seat[][] {
    const { parts, desk } = this.#round;
    const { flags, consensus } = parts.config;
    if (due === null || !flags.parallelSources) return desk.watchers.map((seat) => [seat]);
    return priceWaves(desk.watchers, operatorOf, consensus.priceOperatorsMin);
  }

  #ask(seat: Seat, first: FirstLook | null, { settled, broke }: Waiting): void {
    const enquiry = { seat, question: this.#question, deadlineAtMs: this.#deadlineAtMs };
    const heard = (answer: Answer): void => {
      this.#hear(seat, answer);
      settled();
    };
    if (first === null) {
      this.#round.put(enquiry, heard, broke);
      return;
    }
    const noted = (answer: Answer): void => {
      this.#round.heard(seat, this.#question, answer);
      heard(answer);
    };
    Promise.resolve(first.answer).then(noted).catch(broke);
  }

  #hear(seat: Seat, answer: Answer): void {
    const { id: sourceId, operator, weight } = seat.options;
    if (answer.kind === 'failed' || answer.kind === 'refused') {
      const { kind: reason, detail } = answer.failure;
      this.#round.leftOut.push({ sourceId, reason, detail });
    } else if (answer.view.kind === 'market') {
      this.#shown.push({ sourceId, operator, weight, quote: answer.view.quote, seat, answer });
    }
  }

  /** Only where the price stands: then who differs from it is to blame, and not the market. */
  #judge({ leftOut }: PriceCheck): void {
    for (const { sourceId, answer } of this.#shown) {
      const found = leftOut.find((line) => line.sourceId === sourceId);
      this.#round.judge(answer, found === undefined ? null : dataFaultOf(found.reason));
    }
  }

  /** Fewer quotes than operators are to show the price need no look. */
  #isConfirmed(): boolean {
    const { priceOperatorsMin } = this.#round.parts.config.consensus;
    return this.#shown.length >= priceOperatorsMin && this.#checkPrice().kind === 'pass';
  }

  #checkPrice(): PriceCheck {
    const { parts, desk } = this.#round;
    const { config, clock } = parts;
    const nowMs = clock.nowMs();
    const quotes = this.#shown.length;
    if (this.#checked?.quotes === quotes && this.#checked.nowMs === nowMs) return this.#checked.check;
    const check = checkPrice({
      instrument: desk.instrument,
      quotes: this.#shown,
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
      this.#shown.find(({ sourceId }) => sourceId === options.id),
    );
    const first = quoted.find((quote) => quote !== undefined);
    return first !== undefined && isStillAt(first.quote, this.#round.parts, this.#round.desk, weighed);
  }

  #isQuiet(due: string | null): boolean {
    if (due !== null || this.#shown.length !== 1) return false;
    this.#still ??= this.#isStill();
    return this.#still;
  }

  #isStill(): boolean {
    const { parts, desk } = this.#round;
    const [only] = this.#shown;
    return only !== undefined && desk.weighed !== null && isStillAt(only.quote, parts, desk, desk.weighed);
  }

  /** Most trusted first, whoever answered first: two sources' bars differ by a little, and a race must not choose. */
  #agreeing({ agreeing }: PriceFix): Shown[] {
    return this.#round.desk.watchers.flatMap(
      (seat) => this.#shown.find((shown) => shown.seat === seat && agreeing.includes(shown.sourceId)) ?? [],
    );
  }

  #missingBars(): BarsQuestion | null {
    const { parts, desk } = this.#round;
    return desk.market.question(parts.clock.nowMs());
  }

  /** From the first agreeing source that has them. */
  async #fetchBars(agreeing: readonly Shown[]): Promise<void> {
    const { parts, desk, askDeadlineAtMs } = this.#round;
    for (const { seat } of agreeing) {
      const question = this.#missingBars();
      if (question === null) return;
      if (endpointFor(seat.source, 'bars', desk.instrument) === null) continue;
      // Without a regime there is no vote: the history it takes may have the time of the vote too.
      const isHistory = desk.market.regime(parts.clock.nowMs()) === null;
      const deadlineAtMs = isHistory ? askDeadlineAtMs : this.#deadlineAtMs;
      this.#tell(seat, await this.#round.answerTo({ seat, question, deadlineAtMs }));
    }
  }

  /** An answer of a watch source serves the market desk, and the voter that reads the same source. */
  #tell(seat: Seat, answer: Answer): void {
    const { parts, desk, fix, doubt } = this.#round;
    if ('view' in answer) desk.market.absorb(answer.view, fix.price);
    voterOf(desk, seat)?.desk.absorb(answer, parts.clock.nowMs(), doubt);
  }
}

function operatorOf({ options }: Seat): string {
  return options.operator;
}

function dataFaultOf(reason: string): DataFault {
  return reason === 'stalePrice' ? 'stale' : 'outlier';
}
