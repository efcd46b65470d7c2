import { type Decision, isSameDecision } from './core/decision.ts';
import type { CycleRecord, Ledger } from './core/ledger.ts';
import type { Signal, SignalEvent } from './core/signal.ts';
import { nextSlot } from './planner/slots.ts';
import { lifecycleStep } from './signals/lifecycle.ts';
import type { LiveBoard } from './telemetry/live-board.ts';
import { type Desk, Turn, type TurnParts } from './turn.ts';

export type EngineParts = TurnParts & {
  readonly ledger: Ledger;
  readonly board: LiveBoard;
  readonly desks: readonly Desk[];
  /** Told of every failure of the record: the engine itself goes on. */
  readonly onLedgerFailure: (error: unknown) => void;
};

type SignalStep = { readonly events: readonly SignalEvent[]; readonly open: Signal | null };

/**
 * The story of one cycle: every instrument takes its {@link Turn}, then what came of it is recorded and published. Holds
 * the desks; everything that is decided, is decided by the pure functions of the stages.
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
    const openSignals = new Map(standing.openSignals.map((signal) => [signal.instrumentId, signal]));
    for (const desk of this.#parts.desks) {
      desk.standing = standing.decisions.get(desk.instrument.id) ?? null;
      desk.signal = openSignals.get(desk.instrument.id) ?? null;
    }
  }

  /** Cycles at every multiple of `cycleMs` until `stop` is aborted; a cycle that overruns skips the slots it covers. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, config } = this.#parts;
    const { cycleMs } = config;
    let slotAtMs = nextSlot(clock.nowMs(), cycleMs);
    while (!stop.aborted) {
      await clock.sleepUntil(slotAtMs, stop);
      if (stop.aborted) return;
      await this.runCycle(slotAtMs);
      slotAtMs = Math.max(slotAtMs + cycleMs, nextSlot(clock.nowMs() - cycleMs, cycleMs));
    }
  }

  /** Decides on every instrument, makes that durable, then shows it. Never rejects. */
  async runCycle(slotAtMs: number): Promise<void> {
    const { desks, ledger, clock, board, configVersion } = this.#parts;
    const startedMs = clock.elapsedMs();
    const cycle = this.#cycle + 1;
    const decisions = await Promise.all(
      desks.map((desk) => new Turn(this.#parts, desk, cycle, slotAtMs).decide()),
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
      const why = error instanceof Error ? error.message : String(error);
      board.cycleLost(desks.length, `the record refused cycle ${cycle}: ${why}`);
      this.#parts.onLedgerFailure(error);
    }
  }

  #signalStep(desk: Desk, decision: Decision): SignalStep {
    return lifecycleStep({
      open: desk.signal,
      previous: desk.standing,
      decision,
      atr: desk.market.atr,
      options: this.#parts.config.signals,
    });
  }
}
