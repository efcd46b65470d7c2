import { type AssetClass, instrumentOf } from '../core/instrument.ts';
import {
  type BudgetOptions,
  CACHE_DEFAULTS,
  CONSENSUS_DEFAULTS,
  type Config,
  FLAG_DEFAULTS,
  type Flags,
  GATE_DEFAULTS,
  OUTCOME_DEFAULTS,
  PLANNER_DEFAULTS,
  SERVER_DEFAULTS,
  SIGNAL_DEFAULTS,
  SOURCE_DEFAULTS,
  TTL_MS_DEFAULTS,
} from '../core/options.ts';
import type { QuestionKind } from '../core/question.ts';
import { type Endpoint, type LimitWindow, NO_LIMIT_STATE, type Source } from '../core/source.ts';
import type { PlanSeat } from './errands.ts';

/** Sources that are never asked, described as far as a plan reads them. */

export type ToySeat = {
  readonly id: string;
  /** Kinds it answers -> symbols a call, the same endpoint for stocks and crypto. */
  readonly gives: Partial<Record<QuestionKind, number>>;
  readonly needs?: PlanSeat['analyst']['needs'];
  readonly weight?: number;
  readonly limits?: readonly LimitWindow[];
  readonly priceUsdPerCall?: number | null;
  readonly ttlMs?: number;
  readonly budget?: BudgetOptions;
  /** The one asset class it answers for; both when left out. */
  readonly only?: AssetClass;
  /** Units that a symbol costs; 0: a call is a unit. */
  readonly unitsPerSymbol?: number;
};

const unused = (): never => {
  throw new Error('a plan asks nobody');
};

export function toySeat(toy: ToySeat): PlanSeat {
  const { id, gives, needs = 'bars', limits = [], priceUsdPerCall = 0, unitsPerSymbol = 0 } = toy;
  const endpoints = Object.entries(gives).map(
    ([kind, batchMax]): Endpoint => ({
      name: kind,
      kind: kind as QuestionKind,
      batchMax,
      accepts: ({ assetClass }) => toy.only === undefined || toy.only === assetClass,
      weight: (batch) => (unitsPerSymbol === 0 ? 1 : unitsPerSymbol * batch.length),
      request: unused,
      parse: unused,
    }),
  );
  const source: Source = {
    id,
    operator: id,
    title: id,
    defaultBaseUrl: 'https://example.com',
    keys: {},
    options: {},
    limits,
    priceUsdPerCall,
    endpoints,
    limitState: () => NO_LIMIT_STATE,
  };
  return {
    source,
    analyst: { needs },
    options: {
      ...SOURCE_DEFAULTS,
      id,
      kind: id,
      weight: toy.weight ?? 1,
      operator: id,
      analyst: 'toy',
      baseUrl: source.defaultBaseUrl,
      keys: {},
      options: {},
      limits,
      priceUsdPerCall,
      budget: toy.budget ?? null,
      ttlMs: toy.ttlMs ?? TTL_MS_DEFAULTS[needs],
    },
  };
}

/** A configuration that watches the seats with a price, in their order. */
export function toyConfig(
  symbols: readonly string[],
  seats: readonly PlanSeat[],
  { cycleMs = 5_000, flags = {} }: { cycleMs?: number; flags?: Partial<Flags> } = {},
): Config {
  const watchers = seats
    .filter(({ source }) => source.endpoints.some(({ kind }) => kind === 'market'))
    .map(({ options }) => options.id);
  return {
    symbols: symbols.map(instrumentOf),
    cycleMs,
    cycleOffsetMs: 0,
    sources: seats.map(({ options }) => options),
    watch: { stock: watchers, crypto: watchers },
    consensus: CONSENSUS_DEFAULTS,
    gates: GATE_DEFAULTS,
    planner: PLANNER_DEFAULTS,
    signals: SIGNAL_DEFAULTS,
    outcomes: OUTCOME_DEFAULTS,
    ledger: { path: 'unused' },
    server: SERVER_DEFAULTS,
    log: { level: 'silent' },
    cache: CACHE_DEFAULTS,
    flags: { ...FLAG_DEFAULTS, ...flags },
  };
}
