import type { FailureKind } from '../core/failure.ts';
import { failure } from '../core/failure.ts';
import type { BreakerOptions } from '../core/options.ts';
import { GO, type Guard, type Verdict } from './guard.ts';
import type { Exchange, Job } from './job.ts';

/** State of one endpoint. Outcomes are kept newest last, true for a bad one. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly outcomes: readonly boolean[] }
  /** Nothing leaves before `untilMs`; then one request may find out. */
  | { readonly kind: 'open'; readonly untilMs: number; readonly because: string }
  | { readonly kind: 'probing'; readonly sinceMs: number; readonly because: string };

export const CLOSED: BreakerState = { kind: 'closed', outcomes: [] };

/** `neutral` says nothing of the provider: our own refusals, its limits. */
export type BreakerOutcome = 'good' | 'bad' | 'locked' | 'neutral';

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

export function breakerOutcome(
  { failure: found, fate, latencyMs }: Pick<Exchange, 'failure' | 'fate' | 'latencyMs'>,
  timeoutMs: number,
): BreakerOutcome {
  if (fate === 'heldBack') return 'neutral';
  if (found === null) return 'good';
  if (LOCKED.has(found.kind)) return 'locked';
  if (found.kind === 'timeout' && latencyMs < Math.min(timeoutMs, PATIENCE_MS)) return 'neutral';
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
    !state.outcomes.includes(true)
  ) {
    return state;
  }
  const outcomes = [...state.outcomes.slice(1 - options.outcomesKept), outcome === 'bad'];
  return isTooBad(outcomes, options)
    ? { kind: 'open', untilMs: nowMs + options.openMs, because }
    : { kind: 'closed', outcomes };
}

function isTooBad(
  outcomes: readonly boolean[],
  { failuresInRow, failureShare, outcomesKept }: BreakerOptions,
): boolean {
  if (outcomes.length >= failuresInRow && outcomes.slice(-failuresInRow).every((isBad) => isBad)) return true;
  const bad = outcomes.filter((isBad) => isBad).length;
  return outcomes.length === outcomesKept && bad / outcomesKept >= failureShare;
}

/**
 * Stops asking an endpoint that fails, and lets one request at a time find out whether it is back. The wait between these
 * does not grow: a source that has returned must be noticed within seconds, and a probe is a request that was due anyway.
 */
export class Breaker implements Guard {
  readonly #options: BreakerOptions;
  readonly #timeoutMs: number;
  readonly #states = new Map<string, BreakerState>();

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

  back({ endpoint }: Job, exchange: Exchange, nowMs: number): void {
    const state = this.#states.get(endpoint.name) ?? CLOSED;
    const outcome = breakerOutcome(exchange, this.#timeoutMs);
    const found = exchange.failure;
    const because = found === null ? '' : `${found.kind}: ${found.detail}`;
    const next = breakerStep(state, outcome, because, nowMs, this.#options);
    if (next !== state) this.#states.set(endpoint.name, next);
  }
}
