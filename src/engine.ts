import type { EngineRecord } from './core/boundary.ts';
import { decisionRef, isSameDecision } from './core/decision.ts';
import type { CycleRecord, LedgerEntry } from './core/ledger.ts';
import type { Signal } from './core/signal.ts';
import { Cycle, type CycleParts, type Outcome, partsFor } from './cycle.ts';
import { nextSlot } from './planner/slots.ts';
import { expiryOf } from './signals/lifecycle.ts';
import type { LiveBoard } from './telemetry/live-board.ts';
import { Agenda } from './turn/agenda.ts';
import type { Auditor } from './turn/auditor.ts';
import type { Desk } from './turn/desk.ts';
import { FollowedSignals } from './turn/followed-signals.ts';
import { Turn } from './turn.ts';

/** What a change of the configuration leaves behind: what the engine runs on from then on. */
export type EngineChanged = Pick<EngineParts, 'config' | 'configVersion' | 'desks'>;
/** Makes the change, given the desks that there are. */
export type EngineChange = (desks: readonly Desk[]) => Promise<EngineChanged>;

export type EngineParts = CycleParts & {
  readonly ledger: EngineRecord;
  readonly board: LiveBoard;
  readonly auditor: Auditor;
  /** Told of every failure of the record: the engine itself goes on. */
  readonly onLedgerFailure: (error: unknown) => void;
};

/** Of the cycle: a slot that has grown older than this leaves too little time to ask anybody in. */
const LATE_SHARE_OF_CYCLE = 0.1;

/** So long a cycle may go on after a stop: one that still waits for its sources then is given up. */
const DRAIN_MS = 3_000;

const ENTRIES_AT_ONCE = 500;

/**
 * One {@link Cycle} after the other, and what came of each recorded and published. Holds the desks; everything that is
 * decided, is decided by the pure functions of the stages.
 */
