import type { BarDoubt } from '../analysts/voter-desk.ts';
import { voterBarFault } from '../consensus/voter-check.ts';
import type { Answer, Gateway } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import type { LeftOut, PriceFix } from '../core/decision.ts';
import { ASK_SHARE_OF_CYCLE, type Config } from '../core/options.ts';
import type { Question } from '../core/question.ts';
import type { Desk, Seat } from './desk.ts';

export type TurnParts = {
  readonly config: Config;
  readonly configVersion: string;
  readonly gateway: Gateway;
  readonly clock: Clock;
};

/** Of the cycle: how long one wave may hold up the next. */
const PATIENCE_SHARE_OF_CYCLE = 0.15;

/** One round of questions about one instrument: what watching and voting have in common. */
export class Round {
  readonly parts: TurnParts;
  readonly desk: Desk;
  /** When it began (Unix ms); its deadlines count from here. */
  readonly startAtMs: number;
  /** Who did not count in it, and why. */
  readonly leftOut: LeftOut[] = [];

  constructor(parts: TurnParts, desk: Desk, startAtMs: number) {
    this.parts = parts;
    this.desk = desk;
    this.startAtMs = startAtMs;
  }

  get askDeadlineAtMs(): number {
    return this.startAtMs + ASK_SHARE_OF_CYCLE * this.parts.config.cycleMs;
  }

  get patienceMs(): number {
    return PATIENCE_SHARE_OF_CYCLE * this.parts.config.cycleMs;
  }

  put(seat: Seat, question: Question, deadlineAtMs: number): Promise<Answer> {
    const [answer] = this.parts.gateway.askEach([{ sourceId: seat.options.id, question, deadlineAtMs }]);
    if (answer === undefined) throw new RangeError('a gateway gives one answer for each ask');
    return answer;
  }

  /** A voter's bar is believed when it closes where the watch closed in the same minute. */
  doubt(fix: PriceFix): BarDoubt {
    const { consensus, gates } = this.parts.config;
    const { market } = this.desk;
    return (bar) => voterBarFault(bar, market.closeOf(bar.openAtMs), fix.price, consensus, gates);
  }
}
