import type { AnalystSpec } from '../core/analyst.ts';
import type { AssetClass, Instrument } from '../core/instrument.ts';
import {
  BAR_INTERVAL_MS,
  BAR_LAG_MS,
  type Config,
  REFRESH_GRACE_MS,
  type SourceOptions,
} from '../core/options.ts';
import type { Question, QuestionKind } from '../core/question.ts';
import { type Endpoint, endpointFor, type Source } from '../core/source.ts';
import { priceWaves } from './wave.ts';

/**
 * `least`: no price leaves the change gate, and every vote is decided without the source.
 * `steady`: no price leaves the change gate, but no vote is decided without the source.
 * `most`: every price leaves the change gate in every cycle, no vote is decided without the source, each stands at its
 * threshold, and only first prices find company in a batch.
 */
export const PLAN_CASES = ['least', 'steady', 'most'] as const;
export type PlanCase = (typeof PLAN_CASES)[number];

/** A configured source as far as planning needs to know it. */
export type PlanSeat = {
  readonly options: SourceOptions;
  readonly source: Source;
  readonly analyst: Pick<AnalystSpec, 'needs'>;
};

/** `price` the first price of a look, `confirmation` the further ones, `bars` those of the market, `opinion` a vote. */
export type Purpose = 'price' | 'confirmation' | 'bars' | 'opinion';

/** One round asks for all symbols of the errand, then again after `everyMs` of trading. */
export type Cadence = {
  readonly callsPerRound: number;
  /** In what the provider counts; calls unless it weighs them. */
  readonly unitsPerRound: number;
  readonly everyMs: number;
};

/** What one source is asked for one asset class, again and again. */
export type Errand = {
  readonly sourceId: string;
  readonly assetClass: AssetClass;
  readonly kind: QuestionKind;
  readonly purpose: Purpose;
  readonly instrumentIds: readonly string[];
  /** Whether a longer `ttlMs` makes it rarer. */
  readonly isStretchable: boolean;
  readonly cadence: Readonly<Record<PlanCase, Cadence>>;
};

export function symbolsOf(errands: readonly Errand[]): string[] {
  return [...new Set(errands.flatMap(({ instrumentIds }) => instrumentIds))];
}

/** One symbol's part in an errand. Null: not asked in that case. */
type Need = {
  readonly endpoint: Endpoint;
  readonly instrument: Instrument;
  readonly purpose: Purpose;
  readonly isStretchable: boolean;
  readonly everyMs: Readonly<Record<PlanCase, number | null>>;
};

/**
 * Everything that a run of this configuration asks its enabled sources while all of them answer in time. What failures
 * cost (retries, bars that come late, symbols asked apart) and the longer bars of a start come on top.
 */
export function errandsOf(config: Config, seats: readonly PlanSeat[]): Errand[] {
  const enabled = seats.filter(({ options }) => options.enabled);
  const lookMs = { stock: lookMsOf(config, enabled, 'stock'), crypto: lookMsOf(config, enabled, 'crypto') };
  return enabled.flatMap((seat) => {
    const needs = config.symbols.flatMap((instrument) => {
      const watchers = watchersOf(config, enabled, instrument);
      const everyLookMs = lookMs[instrument.assetClass];
      return [
        ...priceNeeds(config, seat, instrument, watchers, everyLookMs),
        ...barNeeds(config, seat, instrument, watchers, everyLookMs),
        ...answerNeeds(config, seat, instrument, everyLookMs),
      ];
    });
    return grouped(needs).map((group) => errand(seat, group, needs, config.flags.batching));
  });
}

/** The next slot at or after `ms`: nothing happens between two cycles. */
function toSlots(ms: number, cycleMs: number): number {
  return Math.max(1, Math.ceil(ms / cycleMs)) * cycleMs;
}

/**
 * How often a voter may have news, in ms. Answers: their TTL, or with each bar. Bars: as many whole minutes as pass between two
 * refreshes, which begin 2 s after the next close or 30 s before the TTL ends, whichever is later.
 */
function renewMs({ options, analyst }: PlanSeat, cycleMs: number): number {
  if (analyst.needs !== 'bars') {
    return toSlots(options.untilNextBar ? Math.min(options.ttlMs, BAR_INTERVAL_MS) : options.ttlMs, cycleMs);
  }
  const refreshMs = Math.max(BAR_INTERVAL_MS, options.ttlMs - REFRESH_GRACE_MS - BAR_LAG_MS);
  return Math.max(Math.floor(refreshMs / BAR_INTERVAL_MS) * BAR_INTERVAL_MS, cycleMs);
}

