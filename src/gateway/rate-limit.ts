import type { LimitUse } from '../core/answer.ts';
import { failure } from '../core/failure.ts';
import type { WindowMemory } from '../core/gateway-memory.ts';
import type { Random } from '../core/random.ts';
import type { LimitState, LimitWindow } from '../core/source.ts';
import { GO, type Guard, type Verdict } from './guard.ts';
import type { Exchange, Job } from './job.ts';
import { type LearnedLevel, levelAfterRefusal } from './learned-level.ts';
import type { ClockMove } from './provider-clock.ts';
import { isRefusal, refusalWaitMs } from './refusal-wait.ts';
import { createWindowCount, isBrief, isLong, uncertaintyMsOf, type WindowCount } from './window-count.ts';

type Window = LimitWindow & { readonly count: WindowCount; learned: LearnedLevel | null };

/**
 * Keeps a source's requests inside all of its windows at once, obeys what its headers say and pauses when it refuses.
 * Deterministic: time comes in as an argument, jitter from `random`.
 */
export class RateLimit implements Guard {
  #windows: readonly Window[];
  readonly #random: Random;
  #pausedUntilMs = 0;
  #pausedAtMs = 0;
  #refusals = 0;
  #inFlight = 0;
  /** All weight that ever left, and how much that was when each request under way left. */
  #sentWeight = 0;
  readonly #sentWith = new Map<Job, number>();
  #inFlightWeight = 0;
  /** How far the provider's clock is ahead of ours. */
  #aheadMs = 0;

  constructor(windows: readonly LimitWindow[], random: Random) {
    this.#windows = windows.map((window) => ({ ...window, count: createWindowCount(window), learned: null }));
    this.#random = random;
  }

