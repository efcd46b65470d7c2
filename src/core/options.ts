import type { Regime } from './decision.ts';
import type { HttpJsonDeclaration } from './http-json.ts';
import type { AssetClass, Instrument } from './instrument.ts';
import type { LimitWindow } from './source.ts';
import type { BackupMeaning } from './vote.ts';

/** Options of all stages with their defaults; `config/` checks a file against them, stages read them. */

export type ConsensusOptions = {
  /** Share of the weight that must answer, 0..1, inclusive. */
  readonly quorum: number;
  /** Independent operators that must agree before a direction is given. */
  readonly operatorsMin: number;
  /** A score counts as agreeing from here on, 0..1. */
  readonly agreeMin: number;
  /** `certain`: what is not known may be anything; `calibrated`: it may have drifted as far as audits have shown. */
  readonly mode: 'certain' | 'calibrated';
  /** Mode `calibrated`: the share of decisions in which some unasked voter may have drifted further than assumed, 0..1. */
  readonly miscoverage: number;
  /** `mean`: all scores count; `trimmed`: a side must stand without any third of the operators. */
  readonly scores: 'mean' | 'trimmed';
  /** Order of asking: `fast` all at once, `balanced` free ones first, `frugal` one by one. */
  readonly policy: 'fast' | 'balanced' | 'frugal';
  /** How far two sources' prices may lie apart, in basis points. */
  readonly priceToleranceBps: number;
  /** Operators that must show a price before it stands: 2 confirm each other, of 3 one may lie. */
  readonly priceOperatorsMin: number;
  /** What the score of a backup that stands in for a voter is multiplied by, 0..1, by what its data mean. */
  readonly backupDiscounts: Readonly<Record<BackupMeaning, number>>;
};

export const CONSENSUS_DEFAULTS: ConsensusOptions = {
  quorum: 2 / 3,
  operatorsMin: 2,
  agreeMin: 0.1,
  mode: 'certain',
  miscoverage: 0.001,
  scores: 'mean',
  policy: 'balanced',
  priceToleranceBps: 50,
  priceOperatorsMin: 2,
  backupDiscounts: { equal: 1, weaker: 0.8, different: 0.5 },
};

export type GateOptions = {
  /** A watch quote older than this is stale, by asset class, in ms. */
  readonly quoteAgeMsMax: Readonly<Record<AssetClass, number>>;
  /** The newest watch quote unchanged for this long in an open market means halted or frozen, in ms. */
  readonly frozenMsMax: Readonly<Record<AssetClass, number>>;
  /** A step between two watch prices beyond this share is a discontinuity unless every operator shows it and it lasts. */
  readonly jumpMax: number;
  /** How long a jump that all operators show must stand before it is believed, in ms. */
  readonly jumpConfirmMs: number;
  /** Quotes further ahead of our clock than this are refused, in ms. */
  readonly futureMsMax: number;
};

export const GATE_DEFAULTS: GateOptions = {
  quoteAgeMsMax: { stock: 90_000, crypto: 90_000 },
  frozenMsMax: { stock: 900_000, crypto: 900_000 },
  jumpMax: 0.2,
  jumpConfirmMs: 300_000,
  futureMsMax: 5_000,
};

export type PlannerOptions = {
  /** A price that moved by this share since everything was weighed opens the change gate, 0..1. */
  readonly moveMin: number;
  /** Instead: a price that moved by so many times the symbol's own volatility over a heartbeat; null: `moveMin` holds. */
  readonly moveVolatility: number | null;
  /** Ids of symbols whose questions leave before those of others, as long as none of these starves. */
  readonly pinned: readonly string[];
  /** Everything is weighed anew at the latest after this long, in ms. */
  readonly heartbeatMs: number;
  /** Of all decisions made in an open session, 0..1: held against one for which everyone was asked afresh. */
  readonly auditShare: number;
};

export const PLANNER_DEFAULTS: PlannerOptions = {
  moveMin: 0.005,
  moveVolatility: null,
  pinned: [],
  heartbeatMs: 300_000,
  auditShare: 0.001,
};

export type SignalOptions = {
  /** theta per regime, 0..1. */
  readonly thresholds: Readonly<Record<Regime, number>>;
  /** Target and stop distance from the entry, in ATRs. */
  readonly targetAtr: number;
  readonly stopAtr: number;
  readonly expiryMs: number;
};

