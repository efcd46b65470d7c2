import { type Decision, type DecisionRef, decisionRef } from './core/decision.ts';
import { flagsFor } from './core/rollout.ts';
import type { Signal, SignalEvent } from './core/signal.ts';
import { lifecycleStep } from './signals/lifecycle.ts';
import { type Agenda, isCrowd } from './turn/agenda.ts';
import type { Desk } from './turn/desk.ts';
import { type FirstLook, FirstLooks, type Place } from './turn/first-look.ts';
import { askDeadlineAtMs, type Round, type TurnParts, watchDeadlineAtMs, watchMs } from './turn/round.ts';
import type { TurnTrace } from './turn/turn-trace.ts';
import { Turn } from './turn.ts';

/** `decision` is what came of the turn that broke, or what was being audited. */
export type OnFault = (error: unknown, decision: DecisionRef) => void;

export type CycleParts = TurnParts & {
  readonly desks: readonly Desk[];
  /** Told of every instrument whose turn broke because the code is wrong: it abstains, the others are decided. */
  readonly onFault?: OnFault | undefined;
};

/** What became of one instrument, and of its signal. */
export type Outcome = {
  readonly decision: Decision;
  readonly trace: TurnTrace | null;
  readonly events: readonly SignalEvent[];
  /** The signal that is open afterwards. */
  readonly open: Signal | null;
};

type Due = Place & { readonly index: number };

/** How all instruments come to their decision in one cycle: most by a look at their price, the others by a {@link Turn}. */
export class Cycle {
  readonly #parts: CycleParts;
  readonly #number: number;
  readonly #slotAtMs: number;
  readonly #agenda: Agenda;
  readonly #looks: FirstLooks<Due>;
  readonly #outcomes: Outcome[] = [];
  readonly #allEnded = Promise.withResolvers<void>();
  #open = 0;
  #isCrowd = false;

  constructor(parts: CycleParts, agenda: Agenda, number: number, slotAtMs: number) {
    this.#parts = parts;
    this.#agenda = agenda;
    this.#number = number;
    this.#slotAtMs = slotAtMs;
    this.#looks = new FirstLooks(number, slotAtMs, (due, first) => this.#looked(due, first));
  }

  /** One of each desk, in their order. */
  async outcomes(): Promise<readonly Outcome[]> {
    const { desks } = this.#parts;
    const all = desks.map((desk, index): Due => ({ index, desk, parts: partsFor(this.#parts, desk) }));
    const needs = all.map((due) => this.#looks.needOf(due));
    const items = this.#agenda.of(desks, needs);
    this.#open = all.length;
    this.#isCrowd = isCrowd(items);
    // What is confirmed by its price needs no time for questions afterwards.
    const deadlineOf = this.#isCrowd ? askDeadlineAtMs : watchDeadlineAtMs;
    const deadlineAtMs = deadlineOf(this.#parts, this.#slotAtMs);
    // Looks first: they cost least, and keep what stands.
    for (const due of all) if (items[due.index] === 'look') this.#looks.take(due, deadlineAtMs);
    for (const due of all) {
      const item = items[due.index];
      if (item === 'wait') this.#wait(due);
      if (item === 'turn') this.#begin(due, this.#turnOf(due));
    }
    this.#looks.whenOver(() => {
      const startAtMs = this.#parts.clock.nowMs();
      for (const due of all) {
        if (items[due.index] === 'turnAfterLooks') this.#begin(due, this.#turnOf(due, startAtMs));
      }
    });
    if (this.#open > 0) await this.#allEnded.promise;
    return this.#outcomes;
  }

  #looked(due: Due, first: FirstLook): void {
    try {
      const decision = this.#looks.confirmed(due, first);
      if (decision !== null) {
        this.#end(due, decision, null);
        return;
      }
    } catch (error) {
      this.#broke(due, this.#turnOf(due), error);
      return;
    }
    // One that was late for a crowd's sake has its time from here; one whose source is late has lost it.
    const startAtMs = this.#isCrowd && !first.isLate ? this.#parts.clock.nowMs() : this.#slotAtMs;
    this.#begin(due, this.#turnOf(due, startAtMs), first);
  }

  #wait(due: Due): void {
    const turn = this.#turnOf(due);
    try {
      this.#end(due, turn.waiting(), turn.round.trace);
    } catch (error) {
      this.#broke(due, turn, error);
    }
  }

  #begin(due: Due, turn: Turn, first: FirstLook | null = null): void {
    turn
      .decide(first)
      .then((decision) => {
        // What was looked at first says nothing of how long a price takes from the beginning.
        if (first === null) this.#notePrice(turn.round);
        this.#end(due, decision, turn.round.trace);
      })
      .catch((error: unknown) => this.#broke(due, turn, error))
      .catch(this.#allEnded.reject);
  }

  #notePrice({ pricedAtMs, startAtMs }: Round): void {
    if (pricedAtMs !== null) this.#agenda.priced((pricedAtMs - startAtMs) / watchMs(this.#parts));
  }

  #turnOf({ parts, desk }: Due, startAtMs = this.#slotAtMs): Turn {
    return new Turn(parts, desk, this.#number, this.#slotAtMs, { startAtMs });
  }

  /** A bug in what becomes of one instrument is this instrument's abstention, no more. */
  #broke(due: Due, turn: Turn, error: unknown): void {
    // However still its price is, an abstention of this kind is not to stand.
    due.desk.quietUntilMs = 0;
    const decision = turn.broken(error);
    this.#parts.onFault?.(error, decisionRef(decision));
    this.#end(due, decision, turn.round.trace);
  }

  #end({ index, desk }: Due, decision: Decision, trace: TurnTrace | null): void {
    const { events, open } = lifecycleStep({
      open: desk.signal,
      previous: desk.standing,
      decision,
      atr: desk.market.atr,
      options: this.#parts.config.signals,
    });
    this.#outcomes[index] = { decision, trace, events, open };
    this.#open -= 1;
    if (this.#open === 0) this.#allEnded.resolve();
  }
}

/** With the flags that hold for this instrument. */
export function partsFor<P extends TurnParts>(parts: P, { instrument }: Desk): P {
  const { config } = parts;
  const flags = flagsFor(config, instrument.id);
  return flags === config.flags ? parts : { ...parts, config: { ...config, flags } };
}