  /**
   * From now on these windows. Each begins with what is counted in the one of its size, else in the next longer one, else
   * in the longest; a brief one that is new begins full.
   */
  adopt(windows: readonly LimitWindow[], nowMs: number): void {
    const before = [...this.#windows].sort((a, b) => a.windowMs - b.windowMs);
    this.#windows = windows.map((next) => {
      const window: Window = { ...next, count: createWindowCount(next), learned: null };
      window.count.moved({ setByMs: 0, aheadMs: this.#aheadMs }, nowMs);
      const known = before.find(({ windowMs }) => windowMs >= next.windowMs) ?? before.at(-1);
      const isSame = known?.windowMs === next.windowMs && known.counting === next.counting;
      if (isBrief(next) && !isSame) fill(window, nowMs);
      else for (const { atMs, weight } of known?.count.counted(nowMs) ?? []) window.count.add(weight, atMs);
      if (isSame && known.max === next.max) window.learned = known.learned;
      return window;
    });
  }

  /** What was said for a time of our clock holds for as long as it was to hold. */
  moved(move: ClockMove, nowMs: number): void {
    const { setByMs } = move;
    this.#aheadMs = move.aheadMs;
    this.#pausedUntilMs += setByMs;
    this.#pausedAtMs += setByMs;
    for (const window of this.#windows) {
      window.count.moved(move, nowMs);
      const { learned } = window;
      if (learned !== null) window.learned = { ...learned, tryAgainAtMs: learned.tryAgainAtMs + setByMs };
    }
  }

  check({ weight }: Job, nowMs: number): Verdict {
    if (nowMs < this.#pausedUntilMs) return wait(this.#pausedUntilMs, 'the provider asked us to pause');
    // After a refusal one request finds out whether the provider is willing again; the others wait for its answer.
    if (this.#refusals > 0 && this.#inFlight > 0) {
      return wait(Number.POSITIVE_INFINITY, 'one request tries whether the provider answers again');
    }
    for (const window of this.#windows) {
      const verdict = this.#checkWindow(window, weight, nowMs);
      if (verdict.kind !== 'go') return verdict;
    }
    return GO;
  }

  #checkWindow({ count, max, windowMs, learned }: Window, weight: number, nowMs: number): Verdict {
    const fitsAtMs = count.fitsAtMs(weight, max, nowMs);
    if (fitsAtMs === Number.POSITIVE_INFINITY) {
      const detail = `the request weighs ${weight}, more than the ${max} per ${windowMs} ms that the provider allows`;
      return { kind: 'refuse', failure: failure('rateLimited', detail) };
    }
    if (fitsAtMs > nowMs) return wait(fitsAtMs, `${max} per ${windowMs} ms are used up`);
    if (learned === null) return GO;
    const level = Math.max(learned.level, weight);
    const belowLevelAtMs = count.fitsAtMs(weight, level, nowMs);
    if (belowLevelAtMs <= nowMs) return GO;
    if (nowMs < learned.tryAgainAtMs) {
      const untilMs = Math.min(belowLevelAtMs, learned.tryAgainAtMs);
      return wait(untilMs, `the provider has been refusing beyond ${level} per ${windowMs} ms`);
    }
    // Beyond the learned level one at a time, so that a limit that still stands refuses one request and not many.
    return this.#inFlight === 0
      ? GO
      : wait(Number.POSITIVE_INFINITY, 'one request tries whether more is allowed again');
  }

  /** Most weight that the windows let leave from now until `untilMs`, at the very best. */
  roomUntil(untilMs: number, nowMs: number): number {
    if (this.#pausedUntilMs >= untilMs) return 0;
    let room = Number.POSITIVE_INFINITY;
    for (const { count, max, windowMs } of this.#windows) {
      const windows = 1 + Math.floor((untilMs - nowMs) / windowMs);
      room = Math.min(room, Math.max(0, max - count.used(nowMs)) + windows * max);
    }
    return room;
  }

  /** Whether so much more would go unnoticed: below `share` of every window, none of them long, and no refusal of late. */
  hasAmpleRoom(weight: number, share: number, nowMs: number): boolean {
    if (nowMs < this.#pausedUntilMs || this.#refusals > 0) return false;
    return this.#windows.every(
      (window) =>
        !isLong(window) && window.learned === null && window.count.used(nowMs) + weight <= share * window.max,
    );
  }

  leave(job: Job, nowMs: number): void {
    const { weight } = job;
    this.#inFlight += 1;
    this.#inFlightWeight += weight;
    this.#sentWeight += weight;
    this.#sentWith.set(job, this.#sentWeight);
    for (const { count } of this.#windows) count.add(weight, nowMs);
  }

  back(job: Job, exchange: Exchange, nowMs: number): void {
    const { weight } = job;
    const sentSince = this.#sentWeight - (this.#sentWith.get(job) ?? this.#sentWeight);
    this.#sentWith.delete(job);
    this.#inFlight -= 1;
    this.#inFlightWeight -= weight;
    this.#learn(exchange.limitState, sentSince, exchange.sentAtMs, nowMs);
    const { failure: found, fate, sentAtMs } = exchange;
    // What was under way already when the pause began belongs to the time before it.
    const isNews = sentAtMs >= this.#pausedAtMs;
    if (found !== null && isRefusal(found.kind)) {
      if (isNews) {
        this.#refusals += 1;
        if (found.kind === 'limit') this.#lower(weight, nowMs);
      }
      const statedMs = found.retryAfterMs ?? exchange.limitState.retryAfterMs;
      const waitMs = refusalWaitMs(found.kind, Math.max(1, this.#refusals), statedMs, this.#random.next());
      this.#pauseUntil(nowMs + waitMs);
      this.#pausedAtMs = nowMs;
    } else if (fate === 'answered' && isNews) {
      this.#refusals = 0;
      this.#raise(nowMs);
    }
  }

  /** The window nearest to its limit is the one that was lowered. */
  #lower(refusedWeight: number, nowMs: number): void {
    const use = ({ count, max }: Window): number => count.used(nowMs) / max;
    const [fullest] = [...this.#windows].sort((a, b) => use(b) - use(a));
    if (fullest === undefined) return;
    const refused = refusedWeight + this.#inFlightWeight;
    const { count } = fullest;
    const passed = { most: count.used(nowMs) - refused, least: count.surelyUsed(nowMs) - refused };
    fullest.learned = levelAfterRefusal(fullest.learned, passed, fullest, nowMs);
  }

  /** A window that was filled to its limit without a refusal has its old limit back. */
  #raise(nowMs: number): void {
    for (const window of this.#windows) {
      const { learned, count, max } = window;
      if (learned !== null && nowMs >= learned.tryAgainAtMs && count.used(nowMs) >= max)
        window.learned = null;
    }
  }

  /**
   * The provider's own count includes what others use on the same key or address, and of ours what left before the
   * request that it answers; not what left since.
   */
  #learn(state: LimitState, sentSince: number, sentAtMs: number, nowMs: number): void {
    const { remaining, resetAtMs } = state;
    const window = this.#windowOf(state, nowMs);
    if (window === null) return;
    const { max, windowMs, count } = window;
    const counted = state.used ?? (remaining === null ? null : (state.max ?? max) - remaining);
    if (counted !== null && isInOneWindow(window, sentAtMs + this.#aheadMs, nowMs + this.#aheadMs)) {
      const missing = Math.min(counted + sentSince, max) - count.used(nowMs);
      if (missing > 0) count.add(missing, nowMs);
    }
    if (remaining === 0 && resetAtMs !== null) this.#pauseUntil(Math.min(resetAtMs, nowMs + windowMs));
  }

  /** The window that the headers speak of: the one of that size, else the shortest in which the reset still lies. */
  #windowOf(state: LimitState, nowMs: number): Window | null {
    if (state.remaining === null && state.used === null) return null;
    const bySize = this.#windows.find(({ max }) => max === state.max);
    if (bySize !== undefined) return bySize;
    const resetInMs = state.resetAtMs === null ? 0 : state.resetAtMs - nowMs;
    let shortest: Window | null = null;
    for (const window of this.#windows) {
      if (
        window.windowMs >= resetInMs &&
        window.windowMs < (shortest?.windowMs ?? Number.POSITIVE_INFINITY)
      ) {
        shortest = window;
      }
    }
    return shortest;
  }

  #pauseUntil(atMs: number): void {
    if (atMs > this.#pausedUntilMs) this.#pausedUntilMs = atMs;
  }

  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  limits(nowMs: number): LimitUse[] {
    return usesOf(this.#windows, nowMs);
  }

  /** Of those that last a day or longer. */
  quotas(nowMs: number): LimitUse[] {
    return usesOf(this.#windows.filter(isLong), nowMs);
  }

  /** What the windows hold, brief ones aside, once `weight` more has left, at the latest at `untilMs`. */
  remember(weight: number, untilMs: number, nowMs: number): WindowMemory[] {
    return this.#windows
      .filter((window) => !isBrief(window))
      .map(({ windowMs, counting, count }) => ({
        windowMs,
        counting,
        counted: [...count.counted(nowMs), { atMs: untilMs, weight }].filter((counted) => counted.weight > 0),
      }));
  }

  /**
   * A window that counted in another way before counts everything as of `notedAtMs`; what was written ahead has left by
   * `nowMs` or never will. Brief windows count as full.
   */
  recall(pausedUntilMs: number, windows: readonly WindowMemory[], notedAtMs: number, nowMs: number): void {
    this.#pauseUntil(pausedUntilMs);
    for (const window of this.#windows) {
      const { windowMs, counting } = window;
      if (isBrief(window)) fill(window, nowMs);
      const known = windows.find((one) => one.windowMs === windowMs);
      for (const { atMs, weight } of known?.counted ?? []) {
        window.count.add(weight, known?.counting === counting ? Math.min(atMs, nowMs) : notedAtMs);
      }
    }
  }

  /** Where what was used is not known. */
  exhaust(nowMs: number): void {
    for (const window of this.#windows) fill(window, nowMs);
  }
}

function fill({ max, count }: Window, nowMs: number): void {
  count.add(max - count.used(nowMs), nowMs);
}

function wait(untilMs: number, because: string): Verdict {
  return { kind: 'wait', untilMs, failureKind: 'rateLimited', because };
}

/** Near a border the count may belong to the window before; taken for the new one it would starve it. */
function isInOneWindow({ counting, windowMs }: Window, sentAtMs: number, nowMs: number): boolean {
  if (counting === 'sliding') return true;
  const uncertaintyMs = uncertaintyMsOf(windowMs);
  return Math.floor((sentAtMs - uncertaintyMs) / windowMs) === Math.floor((nowMs + uncertaintyMs) / windowMs);
}

function usesOf(windows: readonly Window[], nowMs: number): LimitUse[] {
  return windows.map(({ max, windowMs, count }) => ({ max, windowMs, used: count.used(nowMs) }));
}