export const SIGNAL_DEFAULTS: SignalOptions = {
  thresholds: { trend: 0.25, range: 0.35, volatile: 0.45, crisis: 0.6 },
  targetAtr: 3,
  stopAtr: 2,
  expiryMs: 4 * 3_600_000,
};

export type OutcomeOptions = {
  /** What a trade costs each way, of its value, in basis points, by asset class: an assumption of the user's. */
  readonly costBps: Readonly<Record<AssetClass, number>>;
  /** By how much each way is filled worse than at the price named, in basis points, by asset class: likewise. */
  readonly slippageBps: Readonly<Record<AssetClass, number>>;
  /** More trading time than this without a bar leaves an outcome unresolved, in ms. */
  readonly gapMsMax: number;
  /** Fewer resolved outcomes than this make no statistic. */
  readonly outcomesMin: number;
};

export const OUTCOME_DEFAULTS: OutcomeOptions = {
  costBps: { stock: 1, crypto: 10 },
  slippageBps: { stock: 2, crypto: 2 },
  gapMsMax: 300_000,
  outcomesMin: 30,
};

/** Most that may be spent on one source; null: not limited. Days and months are UTC. */
export type BudgetOptions = {
  readonly usdPerDay: number | null;
  readonly usdPerMonth: number | null;
  readonly callsPerDay: number | null;
  readonly callsPerMonth: number | null;
};

/** A source that is asked where another one fails. */
export type BackupOptions = { readonly source: string; readonly meaning: BackupMeaning };

/** One configured source: a provider, an analyst that reads it, a weight in the vote. */
export type SourceOptions = {
  readonly id: string;
  /** The provider; equals `id` unless one provider is configured twice. */
  readonly kind: string;
  readonly enabled: boolean;
  /** 0: watched, but not voting. */
  readonly weight: number;
  readonly operator: string;
  readonly analyst: string;
  readonly baseUrl: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly limits: readonly LimitWindow[];
  readonly priceUsdPerCall: number | null;
  /** Null: no budget. */
  readonly budget: BudgetOptions | null;
  /** Most requests under way at once; null: as many as the gateway allows. */
  readonly concurrency: number | null;
  /** For one exchange, in ms. */
  readonly timeoutMs: number;
  /** How long an opinion counts as its value, in ms. */
  readonly ttlMs: number;
  /** Near its threshold a vote has this opinion renewed the sooner the nearer it is, after so many ms at the earliest; null: never. */
  readonly nearTtlMs: number | null;
  /** Its opinion counts at most until the next minute bar is out: for those who judge by the market alone. */
  readonly untilNextBar: boolean;
  /** Who may vote in its place while it fails; the best in health first. */
  readonly backups: readonly BackupOptions[];
  /** Id of the source whose limits and budget this one's requests count against as well; null: it has its own. */
  readonly sharesLimitsWith: string | null;
  /** What the source was made of; absent for providers that come with Sextant. */
  readonly http?: HttpJsonDeclaration;
};

export const SOURCE_DEFAULTS = {
  enabled: true,
  weight: 1,
  budget: null,
  concurrency: null,
  timeoutMs: 2_000,
  nearTtlMs: null,
  untilNextBar: false,
  backups: [],
  sharesLimitsWith: null,
} as const;
/** By what the analyst reads: minute bars come every minute and get half a minute's grace; the others age slowly. */
export const TTL_MS_DEFAULTS = { bars: 90_000, stance: 300_000, rating: 3_600_000, gauge: 900_000 } as const;

/** Bars that analysts and regimes live on. */
export const BAR_INTERVAL_MS = 60_000;
/** A hole of more bars than this in an open session makes a series start anew. */
export const BAR_GAP_MAX = 10;
/** Providers publish a bar a moment after it closed: asked for sooner, the call is wasted. */
export const BAR_LAG_MS = 2_000;
/** An opinion on bars is renewed this long before it expires. */
export const REFRESH_GRACE_MS = 30_000;

