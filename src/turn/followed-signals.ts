import { closeAtMs } from '../core/bar.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { CycleRecord, SignalRow } from '../core/ledger.ts';
import { BAR_INTERVAL_MS, type Config } from '../core/options.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import type { Signal } from '../core/signal.ts';
import { OutcomeWalk, type WalkRules } from '../outcomes/outcome-walk.ts';
import { signalOutcome } from '../outcomes/signal-outcome.ts';
import type { MarketDesk } from '../signals/market-desk.ts';
import type { Desk } from './desk.ts';

/** More wait for the next cycle: the record takes a flood of old signals in portions. */
const OUTCOMES_AT_ONCE = 200;

/** How often all are looked at for what time alone tells: an end without a further bar. */
const LOOK_EVERY_MS = 60_000;

/** What it needs of a desk. */
type Watched = Pick<Desk, 'instrument' | 'market'>;
type Terms = Pick<Config, 'outcomes' | 'gates'>;

/**
 * The signals without an outcome on record. Each is told the bars of its desk, and its end once that is on record; what is
 * found stays until the record has taken it, so a refused cycle loses nothing and doubles nothing.
 */
export class FollowedSignals {
  /** By instrument, oldest first. */
  #followed = new Map<string, OutcomeWalk[]>();
  #markets: ReadonlyMap<string, MarketDesk>;
  /** Instruments of which something new is known: the others cost nothing. */
  readonly #news = new Set<string>();
  /** When all are looked at next (Unix ms). */
  #lookAtMs = 0;

  constructor(desks: readonly Watched[]) {
    this.#markets = marketsOf(desks);
  }

  /** What the record says is to be followed; of those followed already, the bars that they were told still count. */
  takeUp(unscored: readonly SignalRow[], desks: readonly Watched[]): void {
    const before = new Map([...this.#followed.values()].flat().map((walk) => [walk.signal.id, walk]));
    this.#markets = marketsOf(desks);
    this.#followed = new Map();
    this.#lookAtMs = 0;
    for (const { signal, end } of unscored) {
      const walk = this.#follow(signal, before.get(signal.id));
      if (end?.cause === 'flip' && end.price !== null) walk.flip(end.atMs, end.price);
    }
    for (const [id, list] of this.#followed)
      this.#markets.get(id)?.reachBack(list.map(({ wantsFromMs }) => wantsFromMs));
  }

  /** Due now, for the record of this cycle. */
  outcomes(terms: Terms, cycle: number, slotAtMs: number): SignalOutcome[] {
    const found: SignalOutcome[] = [];
    const isLook = slotAtMs >= this.#lookAtMs;
    for (const id of isLook ? [...this.#followed.keys()] : [...this.#news]) {
      const { assetClass } = instrumentOf(id);
      const rules = rulesOf(terms, assetClass);
      const market = this.#markets.get(id);
      const foundBefore = found.length;
      for (const walk of this.#followed.get(id) ?? []) {
        tell(walk, market, rules, slotAtMs);
        const { signal, finding } = walk;
        if (finding === null) continue;
        const bars = market?.bars(Number.POSITIVE_INFINITY) ?? [];
        const costs = terms.outcomes;
        found.push(signalOutcome({ signal, assetClass, finding, cycle, atMs: slotAtMs, costs, bars }));
        if (found.length === OUTCOMES_AT_ONCE) return found;
      }
      // What was found is news until the record has it, and so are bars that close after the slot.
      if (found.length === foundBefore && (market?.untilMs ?? 0) <= slotAtMs) this.#news.delete(id);
    }
    if (isLook) this.#lookAtMs = slotAtMs + LOOK_EVERY_MS;
    return found;
  }

  /** The record has taken it: who has an outcome is let go, who opened is followed, who flipped has an end. */
  recorded({ events, outcomes }: Pick<CycleRecord, 'events' | 'outcomes'>): void {
    for (const { signalId, instrumentId } of outcomes) {
      const left = (this.#followed.get(instrumentId) ?? []).filter(({ signal }) => signal.id !== signalId);
      if (left.length === 0) this.#followed.delete(instrumentId);
      else this.#followed.set(instrumentId, left);
    }
    for (const event of events) {
      if (event.event === 'opened') this.#follow(event.signal);
      else if (event.cause === 'flip' && event.price !== null) {
        const { signalId, instrumentId, atMs, price } = event;
        const flipped = this.#followed.get(instrumentId)?.find(({ signal }) => signal.id === signalId);
        flipped?.flip(atMs, price);
        this.#news.add(instrumentId);
      }
    }
  }

  #follow(signal: Signal, known?: OutcomeWalk): OutcomeWalk {
    const { id, assetClass } = instrumentOf(signal.instrumentId);
    const walk = known ?? new OutcomeWalk({ signal, assetClass, intervalMs: BAR_INTERVAL_MS });
    const list = this.#followed.get(id);
    if (list !== undefined) list.push(walk);
    else {
      this.#followed.set(id, [walk]);
      this.#markets.get(id)?.whenFed(() => this.#news.add(id));
    }
    return walk;
  }
}

/** No bar that closes after the slot: a flip in this cycle ends the signal at the slot. */
function tell(walk: OutcomeWalk, market: MarketDesk | undefined, rules: WalkRules, slotAtMs: number): void {
  if (market !== undefined && market.untilMs > walk.wantsFromMs) {
    for (const bar of market.bars(Math.ceil((market.untilMs - walk.wantsFromMs) / BAR_INTERVAL_MS))) {
      if (closeAtMs(bar) > slotAtMs) break;
      walk.feed(bar, rules);
    }
  }
  walk.wait(slotAtMs, rules);
}

function marketsOf(desks: readonly Watched[]): ReadonlyMap<string, MarketDesk> {
  return new Map(desks.map(({ instrument, market }) => [instrument.id, market]));
}

function rulesOf({ outcomes, gates }: Terms, assetClass: 'stock' | 'crypto'): WalkRules {
  return {
    gapMsMax: outcomes.gapMsMax,
    frozenMsMax: gates.frozenMsMax[assetClass],
    jumpMax: gates.jumpMax,
  };
}
