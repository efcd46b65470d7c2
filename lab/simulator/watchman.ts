import type { Config, Decision, LedgerEntry, SignalEvent } from '../../src/index.ts';
import type { Arrival } from '../emulators/core/provider-count.ts';
import type { Market } from '../market/market.ts';
import { ageFault, priceFault, voteFault } from './judgements.ts';
import { type Bills, Purse } from './purse.ts';

/** What must never happen (design section 7), as far as it can be seen from outside the engine. */
export type Invariant =
  | 'overLimit'
  | 'overBudget'
  | 'missingDecision'
  | 'lateDecision'
  | 'unsoundVote'
  | 'staleDirection'
  | 'impossiblePrice'
  | 'signalChain'
  | 'unrecordedDecision'
  | 'brokenRecord';

export type Violation = {
  readonly invariant: Invariant;
  /** The newest cycle on record when it was seen; 0 before the first. */
  readonly cycle: number;
  /** Of the slot in which it was seen (Unix ms). */
  readonly slotAtMs: number;
  readonly detail: string;
};

/** The machine it looks at. */
export type Watched = {
  /** By its own clock (Unix ms). */
  nowMs(): number;
  /** Whether the machine had trouble of its own in a slot: nothing can be asked of the engine then but to go on afterwards. */
  isExcused(slotAtMs: number): boolean;
};

export type WatchmanOptions = {
  readonly config: Config;
  readonly market: Market;
  readonly host: Watched;
  /** What each provider has counted and billed so far. */
  readonly bills: () => Bills;
  readonly firstSlotAtMs: number;
};

/** After its time is up, in ms: four days of waiting for bars (docs/OUTCOMES.md), and an hour in which the engine may be busy. */
const SCORED_WITHIN_MS = 97 * 3_600_000;
/** More are counted but not kept. */
const VIOLATIONS_KEPT = 100;

/**
 * Looks on: at what reaches the providers, at what is recorded, and at what is shown when a slot is over. Believes the
 * providers' counts, the record and the market, and holds what the engine says against them.
 */
export class Watchman {
  readonly violations: Violation[] = [];
  readonly #config: Config;
  readonly #market: Market;
  readonly #host: Watched;
  readonly #purse: Purse;
  readonly #standing = new Map<string, Decision>();
  readonly #openSignals = new Map<string, string>();
  readonly #signalIds = new Set<string>();
  /** By when (Unix ms) the outcome of a signal must be on record, where it is not. */
  readonly #scoredByMs = new Map<string, number>();
  #violationCount = 0;
  #slotAtMs: number;
  #cycle = 0;
  #committedSlotMs: number | null = null;

  constructor({ config, market, host, bills, firstSlotAtMs }: WatchmanOptions) {
    this.#config = config;
    this.#market = market;
    this.#host = host;
    this.#purse = new Purse(config, bills);
    this.#slotAtMs = firstSlotAtMs;
  }

  get violationCount(): number {
    return this.#violationCount;
  }

  arrival(providerId: string, { atMs, route, overLimit }: Arrival): void {
    if (overLimit) this.#found('overLimit', `${providerId} counted ${route} at ${atMs} above its limit`);
  }

