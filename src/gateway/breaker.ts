import type { BreakerHealth, DataFault } from '../core/answer.ts';
import type { FailureKind } from '../core/failure.ts';
import { failure } from '../core/failure.ts';
import type { BreakerOptions } from '../core/gateway-options.ts';
import { GO, type Guard, type Verdict } from './guard.ts';
import type { Exchange, Job } from './job.ts';
import { learnedNormMs, USUAL_SHARE } from './latency-norm.ts';

/** What a call that says anything of an endpoint counts as. */
type Mark = 'good' | 'slow' | 'bad';

/** State of one endpoint. Outcomes are kept newest last. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly outcomes: readonly Mark[] }
  /** Nothing leaves before `untilMs`; then one request may find out. */
  | { readonly kind: 'open'; readonly untilMs: number; readonly because: string }
  | { readonly kind: 'probing'; readonly sinceMs: number; readonly because: string };

export const CLOSED: BreakerState = { kind: 'closed', outcomes: [] };

/** `neutral` says nothing of the provider: our own refusals, its limits. */
export type BreakerOutcome = Mark | 'locked' | 'neutral';

const LOCKED: ReadonlySet<FailureKind> = new Set<FailureKind>(['auth', 'blocked']);
const BAD: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'down',
  'timeout',
  'connection',
  'tooLarge',
  'redirect',
  'badPayload',
  'mismatch',
]);
/** A timeout before that is the asker's haste, unless the user gave the source less. */
const PATIENCE_MS = 1_000;

/** A call is slow that takes more than half of the time it has, and more than three times what such calls usually take. */
export function isSlow(latencyMs: number, timeoutMs: number, normMs: number | null): boolean {
  return normMs !== null && latencyMs > Math.max(timeoutMs / 2, 3 * normMs);
}

/**
 * `normMs` is what calls of the endpoint usually take; null where that is not known. While we were too busy to read an
 * answer, none counts as late.
 */
export function breakerOutcome(
  { failure: found, fate, latencyMs, ownMs }: Pick<Exchange, 'failure' | 'fate' | 'latencyMs' | 'ownMs'>,
  timeoutMs: number,
  normMs: number | null,
): BreakerOutcome {
  if (fate === 'heldBack') return 'neutral';
  const waitedMs = latencyMs - ownMs;
  if (found === null) return isSlow(waitedMs, timeoutMs, normMs) ? 'slow' : 'good';
  if (LOCKED.has(found.kind)) return 'locked';
  if (found.kind === 'timeout' && waitedMs < Math.min(timeoutMs, PATIENCE_MS)) return 'neutral';
  if (BAD.has(found.kind)) return 'bad';
  return found.kind === 'limit' || found.kind === 'quota' ? 'neutral' : 'good';
}

/** The state after a request came back. Pure. */
export function breakerStep(
  state: BreakerState,
  outcome: BreakerOutcome,
  because: string,
  nowMs: number,
  options: BreakerOptions,
): BreakerState {
  if (outcome === 'locked') return { kind: 'open', untilMs: nowMs + options.lockedMs, because };
  if (state.kind === 'probing') {
    if (outcome === 'good') return CLOSED;
    // A probe that found out nothing leaves the question open for the next one; one that hung has waited already.
    const untilMs = outcome === 'neutral' ? nowMs : Math.max(nowMs, state.sinceMs + options.openMs);
    return { kind: 'open', untilMs, because };
  }
  // What had left before it opened changes nothing: the probe will tell.
  if (state.kind === 'open' || outcome === 'neutral') return state;
  // One more good one among nothing but good ones changes nothing.
  if (
    outcome === 'good' &&
    state.outcomes.length === options.outcomesKept &&
    state.outcomes.every((mark) => mark === 'good')
  ) {
    return state;
  }
  const outcomes = [...state.outcomes.slice(1 - options.outcomesKept), outcome];
  return isTooBad(outcomes, options)
    ? { kind: 'open', untilMs: nowMs + options.openMs, because }
    : { kind: 'closed', outcomes };
}

function isTooBad(
  outcomes: readonly Mark[],
  { failuresInRow, failureShare, slowShare, outcomesKept }: BreakerOptions,
): boolean {
  const count = (mark: Mark): number => outcomes.filter((one) => one === mark).length;
  if (outcomes.length >= failuresInRow && outcomes.slice(-failuresInRow).every((mark) => mark === 'bad'))
    return true;
  if (outcomes.length < outcomesKept) return false;
  const bad = count('bad');
  return bad / outcomesKept >= failureShare || (bad + count('slow')) / outcomesKept >= slowShare;
}

