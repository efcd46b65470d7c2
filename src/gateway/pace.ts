import type { PaceMemory } from '../core/gateway-memory.ts';
import type { PaceOptions } from '../core/gateway-options.ts';
import type { AssetClass } from '../core/instrument.ts';
import { sessionAt } from '../core/sessions/session.ts';
import type { LimitWindow } from '../core/source.ts';
import { GO, type Guard, type Verdict } from './guard.ts';
import { isPatient, type Job } from './job.ts';
import { isLong } from './window-count.ts';

const DAY_MS = 86_400_000;
/** Of seven days the stock exchange trades on five. */
const STOCK_DAYS_FACTOR = 7 / 5;

/** A time in which answers are of use, and what may be spent in it. */
export type Span = { readonly fromMs: number; readonly untilMs: number; readonly max: number };

/**
 * The session that runs or comes next; the UTC day where trading never stops. Of an allowance for more than a day it may
 * spend its share, at least one.
 */
export function spanOf({ max, windowMs }: LimitWindow, assetClass: AssetClass, nowMs: number): Span {
  const share = (max * DAY_MS) / windowMs;
  const { opensAtMs, closesAtMs } = sessionAt(assetClass, nowMs);
  if (opensAtMs !== null && closesAtMs !== null) {
    const stockShare = windowMs === DAY_MS ? share : share * STOCK_DAYS_FACTOR;
    return { fromMs: opensAtMs, untilMs: closesAtMs, max: wholeShare(stockShare, max) };
  }
  const fromMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return { fromMs, untilMs: fromMs + DAY_MS, max: wholeShare(share, max) };
}

function wholeShare(share: number, max: number): number {
  return Math.min(max, Math.max(1, Math.floor(share)));
}

export type Pace = Omit<PaceMemory, 'windowMs'>;

/** The pace in this span: a span that has just begun knows nothing of the one before. */
export function paceIn(pace: Pace | null, { fromMs }: Span): Pace {
  return pace?.fromMs === fromMs ? pace : { fromMs, used: 0, ahead: 0, dueAtMs: fromMs };
}

/**
 * The pace after a request left. One whose turn it was puts the next turn so that what is left spreads evenly over the
 * time that is left, however late it came; one that went before its turn moves nothing.
 */
export function paceAfter(pace: Pace, weight: number, nowMs: number, { max, untilMs }: Span): Pace {
  const used = pace.used + weight;
  if (nowMs < pace.dueAtMs) return { ...pace, used, ahead: pace.ahead + weight };
  const left = Math.max(0, max - used);
  const gapMs = (weight * Math.max(0, untilMs - nowMs)) / (left + weight);
  return { ...pace, used, dueAtMs: Math.ceil(nowMs + gapMs) };
}

/** When a request of this weight may leave (Unix ms): at its turn, or now, out of the share that may go before. */
export function paceDueAtMs(
  pace: Pace,
  weight: number,
  nowMs: number,
  { max }: Span,
  burstShare: number,
): number {
  const mayGoAhead = pace.used + weight <= max && pace.ahead + weight <= Math.floor(max * burstShare);
  return nowMs >= pace.dueAtMs || mayGoAhead ? nowMs : pace.dueAtMs;
}

type PacedWindow = { readonly window: LimitWindow; pace: Pace | null };

/** Spreads the long allowances of a source over the sessions of an asset class, so that none is gone at noon. */
export class Pacing implements Guard {
  readonly #paced: readonly PacedWindow[];
  readonly #burstShare: number;
  readonly #assetClass: AssetClass;

  constructor(
    windows: readonly LimitWindow[],
    { burstShare }: Pick<PaceOptions, 'burstShare'>,
    assetClass: AssetClass,
  ) {
    this.#assetClass = assetClass;
    this.#paced = windows.filter(isLong).map((window) => ({ window, pace: null }));
    this.#burstShare = burstShare;
  }

  /** What may go before its turn is kept for those who cannot wait for theirs. */
  check(job: Job, nowMs: number): Verdict {
    const burstShare = isPatient(job) ? 0 : this.#burstShare;
    for (const { window, pace } of this.#paced) {
      const span = spanOf(window, this.#assetClass, nowMs);
      const dueAtMs = paceDueAtMs(paceIn(pace, span), job.weight, nowMs, span, burstShare);
      if (dueAtMs <= nowMs) continue;
      const because = `${span.max} requests are spread over the session: the next is due at ${new Date(dueAtMs).toISOString()}`;
      return { kind: 'wait', untilMs: dueAtMs, failureKind: 'rateLimited', because };
    }
    return GO;
  }

  leave(job: Job, nowMs: number): void {
    for (const paced of this.#paced) paced.pace = this.#after(paced, job.weight, nowMs);
  }

  back(): void {}

  #after({ window, pace }: PacedWindow, weight: number, nowMs: number): Pace {
    const span = spanOf(window, this.#assetClass, nowMs);
    return paceAfter(paceIn(pace, span), weight, nowMs, span);
  }

  /** When the next request of this window is due (Unix ms). */
  nextAtMs(windowMs: number, nowMs: number): number | null {
    const paced = this.#paced.find(({ window }) => window.windowMs === windowMs);
    if (paced === undefined) return null;
    return paceIn(paced.pace, spanOf(paced.window, this.#assetClass, nowMs)).dueAtMs;
  }

  /** How it stands once a request of this weight has left. */
  remember(weight: number, nowMs: number): PaceMemory[] {
    return this.#paced.map((paced) => ({
      windowMs: paced.window.windowMs,
      ...(weight === 0
        ? paceIn(paced.pace, spanOf(paced.window, this.#assetClass, nowMs))
        : this.#after(paced, weight, nowMs)),
    }));
  }

  recall(paces: readonly PaceMemory[]): void {
    for (const paced of this.#paced) {
      const known = paces.find(({ windowMs }) => windowMs === paced.window.windowMs);
      if (known === undefined) continue;
      const { windowMs: _, ...pace } = known;
      paced.pace = pace;
    }
  }
}