  /** What became durable in one transaction, at `atMs`. */
  recorded(entries: readonly LedgerEntry[], atMs: number): void {
    for (const entry of entries) {
      if (entry.type === 'decision') this.#decision(entry.body);
      if (entry.type === 'signal') this.#signal(entry.body);
      if (entry.type === 'outcome') this.#outcome(entry.body.signalId);
      if (entry.type !== 'cycle') continue;
      const { cycle, slotAtMs, due, made } = entry.body;
      this.#cycle = cycle;
      this.#committedSlotMs = slotAtMs;
      const { symbols, cycleMs } = this.#config;
      if (due !== symbols.length || made !== due) {
        this.#found('missingDecision', `${made} of ${due} made, ${symbols.length} symbols are configured`);
      }
      if (atMs > slotAtMs + cycleMs && !this.#host.isExcused(slotAtMs))
        this.#found('lateDecision', `${atMs - slotAtMs} ms after its slot`);
    }
  }

  /** The slot is over; `shown` is what the engine shows as standing. */
  slotOver(slotAtMs: number, shown: readonly Decision[]): void {
    this.#slotAtMs = slotAtMs;
    const { symbols, cycleMs } = this.#config;
    for (const excess of this.#purse.crossed(slotAtMs)) this.#found('overBudget', excess);
    if (this.#host.isExcused(slotAtMs)) return;
    const recordedMs = this.#committedSlotMs ?? Number.NEGATIVE_INFINITY;
    // A clock that was set back behind the record: nothing is decided before it has come there again.
    if (recordedMs > slotAtMs) return;
    if (recordedMs < slotAtMs) this.#found('missingDecision', `nothing is on record for ${slotAtMs}`);
    for (const [id, untilMs] of this.#scoredByMs) {
      if (slotAtMs <= untilMs) continue;
      this.#found('signalChain', `${id} has no outcome four days after its time was up`);
      this.#scoredByMs.delete(id);
    }
    for (const { id } of symbols) {
      if (!this.#standing.has(id)) this.#found('missingDecision', `no decision stands for ${id}`);
    }
    for (const decision of shown) {
      const stands = this.#standing.get(decision.instrumentId);
      if (stands?.kind !== decision.kind || stands.reason !== decision.reason) {
        this.#found(
          'unrecordedDecision',
          `${decision.instrumentId} shows ${decision.kind}, on record is ${stands?.kind}`,
        );
      }
      this.#judge('staleDirection', decision, ageFault(decision, this.#config, slotAtMs));
      this.#judge('impossiblePrice', decision, priceFault(decision, this.#config, this.#market, slotAtMs));
    }
    this.#slotAtMs = slotAtMs + cycleMs;
  }

  /** Says that the record as a whole does not hold. */
  brokenRecord(detail: string): void {
    this.#found('brokenRecord', detail);
  }

  #decision(decision: Decision): void {
    this.#standing.set(decision.instrumentId, decision);
    this.#judge('unsoundVote', decision, voteFault(decision, this.#config));
  }

  #signal(event: SignalEvent): void {
    if (event.event === 'ended') {
      const { signalId, instrumentId } = event;
      if (this.#openSignals.get(instrumentId) !== signalId) {
        this.#found('signalChain', `${signalId} ended, but it is not open`);
      }
      this.#openSignals.delete(instrumentId);
      return;
    }
    const { id, instrumentId, side, expiresAtMs } = event.signal;
    if (this.#signalIds.has(id)) this.#found('signalChain', `${id} was opened twice`);
    const open = this.#openSignals.get(instrumentId);
    if (open !== undefined) this.#found('signalChain', `${id} was opened while ${open} is open`);
    const kind = this.#standing.get(instrumentId)?.kind;
    if (kind !== side) this.#found('signalChain', `${id} was opened on a ${kind}`);
    this.#signalIds.add(id);
    this.#scoredByMs.set(id, expiresAtMs + SCORED_WITHIN_MS);
    this.#openSignals.set(instrumentId, id);
  }

  #outcome(signalId: string): void {
    if (this.#scoredByMs.delete(signalId)) return;
    const why = this.#signalIds.has(signalId) ? 'a second outcome' : 'an outcome, but was never opened';
    this.#found('signalChain', `${signalId} has ${why}`);
  }

  #judge(invariant: Invariant, { instrumentId }: Decision, fault: string | null): void {
    if (fault !== null) this.#found(invariant, `${instrumentId}: ${fault}`);
  }

  #found(invariant: Invariant, detail: string): void {
    this.#violationCount += 1;
    if (this.violations.length >= VIOLATIONS_KEPT) return;
    this.violations.push({ invariant, cycle: this.#cycle, slotAtMs: this.#slotAtMs, detail });
  }
}
