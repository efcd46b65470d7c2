import type { SourceHealth } from '../core/answer.ts';
import type { Bar } from '../core/bar.ts';
import type { Clock } from '../core/clock.ts';
import type { Decision } from '../core/decision.ts';
import type { LedgerEntry } from '../core/ledger.ts';
import type { AuditCounts, DataLabel, LiveAudits, LiveSource, LiveState, LiveView } from '../core/live.ts';
import type { Meter } from '../core/meter.ts';
import type { Signal } from '../core/signal.ts';
import { wilson95 } from '../core/wilson.ts';

export type LiveBoardOptions = {
  readonly label: DataLabel;
  readonly cycleMs: number;
  readonly configVersion: string;
  readonly sources: readonly (Omit<LiveSource, keyof SourceHealth> & { readonly id: string })[];
  readonly clock: Clock;
  readonly health: () => readonly SourceHealth[];
  /** Null: nobody counts. */
  readonly meter: Meter | null;
  readonly bars: LiveView['bars'];
  readonly audits: () => AuditCounts;
};

export type CycleDone = {
  readonly cycle: number;
  readonly slotAtMs: number;
  readonly tookMs: number;
  /** Of that, until it was durable in the record. */
  readonly appendMs: number;
  readonly due: number;
  readonly entries: readonly LedgerEntry[];
  readonly decisions: readonly Decision[];
  readonly openSignals: readonly Signal[];
};

/** A cycle that is this many cycle lengths old means that the engine stands still. */
const CYCLES_LATE_MAX = 3;

/** What the engine shows of itself. Filled after each commit, so nothing is seen here that a crash could take back. */
export class LiveBoard implements LiveView {
  #options: LiveBoardOptions;
  readonly #startedAtMs: number;
  readonly #listeners = new Set<(entries: readonly LedgerEntry[]) => void>();
  /** Without its entries: told of once, they are the record's. */
  #last: Omit<CycleDone, 'entries'> | null = null;
  #due = 0;
  #made = 0;
  #trouble: string | null = null;
  /** Why the configuration file is not what runs. */
  #refusedFile: string | null = null;
  #tape: { stoppedWhy(): string | null } | null = null;
  /** Of the cycle that is awaited, in ms. */
  #awaitedCycleMs: number;

  constructor(options: LiveBoardOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.nowMs();
    this.#awaitedCycleMs = options.cycleMs;
  }

  /** Shows another configuration from now on. */
  adopt(next: Pick<LiveBoardOptions, 'cycleMs' | 'configVersion' | 'sources'>): void {
    this.#options = { ...this.#options, ...next };
    // The cycle before was one of the old length.
    this.#awaitedCycleMs = Math.max(this.#awaitedCycleMs, next.cycleMs);
  }

  /** Why the configuration file is not used, or null: decisions are made by the last good one. */
  fileRefused(why: string | null): void {
    this.#refusedFile = why;
  }

  /** Shows from now on where the tape that was to run along has stopped. */
  showTape(tape: { stoppedWhy(): string | null }): void {
    this.#tape = tape;
  }

  cycleDone(done: CycleDone): void {
    const { entries, ...shown } = done;
    this.#last = shown;
    this.#awaitedCycleMs = this.#options.cycleMs;
    this.#due += done.due;
    this.#made += done.due;
    this.#trouble = null;
    const { clock, meter, cycleMs } = this.#options;
    meter?.cycle({ ...done, isLate: done.tookMs > cycleMs });
    const startedMs = clock.elapsedMs();
    for (const listener of this.#listeners) this.#tell(listener, entries);
    meter?.published(clock.elapsedMs() - startedMs);
  }

  /** Decisions that were due but were not made or could not be made durable, and why. */
  cycleLost(due: number, why: string): void {
    this.#due += due;
    this.#trouble = why;
    this.#options.meter?.lost(due);
  }

  state(): LiveState {
    const { clock, cycleMs, label, configVersion } = this.#options;
    const nowMs = clock.nowMs();
    const last = this.#last;
    const troubles: string[] = [];
    if (this.#trouble !== null) troubles.push(this.#trouble);
    if (last === null) troubles.push('no cycle is done yet');
    else if (nowMs - last.slotAtMs > CYCLES_LATE_MAX * this.#awaitedCycleMs) {
      troubles.push(`the newest cycle is ${Math.round((nowMs - last.slotAtMs) / 1_000)} s old`);
    } else if (last.slotAtMs - nowMs > this.#awaitedCycleMs) {
      const aheadS = Math.round((last.slotAtMs - nowMs) / 1_000);
      troubles.push(`the newest cycle is ${aheadS} s ahead of the clock: the clock was set back`);
    }
    return {
      label,
      startedAtMs: this.#startedAtMs,
      nowMs,
      cycleMs,
      configVersion,
      cycle: last?.cycle ?? null,
      lastCycleAtMs: last?.slotAtMs ?? null,
      lastCycleTookMs: last?.tookMs ?? null,
      decisionsDue: this.#due,
      decisionsMade: this.#made,
      audits: this.#audits(),
      ready: troubles.length === 0,
      troubles: [
        ...troubles,
        ...(this.#refusedFile === null ? [] : [this.#refusedFile]),
        ...this.#tapeTroubles(),
        ...this.#sourceTroubles(),
      ],
    };
  }

  sources(): readonly LiveSource[] {
    const health = new Map(this.#options.health().map((entry) => [entry.sourceId, entry]));
    return this.#options.sources.flatMap(({ id, title, kind, operator, analyst, weightShare }) => {
      const entry = health.get(id);
      return entry === undefined ? [] : [{ ...entry, title, kind, operator, analyst, weightShare }];
    });
  }

  decisions(): readonly Decision[] {
    return this.#last?.decisions ?? [];
  }

  openSignals(): readonly Signal[] {
    return this.#last?.openSignals ?? [];
  }

  bars(instrumentId: string, count: number): readonly Bar[] | null {
    return this.#options.bars(instrumentId, count);
  }

  onCommitted(listener: (entries: readonly LedgerEntry[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A listener with a bug must not keep the news from the others. */
  #tell(listener: (entries: readonly LedgerEntry[]) => void, entries: readonly LedgerEntry[]): void {
    try {
      listener(entries);
    } catch (error) {
      this.#trouble = `a listener to the record failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #audits(): LiveAudits {
    const counts = this.#options.audits();
    const { audited, equal } = counts;
    const rate = audited === 0 ? null : equal / audited;
    return { ...counts, rate, ci95: wilson95(rate, audited) };
  }

  #tapeTroubles(): string[] {
    const why = this.#tape?.stoppedWhy() ?? null;
    return why === null ? [] : [`the tape has stopped (${why}): what follows cannot be replayed`];
  }

  /** A failing source is a trouble, but no reason not to be ready: the vote goes on without it. */
  #sourceTroubles(): string[] {
    return this.#options
      .health()
      .filter(({ state }) => state !== 'ok' && state !== 'unasked')
      .map(
        ({ sourceId, state, lastFailure }) =>
          `${sourceId}: ${state}${lastFailure === null ? '' : ` (${lastFailure.detail})`}`,
      );
  }
}