/** How often everything is weighed while no price moves: at the heartbeat, or when some voter may have news. */
function lookMsOf({ flags, planner, cycleMs, symbols }: Config, seats: readonly PlanSeat[], of: AssetClass) {
  if (!flags.changeGate) return cycleMs;
  const voters = seats.filter((seat) =>
    symbols.some((instrument) => instrument.assetClass === of && mayVote(seat, instrument)),
  );
  return Math.min(toSlots(planner.heartbeatMs, cycleMs), ...voters.map((seat) => renewMs(seat, cycleMs)));
}

function mayVote(seat: PlanSeat, instrument: Instrument): boolean {
  return seat.options.weight > 0 && endpointOf(seat, seat.analyst.needs, instrument) !== null;
}

function endpointOf({ source }: PlanSeat, kind: QuestionKind, instrument: Instrument): Endpoint | null {
  return endpointFor(source, kind, instrument);
}

function watchersOf({ watch }: Config, seats: readonly PlanSeat[], instrument: Instrument): PlanSeat[] {
  return watch[instrument.assetClass].flatMap((id) =>
    seats.filter((seat) => seat.options.id === id && endpointOf(seat, 'market', instrument) !== null),
  );
}

/** The first price is asked for in every cycle, those that confirm it in every look, the others where these disagree. */
function priceNeeds(
  { cycleMs, planner, flags, consensus }: Config,
  seat: PlanSeat,
  instrument: Instrument,
  watchers: readonly PlanSeat[],
  lookMs: number,
): Need[] {
  const endpoint = endpointOf(seat, 'market', instrument);
  if (endpoint === null || !watchers.includes(seat)) return [];
  const need = { endpoint, instrument, isStretchable: false };
  const { priceOperatorsMin } = consensus;
  const [firsts = []] = priceWaves(watchers, ({ options }) => options.operator, priceOperatorsMin);
  if (seat === firsts[0]) {
    return [{ ...need, purpose: 'price', everyMs: { least: cycleMs, steady: cycleMs, most: cycleMs } }];
  }
  const heartbeatMs = flags.changeGate ? toSlots(planner.heartbeatMs, cycleMs) : cycleMs;
  const calm = firsts.includes(seat) ? { least: heartbeatMs, steady: lookMs } : { least: null, steady: null };
  return [{ ...need, purpose: 'confirmation', everyMs: { ...calm, most: cycleMs } }];
}

/**
 * Closed bars, once each. A voter asks for its own; those of the market come from the first watcher that has bars, from
 * the others only where it fails. Quotes that carry the newest bar may save them all, so `least` is 0 for watchers.
 */
function barNeeds(
  { cycleMs, flags }: Config,
  seat: PlanSeat,
  instrument: Instrument,
  watchers: readonly PlanSeat[],
  lookMs: number,
): Need[] {
  const endpoint = endpointOf(seat, 'bars', instrument);
  const isVoter = seat.analyst.needs === 'bars' && mayVote(seat, instrument);
  const isWatcher = watchers.includes(seat);
  if (endpoint === null || !(isVoter || isWatcher)) return [];
  const minuteMs = Math.max(BAR_INTERVAL_MS, cycleMs);
  const isFeeder = seat === watchers.find((watcher) => endpointOf(watcher, 'bars', instrument) !== null);
  const voterMs = isVoter ? renewMs(seat, cycleMs) : null;
  const steady = sooner(
    isVoter && !flags.opinionReuse ? lookMs : voterMs,
    isFeeder ? Math.max(minuteMs, lookMs) : null,
  );
  const most = sooner(isVoter && !flags.opinionReuse ? cycleMs : voterMs, isWatcher ? minuteMs : null);
  return [
    {
      endpoint,
      instrument,
      purpose: isVoter ? 'opinion' : 'bars',
      isStretchable: isVoter && !isFeeder,
      everyMs: { least: flags.decidedVote || isWatcher ? null : steady, steady, most },
    },
  ];
}

