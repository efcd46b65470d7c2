import { type Bar, closeAtMs } from '../core/bar.ts';
import type { AssetClass } from '../core/instrument.ts';
import type { ResolvedOutcome, SignalOutcome, UnresolvedReason } from '../core/outcome.ts';
import { tradingTimeBetween } from '../core/sessions/lookback.ts';
import { nextOpenMs, sessionAt } from '../core/sessions/session.ts';
import type { Signal } from '../core/signal.ts';
import { splitText } from './split-text.ts';
import { touchOf } from './touch.ts';

/** What came of a signal, before costs and before the cycle that records it. */
export type Finding =
  | (Pick<ResolvedOutcome, 'kind' | 'cause' | 'exitPrice' | 'exitAtMs' | 'isAmbiguous'> & {
      /** Judged bars up to the exit, the deciding one included. */
      readonly barsHeld: number;
    })
  | Omit<
      Extract<SignalOutcome, { kind: 'unresolved' }>,
      'signalId' | 'instrumentId' | 'side' | 'cycle' | 'atMs'
    >;

export type WalkRules = {
  /** More trading time than this without a bar is a gap, in ms. */
  readonly gapMsMax: number;
  /** As long a standstill is a halt, in ms. */
  readonly frozenMsMax: number;
  /** A larger step from a close to the next open, as a share, is a split. */
  readonly jumpMax: number;
};

export type WalkOptions = {
  readonly signal: Signal;
  readonly assetClass: AssetClass;
  /** Length of the bars it is fed, in ms. */
  readonly intervalMs: number;
  /** Shorter bars within one, oldest first, where there are any. */
  readonly finerOf?: (bar: Bar) => readonly Bar[];
};

/** How long after the end of a signal bars are waited for, in ms: of stocks longer than the longest weekend. */
export const BARS_AWAITED_MS: Readonly<Record<AssetClass, number>> = {
  stock: 4 * 86_400_000,
  crypto: 86_400_000,
};

/**
 * Follows one signal over closed bars, each fed once and in order, in constant time. docs/OUTCOMES.md is the definition;
 * the numbers of its steps stand beside the code.
 */
