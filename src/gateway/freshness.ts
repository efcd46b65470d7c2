import type { Answer, BudgetLeft, QuotaState } from '../core/answer.ts';
import { closeAtMs } from '../core/bar.ts';
import type { ChangeRate } from '../core/cache.ts';
import type { BudgetOptions } from '../core/options.ts';
import type { Question } from '../core/question.ts';
import { sessionAt } from '../core/sessions/session.ts';
import type { HttpCaching } from './http-caching.ts';

/** How long answers may be served: pure, all times Unix ms, all spans ms. */

/** In whole ms from when the answer was received. */
export type Lifetime = {
  /** Served so long as it is. */
  readonly freshMs: number;
  /** Served so long while it is asked for anew; not less than `freshMs`. */
  readonly renewMs: number;
  /** Served so long where asking anew has failed; not less than `renewMs`. */
  readonly standInMs: number;
};

/** What the configuration says of one source's answers. */
export type FreshnessOptions = {
  /** A quote in an open market; well below the cycle, so that a new cycle sees a new price. */
  readonly quoteTtlMs: number;
  /** How long an opinion of this source counts: neither stances nor ratings nor gauges are kept longer. */
  readonly ttlMs: number;
};

type View = Extract<Answer, { kind: 'fresh' }>;

/** An own estimate, and the span after which nothing may be served any more. */
type Usual = { readonly ttlMs: number; readonly usableMs: number };

/** Of `quoteTtlMs`: a quote older than that is served to nobody while the market is open. */
const QUOTE_USABLE = 2.5;
/** Of `quoteTtlMs`: before and after regular trading prices move rarely. */
const EXTENDED_TTL = 4;
const EXTENDED_USABLE = 10;
/** A price that is expected to move by less than this share counts as still. */
const STILL_SHARE = 1e-4;
/** Of `quoteTtlMs`, at least: however wild the symbol is. */
const WILD_TTL = 0.25;
/** Free feeds show the last trades of a session a quarter of an hour late; the slowest have caught up after this. */
const CAUGHT_UP_MS = 30 * 60_000;
/** Pre-market hours begin so long before regular trading. */
const PRE_MARKET_MS = 5.5 * 3_600_000;
/** Providers may still correct a bar within a minute of its close. */
const BAR_FINAL_MS = 60_000;
const FINAL_TTL_MS = 7 * 86_400_000;
/** Of `ttlMs`: from here on an opinion's data are asked for anew while they are still served. */
const RENEW_SHARE = 0.8;
/** Data older than so many `ttlMs`, and than a day, come from a publisher that is slow by nature. */
const SLOW_PUBLISHER = 10;
const SLOW_MS_MIN = 86_400_000;
/** Of the learned interval: publishers are not punctual. */
const PUNCTUAL_SHARE = 0.8;
/** RFC 9111, section 4.2.2: without better knowledge a tenth of the age of the datum. */
const HEURISTIC_SHARE = 0.1;
/** Below this share of a budget or a long allowance everything is kept longer, up to four times. */
const SCARCE_SHARE = 0.2;
const SCARCE_STRETCH_MAX = 4;
/** Of `ttlMs`: how long an answer without data may stand, at most. */
const NO_DATA_SHARE = 0.1;

/** What every good answer gets with `adaptiveCache` off. */
export const FIXED_LIFETIME: Lifetime = evenly(10_000);

/**
 * How long a good answer may be served. The provider's own word (`max-age`, `expires`) counts before our estimate, and
 * neither lengthens the span after which nothing is served: half a cycle for quotes in an open market, the opinion's TTL
 * for what is no price. `leftShare` is what is left of budgets and long allowances, 0..1. Null: not to be kept.
 */
export function lifetimeOf(
  question: Question,
  answer: Pick<View, 'view' | 'provenance'>,
  known: { readonly caching: HttpCaching; readonly rate: ChangeRate | null; readonly leftShare: number },
  options: FreshnessOptions,
): Lifetime | null {
  const { caching, rate, leftShare } = known;
  if (caching.noStore) return null;
  const { receivedAtMs } = answer.provenance;
  const usual = usualOf(question, answer, rate, options);
  const wantedMs = caching.maxAgeMs ?? usual.ttlMs * stretchOf(leftShare);
  const ttlMs = Math.min(wantedMs, usual.usableMs);
  const freshMs = wholeMs(ttlMs, receivedAtMs);
  if (caching.mustRevalidate) return evenly(freshMs);
  return {
    freshMs,
    renewMs: wholeMs(Math.min(2 * ttlMs, usual.usableMs), receivedAtMs),
    standInMs: wholeMs(usual.usableMs, receivedAtMs),
  };
}

/** Until the first moment that is not reached any more: moments are whole ms, and a sum with one of them has no finer fractions. */
function wholeMs(spanMs: number, fromMs: number): number {
  return Math.ceil(fromMs + spanMs - fromMs);
}

/** One and the same for all that it may serve for. */
export function evenly(spanMs: number): Lifetime {
  return { freshMs: spanMs, renewMs: spanMs, standInMs: spanMs };
}

