import { Counter, Histogram, type Registry } from 'prom-client';
import type { CycleEnd, Meter, ShadowOutcome } from '../../core/meter.ts';
import type { ShadowFlag } from '../../core/options.ts';

const CYCLE_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What the engine decides and records. */
export class DecisionMetrics implements Pick<Meter, 'cycle' | 'published' | 'lost' | 'shadow'> {
  readonly #due: Counter;
  readonly #late: Counter;
  readonly #made: Counter<'kind'>;
  readonly #abstained: Counter<'reason'>;
  readonly #votes: Counter<'source'>;
  readonly #opened: Counter<'side'>;
  readonly #ended: Counter<'side' | 'cause'>;
  readonly #shadows: Counter<'flag' | 'outcome'>;
  readonly #cycleSeconds: Histogram;
  readonly #appendSeconds: Histogram;
  readonly #publishSeconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    const histogram = (name: string, help: string): Histogram =>
      new Histogram({ name, help, buckets: CYCLE_BUCKETS_S, registers });
    this.#due = new Counter({
      name: 'sextant_decisions_due_total',
      help: 'Decisions that were due: one per symbol and cycle, cycles that were skipped included.',
      registers,
    });
    this.#late = new Counter({
      name: 'sextant_decisions_late_total',
      help: 'Decisions that became durable only after their cycle was over.',
      registers,
    });
    this.#made = new Counter({
      name: 'sextant_decisions_made_total',
      help: 'Decisions that stood after a cycle and are durable, confirmed ones included, by kind.',
      labelNames: ['kind'],
      registers,
    });
    this.#abstained = new Counter({
      name: 'sextant_abstentions_total',
      help: 'Of the decisions made, those that abstain, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#votes = new Counter({
      name: 'sextant_votes_total',
      help: 'Votes that newly recorded decisions rest on.',
      labelNames: ['source'],
      registers,
    });
    this.#opened = new Counter({
      name: 'sextant_signals_opened_total',
      help: 'Signals that were published.',
      labelNames: ['side'],
      registers,
    });
    this.#ended = new Counter({
      name: 'sextant_signals_ended_total',
      help: 'Signals that ended, by what ended them.',
      labelNames: ['side', 'cause'],
      registers,
    });
    this.#shadows = new Counter({
      name: 'sextant_shadow_decisions_total',
      help: 'Decisions that a flag set to shadow would have come to sooner or with fewer questions, beside the real one: equal or different in kind or reason.',
      labelNames: ['flag', 'outcome'],
      registers,
    });
    this.#cycleSeconds = histogram(
      'sextant_cycle_duration_seconds',
      'From the start of a cycle to the commit of its decisions.',
    );
    this.#appendSeconds = histogram(
      'sextant_ledger_append_duration_seconds',
      'Until a cycle was durable in the record.',
    );
    this.#publishSeconds = histogram(
      'sextant_publish_duration_seconds',
      'Until all listeners were told of a commit.',
    );
    // A counter that has not counted yet is shown as 0: absence would read as a gap.
    for (const kind of ['BUY', 'SELL', 'HOLD', 'ABSTAIN']) this.#made.inc({ kind }, 0);
  }

  cycle({ due, decisions, entries, tookMs, appendMs, isLate }: CycleEnd): void {
    this.#due.inc(due);
    if (isLate) this.#late.inc(due);
    const kinds = new Map<string, number>();
    const reasons = new Map<string, number>();
    for (const { kind, reason } of decisions) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    for (const [kind, count] of kinds) this.#made.inc({ kind }, count);
    for (const [reason, count] of reasons) this.#abstained.inc({ reason }, count);
    const votes = new Map<string, number>();
    for (const entry of entries) {
      if (entry.type === 'decision') {
        for (const { sourceId } of entry.body.votes) votes.set(sourceId, (votes.get(sourceId) ?? 0) + 1);
      } else if (entry.type === 'signal') {
        const { body } = entry;
        if (body.event === 'opened') this.#opened.inc({ side: body.signal.side });
        else this.#ended.inc({ side: body.side, cause: body.cause });
      }
    }
    for (const [source, count] of votes) this.#votes.inc({ source }, count);
    this.#cycleSeconds.observe(tookMs / 1_000);
    this.#appendSeconds.observe(appendMs / 1_000);
  }

  published(tookMs: number): void {
    this.#publishSeconds.observe(tookMs / 1_000);
  }

  lost(due: number): void {
    this.#due.inc(due);
  }

  shadow(flag: ShadowFlag, outcome: ShadowOutcome): void {
    this.#shadows.inc({ flag, outcome });
  }
}
