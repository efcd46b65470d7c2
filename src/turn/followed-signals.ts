import { closeAtMs } from '../core/bar.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { CycleRecord, SignalRow } from '../core/ledger.ts';
import { BAR_INTERVAL_MS, type Config } from '../core/options.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import type { Signal } from '../core/signal.ts';
import { BARS_AWAITED_MS, OutcomeWalk, type WalkRules } from '../outcomes/outcome-walk.ts';
import { signalOutcome } from '../outcomes/signal-outcome.ts';
import type { MarketDesk } from '../signals/market-desk.ts';
import type { Desk } from './desk.ts';

/** More wait for the next cycle: the record takes a flood of old signals in portions. */
const OUTCOMES_AT_ONCE = 200;

type Followed = {
  readonly walk: OutcomeWalk;
  /** Null: nobody watches its instrument any more. */
  readonly market: MarketDesk | null;
  /** Close of the newest bar it was told (Unix ms). */
  toldUntilMs: number;
  /** Until then (Unix ms) only a bar can tell more. */
  waitsUntilMs: number;
};

/** What it needs of a desk. */
type Watched = Pick<Desk, 'instrument' | 'market'>;
type Terms = Pick<Config, 'outcomes' | 'gates'>;

/**
 * The signals without an outcome on record. Each is told the bars of its desk, and its end once that is on record; what is
 * found stays until the record has taken it, so a refused cycle loses nothing and doubles nothing.
 */
export class FollowedSignals {
  /** By id, oldest first. */
  #followed = new Map<string, Followed>();
  #markets: ReadonlyMap<string, MarketDesk>;

  constructor(desks: readonly Watched[]) {
    this.#markets = marketsOf(desks);
  }

  /** What the record says is to be followed; of those followed already, the bars that they were told still count. */
  takeUp(unscored: readonly SignalRow[], desks: readonly Watched[]): void {
    const before = this.#followed;
    this.#markets = marketsOf(desks);
    this.#followed = new Map();
    const wanted = new Map<MarketDesk, number[]>();
    for (const { signal, end } of unscored) {
      const followed = this.#follow(signal, before.get(signal.id)?.walk);
      if (end?.cause === 'flip' && end.price !== null) followed.walk.flip(end.atMs, end.price);
      if (followed.market === null) continue;
      const moments = wanted.get(followed.market) ?? [];
      moments.push(followed.walk.wantsFromMs);
      wanted.set(followed.market, moments);
    }
    for (const [market, moments] of wanted) market.reachBack(moments);
  }

  /** Due now, for the record of this cycle. Two comparisons for each signal of which nothing new is known. */
  outcomes(terms: Terms, cycle: number, slotAtMs: number): SignalOutcome[] {
    const found: SignalOutcome[] = [];
    for (const followed of this.#followed.values()) {
      const { walk, market } = followed;
      const isQuiet = (market?.untilMs ?? 0) <= followed.toldUntilMs && slotAtMs < followed.waitsUntilMs;
      if (isQuiet) continue;
      const { assetClass } = instrumentOf(walk.signal.instrumentId);
      this.#tell(followed, rulesOf(terms, assetClass), slotAtMs);
      followed.waitsUntilMs = slotAtMs < walk.endMs ? walk.endMs : walk.endMs + BARS_AWAITED_MS[assetClass];
      const { finding } = walk;
      if (finding === null) continue;
      // Asked again until the record has it.
      followed.waitsUntilMs = 0;
      const bars = market?.bars(Number.POSITIVE_INFINITY) ?? [];
      found.push(
        signalOutcome({
          signal: walk.signal,
          assetClass,
          finding,
          cycle,
          atMs: slotAtMs,
          costs: terms.outcomes,
          bars,
        }),
      );
      if (found.length === OUTCOMES_AT_ONCE) break;
    }
    return found;
  }

  /** The record has taken it: who has an outcome is let go, who opened is followed, who flipped has an end. */
  recorded({ events, outcomes }: Pick<CycleRecord, 'events' | 'outcomes'>): void {
    for (const { signalId } of outcomes) this.#followed.delete(signalId);
    for (const event of events) {
      if (event.event === 'opened') this.#follow(event.signal);
      else if (event.cause === 'flip' && event.price !== null) {
        const followed = this.#followed.get(event.signalId);
        followed?.walk.flip(event.atMs, event.price);
        if (followed !== undefined) followed.waitsUntilMs = 0;
      }
    }
  }

  #follow(signal: Signal, walk?: OutcomeWalk): Followed {
    const { assetClass } = instrumentOf(signal.instrumentId);
    const followed: Followed = {
      walk: walk ?? new OutcomeWalk({ signal, assetClass, intervalMs: BAR_INTERVAL_MS }),
      market: this.#markets.get(signal.instrumentId) ?? null,
      toldUntilMs: 0,
      waitsUntilMs: 0,
    };
    this.#followed.set(signal.id, followed);
    return followed;
  }

  /** No bar that closes after the slot: a flip in this cycle ends the signal at the slot. */
  #tell(followed: Followed, rules: WalkRules, slotAtMs: number): void {
    const { walk, market, toldUntilMs } = followed;
    if (market !== null && market.untilMs > toldUntilMs) {
      const fromMs = Math.max(walk.wantsFromMs, toldUntilMs);
      for (const bar of market.bars(Math.ceil((market.untilMs - fromMs) / BAR_INTERVAL_MS))) {
        if (closeAtMs(bar) > slotAtMs) break;
        walk.feed(bar, rules);
        followed.toldUntilMs = closeAtMs(bar);
      }
    }
    walk.wait(slotAtMs, rules);
  }
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