export type ServerOptions = {
  /** Loopback unless an admin decides otherwise. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
};

export const SERVER_DEFAULTS: ServerOptions = { host: '127.0.0.1', port: 8137 };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export const LOG_LEVEL_DEFAULT: LogLevel = 'warn';

/** What the file says of keeping answers. */
export type CacheOptions = {
  /** Off: every question is asked. */
  readonly enabled: boolean;
  /** Of the answers of one source in memory, estimated. */
  readonly bytesMax: number;
};

export const CACHE_DEFAULTS: CacheOptions = { enabled: true, bytesMax: 4 * 1024 * 1024 };

/** Each improvement can be switched off; all off is the baseline the others are measured against. */
export type Flags = {
  /** Off: each symbol's sources are asked one after the other. */
  readonly parallelSources: boolean;
  /** Off: one question per request. */
  readonly batching: boolean;
  /** Off: every opinion is asked for anew in every cycle. */
  readonly opinionReuse: boolean;
  /** Off: everything is weighed anew in every cycle, whether anything changed or not. */
  readonly changeGate: boolean;
  /** Off: everyone is asked, also where the vote is decided already. */
  readonly decidedVote: boolean;
  /** Off: a new connection for every request. */
  readonly connectionPool: boolean;
  /** Off: an allowance of an hour or longer is spent as it is asked for. */
  readonly pacing: boolean;
  /** Off: every good answer is served for a fixed 10 s. */
  readonly adaptiveCache: boolean;
  /** Off: retries after a fixed delay, without jitter and without a bound on the extra load. */
  readonly backoff: boolean;
  /** Off: a failing endpoint is asked on and on. */
  readonly breaker: boolean;
  /** Off: a voter that fails is silent, whatever backups it has. */
  readonly fallback: boolean;
  /** Off: an answer that is late is waited for, and not asked for a second time. */
  readonly hedging: boolean;
};

/** Flags that concern one symbol's turn; the others concern the process or a source as a whole. */
export const SYMBOL_FLAGS = [
  'parallelSources',
  'opinionReuse',
  'changeGate',
  'decidedVote',
  'fallback',
] as const satisfies readonly (keyof Flags)[];

export type SymbolFlag = (typeof SYMBOL_FLAGS)[number];

/** Flags whose decisions can be worked out beside the real one from what was asked anyway. */
export const SHADOW_FLAGS = [
  'opinionReuse',
  'changeGate',
  'decidedVote',
] as const satisfies readonly SymbolFlag[];

export type ShadowFlag = (typeof SHADOW_FLAGS)[number];

export const FLAG_DEFAULTS: Flags = {
  parallelSources: true,
  batching: true,
  opinionReuse: true,
  changeGate: true,
  decidedVote: true,
  connectionPool: true,
  pacing: true,
  adaptiveCache: true,
  backoff: true,
  breaker: true,
  fallback: true,
  hedging: true,
};

export const CYCLE_MS_DEFAULT = 5_000;
/** Of the cycle: an answer later than this does not vote. */
export const ASK_SHARE_OF_CYCLE = 0.6;
export const LEDGER_PATH_DEFAULT = '.sextant/ledger.db';

/** Everything a service runs on, checked and complete. Holds secrets in `sources[].keys`. */
export type Config = {
  readonly symbols: readonly Instrument[];
  readonly cycleMs: number;
  /** Slots begin so long after each multiple of `cycleMs`, in ms: 0..cycleMs - 1. */
  readonly cycleOffsetMs: number;
  /** In the file's order. */
  readonly sources: readonly SourceOptions[];
  /** Ids of the sources that give the price, most trusted first, per asset class. */
  readonly watch: Readonly<Record<AssetClass, readonly string[]>>;
  readonly consensus: ConsensusOptions;
  readonly gates: GateOptions;
  readonly planner: PlannerOptions;
  readonly signals: SignalOptions;
  readonly outcomes: OutcomeOptions;
  readonly ledger: { readonly path: string };
  readonly server: ServerOptions;
  readonly log: { readonly level: LogLevel };
  readonly cache: CacheOptions;
  readonly flags: Flags;
  /** Of the flags that are on: those that are on for a share of the symbols only, 0..1; see {@link flagsFor}. */
  readonly rollout?: Readonly<Partial<Record<SymbolFlag, number>>>;
  /** Of the flags that are off: those whose decisions are computed and compared, and not used. */
  readonly shadow?: readonly ShadowFlag[];
};
