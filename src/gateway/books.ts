import { canonicalJson } from '../core/canonical-json.ts';
import type { Clock } from '../core/clock.ts';
import type { PaceOptions } from '../core/gateway-options.ts';
import type { AssetClass } from '../core/instrument.ts';
import type { SourceOptions } from '../core/options.ts';
import type { Random } from '../core/random.ts';
import { Budget } from './budget.ts';
import { Connections } from './connections.ts';
import { Departures } from './departures.ts';
import { Flow } from './flow.ts';
import type { Guard } from './guard.ts';
import { HealthLog } from './health.ts';
import { Keeper } from './keeper.ts';
import type { Memories } from './memories.ts';
import { Pacing } from './pace.ts';
import { ProviderClock } from './provider-clock.ts';
import { RateLimit } from './rate-limit.ts';
import { isLong } from './window-count.ts';

/** What the configuration says of counting requests. */
export type Terms = {
  /** Whose limits and budget they are. */
  readonly source: SourceOptions;
  /** Null: allowances are spent as they are asked for. */
  readonly pace: PaceOptions | null;
  /** Of what the source is asked about. */
  readonly assetClass: AssetClass;
  readonly connectionsMax: number;
  readonly queueMax: number;
};

export type BooksParts = {
  readonly clock: Clock;
  readonly random: Random;
  /** Null: what is counted ends with the process. */
  readonly memories: Memories | null;
};

/**
 * All that is counted of one source, or of several that the provider counts together (see account.ts): limits, budget,
 * connections, what waits, and each one's health. It outlives every change of the source's
 * configuration, and requests that left before a change are counted here when they come back after it.
 */
export class Books {
  readonly limit: RateLimit;
  readonly departures: Departures;
  readonly #clock: Clock;
  readonly #connections: Connections;
  readonly #keeper: Keeper | null;
  readonly #healths = new Map<string, HealthLog>();
  #terms: Terms;
  #budget: Budget | null;
  #pacing: Pacing | null;
  #flow: Flow | null;

  constructor(terms: Terms, { clock, random, memories }: BooksParts) {
    const { source, queueMax } = terms;
    const nowMs = clock.nowMs();
    const limit = new RateLimit(source.limits, random);
    this.#clock = clock;
    this.#terms = terms;
    this.limit = limit;
    const time = new ProviderClock(clock, (move, movedAtMs) => limit.moved(move, movedAtMs));
    this.departures = new Departures({ clock, time, limit, queueMax });
    this.#connections = new Connections(connectionsMaxOf(terms));
    this.#budget = budgetOf(source, nowMs);
    this.#pacing = pacingOf(terms);
    this.#flow = flowOf(terms);
    this.#keeper = memories === null ? null : new Keeper({ memories, ...this.#kept() }, nowMs);
  }

  /** Counts on under other terms. */
  adopt(terms: Terms): void {
    const nowMs = this.#clock.nowMs();
    const { source, queueMax } = terms;
    const hasOtherWindows =
      canonicalJson([source.limits, terms.pace, terms.assetClass]) !==
      canonicalJson([this.#terms.source.limits, this.#terms.pace, this.#terms.assetClass]);
    this.#terms = terms;
    this.departures.queueMax = queueMax;
    this.#connections.max = connectionsMaxOf(terms);
    if (hasOtherWindows) {
      this.limit.adopt(source.limits, nowMs);
      const paces = this.#pacing?.remember(0, nowMs) ?? [];
      this.#pacing = pacingOf(terms);
      this.#pacing?.recall(paces);
      this.#flow = flowOf(terms);
    }
    if (this.#budget === null || source.budget === null) this.#budget = budgetOf(source, nowMs);
    else this.#budget.adopt(source.budget, source.priceUsdPerCall);
    this.#keeper?.adopt(this.#kept(), nowMs);
  }

  /** Asked in this order whether a request may leave. */
  get guards(): readonly Guard[] {
    return [this.#budget, this.limit, this.#pacing, this.#flow, this.#connections, this.#keeper].filter(
      (guard) => guard !== null,
    );
  }

  /** Of one of the sources that are counted here. */
  healthOf(sourceId: string): HealthLog {
    const known = this.#healths.get(sourceId) ?? new HealthLog(sourceId);
    this.#healths.set(sourceId, known);
    return known;
  }

  get budget(): Budget | null {
    return this.#budget;
  }

  get pacing(): Pacing | null {
    return this.#pacing;
  }

  /** Refuses what waits, and gives back what was written ahead. */
  close(): void {
    this.departures.close();
    this.#keeper?.close(this.#clock.nowMs());
  }

  #kept() {
    return { source: this.#terms.source, limit: this.limit, pacing: this.#pacing, budget: this.#budget };
  }
}

function connectionsMaxOf({ source: { concurrency }, connectionsMax }: Terms): number {
  return Math.min(concurrency ?? connectionsMax, connectionsMax);
}

function budgetOf({ budget, priceUsdPerCall }: SourceOptions, nowMs: number): Budget | null {
  return budget === null ? null : new Budget(budget, priceUsdPerCall, nowMs);
}

function pacingOf({ source: { limits }, pace, assetClass }: Terms): Pacing | null {
  return pace !== null && limits.some(isLong) ? new Pacing(limits, pace, assetClass) : null;
}

function flowOf({ source: { limits }, pace }: Terms): Flow | null {
  return pace === null ? null : new Flow(limits, pace);
}