export class Engine {
  #parts: EngineParts;
  /** To be made before the next cycle. */
  #change: EngineChange | null = null;
  #cycle = 0;
  /** Of the newest cycle on record (Unix ms); the record takes only later ones. */
  #slotAtMs = 0;
  /** Open signals of instruments that are no longer configured: only time ends them. */
  #orphans: readonly Signal[] = [];
  readonly #followed: FollowedSignals;
  readonly #agenda = new Agenda();
  #due: { readonly desks: readonly Desk[]; readonly ids: readonly string[] } = { desks: [], ids: [] };
  /** The newest entry that was published, or was there at the start. */
  #seq = 0;
  /** What was refused and turned out to be on record. */
  #unpublished: readonly LedgerEntry[] = [];
  /** The cycle that is under way leaves no trace. */
  #isGivenUp = false;
  /** It refused a cycle: nobody is asked before it takes entries again. */
  #isRecordRefusing = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#followed = new FollowedSignals(parts.desks);
  }

  /** Takes up where the record ends: standing decisions, open signals, the cycle count. */
  async restore(): Promise<void> {
    const { ledger, clock, board } = this.#parts;
    await this.#takeUp();
    this.#seq = (await ledger.head())?.seq ?? 0;
    const aheadMs = this.#slotAtMs - clock.nowMs();
    if (aheadMs > 0)
      board.cycleLost(
        0,
        `the record ends ${aheadMs} ms ahead of the clock: the clock was set back, and no earlier time is taken`,
      );
  }

  /**
   * Before the next cycle `change` is made, and every decision from then on is made under what it returns. One that still
   * waits is replaced; one that the record refuses waits for the cycle after.
   */
  adopt(change: EngineChange): void {
    this.#change = change;
  }

  async #adoptChange(): Promise<void> {
    const change = this.#change;
    if (change === null) return;
    const { desks, onLedgerFailure } = this.#parts;
    try {
      const changed = await change(desks);
      if (this.#change === change) this.#change = null;
      this.#parts = { ...this.#parts, ...changed };
      // What stood was decided under the version before: it is not confirmed under this one.
      for (const desk of changed.desks) desk.weighed = null;
      const isSameDesks =
        changed.desks.length === desks.length && changed.desks.every((desk) => desks.includes(desk));
      // Signals of symbols that left go on without them, and symbols that came have a past: as after a restart.
      if (!isSameDesks) await this.#takeUp();
    } catch (error) {
      // What could not be read is read again before the next cycle.
      this.#isRecordRefusing = true;
      onLedgerFailure(error);
    }
  }

  async #takeUp(): Promise<void> {
    const { ledger, desks } = this.#parts;
    const standing = await ledger.standing();
    this.#followed.takeUp(standing?.unscored ?? [], desks);
    if (standing === null) return;
    this.#cycle = standing.cycle;
    this.#slotAtMs = standing.slotAtMs;
    const openSignals = new Map(standing.openSignals.map((signal) => [signal.instrumentId, signal]));
    for (const desk of desks) {
      desk.standing = standing.decisions.get(desk.instrument.id) ?? null;
      desk.signal = openSignals.get(desk.instrument.id) ?? null;
      openSignals.delete(desk.instrument.id);
    }
    this.#orphans = [...openSignals.values()];
  }

  /**
   * Cycles at every slot (see {@link nextSlot}) until `stop` is aborted. Slots that a long cycle, a blocked process or a
   * sleeping machine left behind are skipped and counted as missed: nobody can be asked in them any more.
   */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, board } = this.#parts;
    let slotAtMs = this.#slotAfter(Math.max(clock.nowMs(), this.#slotAtMs));
    for (;;) {
      await clock.sleepUntil(slotAtMs, stop);
      if (stop.aborted) return;
      const { desks, config } = this.#parts;
      const { cycleMs } = config;
      const inTimeAtMs = this.#slotAfter(clock.nowMs() - LATE_SHARE_OF_CYCLE * cycleMs - 1);
      if (clock.nowMs() < slotAtMs) {
        // The clock was set back while it slept: what was to come next may be hours away now.
        slotAtMs = Math.max(inTimeAtMs, this.#slotAfter(this.#slotAtMs));
        continue;
      }
      if (inTimeAtMs <= slotAtMs) {
        await this.#runUntilGivenUp(slotAtMs, stop);
        // A whole cycle away: where its length changed, the slot between is left out.
        slotAtMs = this.#slotAfter(slotAtMs + this.#parts.config.cycleMs - 1);
      } else {
        const slots = (inTimeAtMs - slotAtMs) / cycleMs;
        board.cycleLost(
          slots * desks.length,
          `${slots} cycles were skipped: the process was too busy, or asleep`,
        );
        slotAtMs = inTimeAtMs;
      }
    }
  }

  /** What is given up was told to nobody: whoever runs next decides it. */
  async #runUntilGivenUp(slotAtMs: number, stop: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const givenUp = Promise.withResolvers<void>();
    let cancel = (): void => {};
    const stopped = (): void => {
      cancel = clock.at(clock.nowMs() + DRAIN_MS, () => {
        this.#isGivenUp = true;
        givenUp.resolve();
      });
    };
    stop.addEventListener('abort', stopped, { once: true });
    await Promise.race([this.runCycle(slotAtMs), givenUp.promise]);
    stop.removeEventListener('abort', stopped);
    cancel();
  }

  #slotAfter(atMs: number): number {
    const { cycleMs, cycleOffsetMs } = this.#parts.config;
    return nextSlot(atMs, cycleMs, cycleOffsetMs);
  }

  /** Decides on every instrument, makes that durable, then shows it. Never rejects. */
  async runCycle(slotAtMs: number): Promise<void> {
    const startedMs = this.#parts.clock.elapsedMs();
    await this.#adoptChange();
    const { desks, ledger, clock, board } = this.#parts;
    if (this.#isRecordRefusing && !(await this.#recovered())) return;
    const cycle = this.#cycle + 1;
    const outcomes = await new Cycle(this.#parts, this.#agenda, cycle, slotAtMs).outcomes();
    if (this.#isGivenUp) return;
    const decidedMs = clock.elapsedMs();
    const appendFromMs = this.#parts.tracer?.nowMs() ?? 0;
    const record = this.#record(outcomes, cycle, slotAtMs);
    let entries: readonly LedgerEntry[];
    try {
      entries = [...this.#unpublished, ...(await ledger.append(record))];
    } catch (error) {
      this.#refused(cycle, error);
      return;
    }
    const durableMs = clock.elapsedMs();
    this.#traced(outcomes, record, appendFromMs);
    this.#cycle = cycle;
    this.#slotAtMs = slotAtMs;
    this.#seq = entries.at(-1)?.seq ?? this.#seq;
    this.#unpublished = [];
    this.#followed.recorded(record);
    this.#orphans = this.#orphans.filter(({ expiresAtMs }) => slotAtMs < expiresAtMs);
    for (const [index, desk] of desks.entries()) {
      desk.standing = outcomes[index]?.decision ?? null;
      desk.signal = outcomes[index]?.open ?? null;
    }
    board.cycleDone({
      cycle,
      slotAtMs,
      tookMs: durableMs - startedMs,
      appendMs: durableMs - decidedMs,
      due: desks.length,
      entries,
      decisions: outcomes.map(({ decision }) => decision),
      openSignals: [...desks.flatMap(({ signal }) => (signal === null ? [] : [signal])), ...this.#orphans],
    });
    for (const desk of desks) this.#audit(desk, cycle);
  }

  /** Only of what is new on record: most decisions of a cycle confirm what stood. */
  #traced(outcomes: readonly Outcome[], { decisions }: CycleRecord, appendFromMs: number): void {
    const { tracer } = this.#parts;
    if (tracer === undefined) return;
    const [toMs, recorded] = [tracer.nowMs(), new Set(decisions)];
    for (const { decision, trace } of outcomes)
      if (trace !== null && recorded.has(decision))
        tracer.decided(trace.traceOf(decision, appendFromMs, toMs));
  }

  /** Goes on beside the cycles that follow; what it finds is counted, and changes nothing that was published. */
  #audit(desk: Desk, cycle: number): void {
    const { auditor, clock, onFault } = this.#parts;
    const { standing } = desk;
    if (standing === null || !auditor.isDue(desk, standing)) return;
    const turn = new Turn(partsFor(this.#parts, desk), desk, cycle, clock.nowMs(), { isAudit: true });
    auditor.audit(desk, standing, turn).catch((error: unknown) => onFault?.(error, decisionRef(standing)));
  }

  #record(outcomes: readonly Outcome[], cycle: number, slotAtMs: number): CycleRecord {
    const { desks, config, configVersion } = this.#parts;
    const expired = this.#orphans.flatMap((signal) => expiryOf(signal, cycle, slotAtMs) ?? []);
    return {
      cycle,
      slotAtMs,
      configVersion,
      due: this.#dueIds(desks),
      decisions: outcomes
        .map(({ decision }) => decision)
        .filter((decision, index) => !isSameDecision(decision, desks[index]?.standing ?? null)),
      events: [...outcomes.flatMap(({ events }) => events), ...expired],
      outcomes: this.#followed.outcomes(config, cycle, slotAtMs),
    };
  }

  /** The very same list as long as the desks are the same: the record then knows that nothing changed. */
  #dueIds(desks: readonly Desk[]): readonly string[] {
    if (this.#due.desks !== desks)
      this.#due = { desks, ids: desks.map(({ instrument }) => instrument.id).sort() };
    return this.#due.ids;
  }

  /** Whether the record takes entries again; what it turned out to hold is taken up and published with the next cycle. */
  async #recovered(): Promise<boolean> {
    const { ledger } = this.#parts;
    try {
      await ledger.recover();
      await this.#takeUp();
      this.#unpublished = await this.#entriesSince(this.#seq);
    } catch (error) {
      this.#lost(`the record still refuses: ${textOf(error)}`, error);
      return false;
    }
    this.#isRecordRefusing = false;
    return true;
  }

  async #entriesSince(seq: number): Promise<readonly LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for (;;) {
      const page = await this.#parts.ledger.entriesAfter(entries.at(-1)?.seq ?? seq, ENTRIES_AT_ONCE);
      entries.push(...page);
      if (page.length < ENTRIES_AT_ONCE) return entries;
    }
  }

  #refused(cycle: number, error: unknown): void {
    this.#isRecordRefusing = true;
    // What was weighed is not what stands: without this the change gate would confirm the old decision on and on.
    for (const desk of this.#parts.desks) desk.weighed = null;
    this.#lost(`the record refused cycle ${cycle}: ${textOf(error)}`, error);
  }

  #lost(why: string, error: unknown): void {
    const { desks, board, onLedgerFailure } = this.#parts;
    board.cycleLost(desks.length, why);
    onLedgerFailure(error);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