/** What the data of one endpoint were found to be, newest last; true: bad. */
export type Judged = readonly boolean[];

/**
 * The state after data were judged. Only bad ones open it, and what was judged before is kept while it is open: the first
 * bad data of a probe open it again, good ones wear that off. Pure.
 */
export function judgedStep(
  state: BreakerState,
  judged: Judged,
  fault: DataFault | null,
  nowMs: number,
  { badDataShare, judgedKept, openMs }: BreakerOptions,
): { readonly state: BreakerState; readonly judged: Judged } {
  // What nearly every answer comes to.
  if (fault === null && judged.length === judgedKept && !judged.includes(true)) return { state, judged };
  const kept = [...judged.slice(1 - judgedKept), fault !== null];
  const bad = kept.filter((isBad) => isBad).length;
  const isOpening =
    fault !== null &&
    state.kind === 'closed' &&
    kept.length === judgedKept &&
    bad / judgedKept >= badDataShare;
  if (!isOpening) return { state, judged: kept };
  const because = `${DATA_FAULTS[fault]}: ${bad} of the last ${judgedKept} data were of no use`;
  return { state: { kind: 'open', untilMs: nowMs + openMs, because }, judged: kept };
}

const DATA_FAULTS: Readonly<Record<DataFault, string>> = {
  stale: 'stale data',
  outlier: 'data unlike those of the others',
  frozen: 'frozen data',
};

function becauseOf({ failure: found, latencyMs }: Exchange): string {
  return found === null
    ? `slow: ${Math.round(latencyMs)} ms for an answer`
    : `${found.kind}: ${found.detail}`;
}

/** Of the way to its latency: how far a slow probe moves the norm, so that what has become slower for good is used again. */
const PROBE_SHARE = 1 / 4;

/**
 * Stops asking an endpoint that fails, has become slow, or gives bad data, and lets one request at a time find out whether it is back. The wait between these
 * does not grow: a source that has returned must be noticed within seconds, and a probe is a request that was due anyway.
 */
export class Breaker implements Guard {
  readonly #options: BreakerOptions;
  readonly #timeoutMs: number;
  readonly #states = new Map<string, BreakerState>();
  readonly #judged = new Map<string, Judged>();
  readonly #normsMs = new Map<string, number>();

  constructor(options: BreakerOptions, timeoutMs: number) {
    this.#options = options;
    this.#timeoutMs = timeoutMs;
  }

  check({ endpoint }: Job, nowMs: number): Verdict {
    const state = this.#states.get(endpoint.name) ?? CLOSED;
    if (state.kind === 'closed' || (state.kind === 'open' && nowMs >= state.untilMs)) return GO;
    const retryAfterMs = state.kind === 'open' ? state.untilMs - nowMs : this.#options.openMs;
    const detail = `${endpoint.name} has been failing (${state.because})`;
    return { kind: 'refuse', failure: failure('breakerOpen', detail, retryAfterMs) };
  }

  leave({ endpoint }: Job, nowMs: number): void {
    const state = this.#states.get(endpoint.name);
    if (state?.kind === 'open') {
      this.#states.set(endpoint.name, { kind: 'probing', sinceMs: nowMs, because: state.because });
    }
  }

  back({ endpoint: { name } }: Job, exchange: Exchange, nowMs: number): void {
    const state = this.#states.get(name) ?? CLOSED;
    const normMs = this.#normsMs.get(name) ?? null;
    const outcome = breakerOutcome(exchange, this.#timeoutMs, normMs);
    const { latencyMs } = exchange;
    const because = outcome === 'good' ? '' : becauseOf(exchange);
    const next = breakerStep(state, outcome, because, nowMs, this.#options);
    if (next !== state) this.#states.set(name, next);
    if (outcome === 'good') this.#normsMs.set(name, learnedNormMs(normMs, latencyMs, USUAL_SHARE));
    else if (outcome === 'slow' && state.kind === 'probing')
      this.#normsMs.set(name, learnedNormMs(normMs, latencyMs, PROBE_SHARE));
  }

  /** Bad data count against an endpoint as failures do. */
  judged(endpoint: string, fault: DataFault | null, nowMs: number): void {
    const state = this.#states.get(endpoint) ?? CLOSED;
    const next = judgedStep(state, this.#judged.get(endpoint) ?? [], fault, nowMs, this.#options);
    this.#judged.set(endpoint, next.judged);
    if (next.state !== state) this.#states.set(endpoint, next.state);
  }

  states(): BreakerHealth[] {
    return [...this.#states].map(([endpoint, state]) => ({
      endpoint,
      state: state.kind,
      untilMs: state.kind === 'open' ? state.untilMs : null,
    }));
  }
}