/** A stance, a rating, a gauge: once per TTL while the vote is open; near its threshold that is `nearTtlMs`. */
function answerNeeds(
  { cycleMs, flags }: Config,
  seat: PlanSeat,
  instrument: Instrument,
  lookMs: number,
): Need[] {
  const { needs } = seat.analyst;
  const endpoint = endpointOf(seat, needs, instrument);
  if (needs === 'bars' || endpoint === null || !mayVote(seat, instrument)) return [];
  const steady = flags.opinionReuse ? renewMs(seat, cycleMs) : lookMs;
  const nearMs = toSlots(seat.options.nearTtlMs ?? steady, cycleMs);
  const everyMs = {
    least: flags.decidedVote ? null : steady,
    steady,
    most: flags.opinionReuse ? Math.min(steady, nearMs) : cycleMs,
  };
  return [{ endpoint, instrument, purpose: 'opinion', isStretchable: true, everyMs }];
}

function sooner(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** Needs that are alike in all but their symbol. */
function grouped(needs: readonly Need[]): Need[][] {
  const groups = Map.groupBy(needs, ({ endpoint, instrument, purpose, isStretchable, everyMs }) =>
    JSON.stringify([endpoint.name, instrument.assetClass, purpose, isStretchable, everyMs]),
  );
  return [...groups.values()];
}

type Cost = Pick<Cadence, 'callsPerRound' | 'unitsPerRound'>;
const NO_COST: Cost = { callsPerRound: 0, unitsPerRound: 0 };
const NEVER: Cadence = { ...NO_COST, everyMs: Number.POSITIVE_INFINITY };

function errand(
  { options }: PlanSeat,
  group: readonly Need[],
  needs: readonly Need[],
  batching: boolean,
): Errand {
  const [{ endpoint, instrument, purpose, isStretchable, everyMs }] = group as [Need];
  const others = needs.filter((need) => need.endpoint === endpoint);
  // Confirmations may ride along in a batch of first prices, so that they alone need not cost anything.
  const isShared = purpose === 'confirmation' && others.some((need) => need.purpose === 'price');
  const alike = others.filter((need) => need.purpose === purpose);
  const cadence = (planCase: PlanCase): Cadence => {
    const every = everyMs[planCase];
    if (every === null || (planCase === 'least' && isShared)) return NEVER;
    const isAlone = !batching || (planCase === 'most' && purpose !== 'price');
    const riders = alike.filter((need) => (need.everyMs[planCase] ?? NEVER.everyMs) <= every);
    return { ...(isAlone ? costOf(group, 1) : ridingCost(group, riders, endpoint.batchMax)), everyMs: every };
  };
  return {
    sourceId: options.id,
    assetClass: instrument.assetClass,
    kind: endpoint.kind,
    purpose,
    instrumentIds: group.map((need) => need.instrument.id),
    isStretchable,
    cadence: { least: cadence('least'), steady: cadence('steady'), most: cadence('most') },
  };
}

/** Crypto trades all day and pays for its batches; stocks asked for with it ride along and pay what they add. */
function ridingCost(group: readonly Need[], alike: readonly Need[], batchMax: number): Cost {
  if (group[0]?.instrument.assetClass === 'crypto') return costOf(group, batchMax);
  const before = alike.filter(({ instrument }) => instrument.assetClass === 'crypto');
  const alone = costOf(before, batchMax);
  const joint = costOf([...before, ...group], batchMax);
  return {
    callsPerRound: joint.callsPerRound - alone.callsPerRound,
    unitsPerRound: joint.unitsPerRound - alone.unitsPerRound,
  };
}

/** Calls: ceil(symbols / batchMax). Units: the provider's weight of each such batch, summed. */
function costOf(needs: readonly Need[], batchMax: number): Cost {
  let cost = NO_COST;
  for (let from = 0; from < needs.length; from += batchMax) {
    const batch = needs.slice(from, from + batchMax);
    const [{ endpoint }] = batch as [Need];
    const units = endpoint.weight(batch.map((need) => exampleOf(endpoint.kind, need.instrument)));
    cost = { callsPerRound: cost.callsPerRound + 1, unitsPerRound: cost.unitsPerRound + units };
  }
  return cost;
}

/** A question to weigh: bars of one minute, a market of which nothing is known. */
function exampleOf(kind: QuestionKind, instrument: Instrument): Question {
  if (kind === 'bars') {
    return { kind, instrument, intervalMs: BAR_INTERVAL_MS, fromMs: 0, toMs: BAR_INTERVAL_MS };
  }
  if (kind !== 'stance') return { kind, instrument };
  const unknown = { change5mPct: null, change1hPct: null, change1dPct: null, atrPct: null };
  return { kind, instrument, brief: { price: 1, currency: instrument.quote, ...unknown } };
}