/** How long an answer without data stands when it has come so many times in a row, in ms: doubling, at most a tenth of the TTL. */
export function noDataTtlMs({ kind }: Question, failures: number, options: FreshnessOptions): number {
  const { quoteTtlMs, ttlMs } = options;
  const isPrice = kind === 'market' || kind === 'bars';
  const maxMs = isPrice ? QUOTE_USABLE * quoteTtlMs : Math.max(quoteTtlMs, NO_DATA_SHARE * ttlMs);
  return Math.min(quoteTtlMs * 2 ** (failures - 1), maxMs);
}

/** The smallest share that is left of any budget or long allowance, 0..1; 1 where there is none. */
export function leftShareOf(
  budget: BudgetOptions | null,
  left: BudgetLeft | null,
  quotas: readonly Pick<QuotaState, 'max' | 'used'>[],
): number {
  const shares = quotas.map(({ max, used }) => 1 - used / max);
  const add = (max: number | null | undefined, leftOfIt: number | null | undefined): void => {
    if (typeof max === 'number' && typeof leftOfIt === 'number') shares.push(max === 0 ? 0 : leftOfIt / max);
  };
  add(budget?.usdPerDay, left?.usdLeftToday);
  add(budget?.usdPerMonth, left?.usdLeftThisMonth);
  add(budget?.callsPerDay, left?.callsLeftToday);
  add(budget?.callsPerMonth, left?.callsLeftThisMonth);
  return Math.max(0, Math.min(1, ...shares));
}

function stretchOf(leftShare: number): number {
  if (leftShare >= SCARCE_SHARE) return 1;
  return 1 + (SCARCE_STRETCH_MAX - 1) * (1 - leftShare / SCARCE_SHARE);
}

function usualOf(
  question: Question,
  { view, provenance }: Pick<View, 'view' | 'provenance'>,
  rate: ChangeRate | null,
  options: FreshnessOptions,
): Usual {
  if (question.kind === 'market') return usualQuote(question, provenance.receivedAtMs, rate, options);
  if (question.kind !== 'bars') return usualOpinion(provenance, rate, options);
  const newest = view.kind === 'bars' ? view.bars.at(-1) : undefined;
  const sinceMs = provenance.receivedAtMs - question.toMs;
  const isWhole = newest !== undefined && closeAtMs(newest) === question.toMs;
  // A minute without a trade has no bar, and a late feed brings it later.
  if (sinceMs >= (isWhole ? BAR_FINAL_MS : CAUGHT_UP_MS)) return only(FINAL_TTL_MS);
  return { ttlMs: options.quoteTtlMs, usableMs: QUOTE_USABLE * options.quoteTtlMs };
}

function usualQuote(
  { instrument: { assetClass } }: Question,
  receivedAtMs: number,
  rate: ChangeRate | null,
  { quoteTtlMs }: FreshnessOptions,
): Usual {
  const { phase, opensAtMs } = sessionAt(assetClass, receivedAtMs);
  if (phase === 'open' || opensAtMs === null) {
    return { ttlMs: stillMs(rate, quoteTtlMs), usableMs: QUOTE_USABLE * quoteTtlMs };
  }
  const isFinal = phase === 'closed' && sessionAt(assetClass, receivedAtMs - CAUGHT_UP_MS).phase === 'closed';
  if (isFinal) return only(Math.max(0, opensAtMs - PRE_MARKET_MS - receivedAtMs));
  const untilOpenMs = opensAtMs - receivedAtMs;
  return {
    ttlMs: Math.min(EXTENDED_TTL * quoteTtlMs, untilOpenMs),
    usableMs: Math.min(EXTENDED_USABLE * quoteTtlMs, untilOpenMs),
  };
}

/** How long the price is expected to stay where it is: the time in which its random walk covers `STILL_SHARE`. */
function stillMs(rate: ChangeRate | null, quoteTtlMs: number): number {
  const variancePerMs = rate?.variancePerMs ?? 0;
  if (variancePerMs === 0) return quoteTtlMs;
  return Math.min(quoteTtlMs, Math.max(WILD_TTL * quoteTtlMs, STILL_SHARE ** 2 / variancePerMs));
}

/** Ends where a newer datum is expected, or where an opinion on these data would run out, whichever comes first. */
function usualOpinion(
  { receivedAtMs, eventAtMs }: View['provenance'],
  rate: ChangeRate | null,
  { ttlMs, quoteTtlMs }: FreshnessOptions,
): Usual {
  const longestMs = RENEW_SHARE * ttlMs;
  if (eventAtMs === null) return { ttlMs: longestMs, usableMs: ttlMs };
  const ageMs = Math.max(0, receivedAtMs - eventAtMs);
  const intervalMs = rate?.intervalMs ?? null;
  const newerMs = intervalMs === null ? null : PUNCTUAL_SHARE * intervalMs - ageMs;
  if (ageMs < ttlMs) {
    const usableMs = ttlMs - ageMs;
    const nextMs = newerMs === null ? usableMs : Math.max(newerMs, quoteTtlMs);
    return { ttlMs: Math.min(longestMs, nextMs, usableMs), usableMs };
  }
  if (newerMs !== null && newerMs > 0) return only(Math.min(longestMs, newerMs));
  const isSlow = ageMs >= Math.max(SLOW_PUBLISHER * ttlMs, SLOW_MS_MIN);
  return only(Math.min(longestMs, isSlow ? HEURISTIC_SHARE * ageMs : quoteTtlMs));
}

function only(ttlMs: number): Usual {
  return { ttlMs, usableMs: ttlMs };
}