export class OutcomeWalk {
  readonly signal: Signal;
  readonly #options: WalkOptions;
  #flip: { readonly atMs: number; readonly price: number } | null = null;
  #finding: Finding | null = null;
  #barsHeld = 0;
  /** Close of the newest judged bar; before the first the entry and its moment. */
  #lastPrice: number;
  #lastAtMs: number;
  /** Since when flat bars without volume stand at one price; null: the newest is not one. */
  #stillSinceMs: number | null = null;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.signal = options.signal;
    this.#lastPrice = options.signal.entry;
    this.#lastAtMs = options.signal.openedAtMs;
  }

  /** Once it is not null it stays as it is. */
  get finding(): Finding | null {
    return this.#finding;
  }

  /** Bars that open before this moment (Unix ms) are of no use to it any more. */
  get wantsFromMs(): number {
    return this.#lastAtMs;
  }

  /** When it ends if nothing is touched (Unix ms). */
  get endMs(): number {
    return Math.min(this.#flip?.atMs ?? Number.POSITIVE_INFINITY, this.signal.expiresAtMs);
  }

  /** The signal ended by a flip then (Unix ms), at that price. To be told before bars that close later are fed. */
  flip(atMs: number, price: number): void {
    this.#flip = { atMs, price };
  }

  feed(bar: Bar, rules: WalkRules): void {
    const { assetClass } = this.#options;
    if (this.#finding !== null || bar.openAtMs < this.#lastAtMs) return;
    if (sessionAt(assetClass, bar.openAtMs).phase !== 'open') return;
    this.#finding = closeAtMs(bar) > this.endMs ? this.#atEnd(rules) : this.#judge(bar, rules);
  }

  /** What can be said at `nowMs` without a further bar, all bars up to then that there are having been fed. */
  wait(nowMs: number, rules: WalkRules): void {
    if (this.#finding !== null || nowMs < this.endMs) return;
    const { assetClass, intervalMs } = this.#options;
    const nextMs = nextOpenMs(assetClass, Math.ceil(this.#lastAtMs / intervalMs) * intervalMs);
    if (nextMs + intervalMs > this.endMs) this.#finding = this.#atEnd(rules);
    else if (nowMs >= this.endMs + BARS_AWAITED_MS[assetClass])
      this.#finding = unresolved(
        'noBars',
        `none after ${textOf(this.#lastAtMs)} came until ${textOf(nowMs)}`,
      );
  }

  /** Steps 1 to 7. */
  #judge(bar: Bar, rules: WalkRules): Finding | null {
    const interrupted = this.#gapUntil(bar.openAtMs, rules) ?? this.#split(bar, rules);
    if (interrupted !== null) return interrupted;
    this.#barsHeld += 1;
    const touch = touchOf(this.signal, bar, this.#options.finerOf?.(bar));
    if (touch !== null) return { kind: 'resolved', ...touch, barsHeld: this.#barsHeld };
    return this.#halt(bar, rules);
  }

  #gapUntil(untilMs: number, { gapMsMax }: WalkRules): Finding | null {
    // The usual case without a look at the calendar.
    if (untilMs - this.#lastAtMs <= gapMsMax) return null;
    const missingMs = tradingTimeBetween(this.#options.assetClass, this.#lastAtMs, untilMs);
    if (missingMs <= gapMsMax) return null;
    const minutes = Math.round(missingMs / 60_000);
    return unresolved('gap', `no bar in ${minutes} min of trading after ${textOf(this.#lastAtMs)}`);
  }

  #split({ open, openAtMs }: Bar, { jumpMax }: WalkRules): Finding | null {
    const before = this.#lastPrice;
    if (Math.abs(open / before - 1) <= jumpMax) return null;
    const ratio = splitText(before, open);
    const likeness = ratio === null ? 'near no ratio of a split' : `like a split ${ratio}`;
    return unresolved('split', `from ${before} to ${open} at ${textOf(openAtMs)}, ${likeness}`);
  }

  #halt(bar: Bar, { frozenMsMax }: WalkRules): Finding | null {
    const isFlat = bar.high === bar.low && bar.volume === 0;
    const goesOn = this.#stillSinceMs !== null && bar.close === this.#lastPrice;
    if (!isFlat) this.#stillSinceMs = null;
    else if (!goesOn) this.#stillSinceMs = bar.openAtMs;
    this.#lastPrice = bar.close;
    this.#lastAtMs = closeAtMs(bar);
    const sinceMs = this.#stillSinceMs;
    if (sinceMs === null || this.#lastAtMs - sinceMs < frozenMsMax) return null;
    if (tradingTimeBetween(this.#options.assetClass, sinceMs, this.#lastAtMs) < frozenMsMax) return null;
    return unresolved(
      'halt',
      `no trade from ${textOf(sinceMs)} to ${textOf(this.#lastAtMs)} at ${bar.close}`,
    );
  }

  #atEnd(rules: WalkRules): Finding {
    const gap = this.#gapUntil(this.endMs, rules);
    if (gap !== null) return gap;
    const held = { kind: 'resolved', isAmbiguous: false, barsHeld: this.#barsHeld } as const;
    if (this.#flip !== null && this.#flip.atMs <= this.signal.expiresAtMs)
      return { ...held, cause: 'flip', exitPrice: this.#flip.price, exitAtMs: this.#flip.atMs };
    if (this.#barsHeld === 0)
      return unresolved('noBars', 'no whole bar of an open session lay between its opening and its end');
    return { ...held, cause: 'expiry', exitPrice: this.#lastPrice, exitAtMs: this.#lastAtMs };
  }
}

function unresolved(reason: UnresolvedReason, detail: string): Finding {
  return { kind: 'unresolved', reason, detail };
}

function textOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
