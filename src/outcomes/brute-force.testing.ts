import type { Bar } from '../core/bar.ts';
import type { AssetClass } from '../core/instrument.ts';
import { sessionAt } from '../core/sessions/session.ts';
import type { Signal } from '../core/signal.ts';

/**
 * docs/OUTCOMES.md once more, written from that text alone and as plainly as it can be: all bars are looked at for every
 * signal, trading time is counted minute by minute, SELL is BUY in a mirror. Shares nothing with the judge but the hours of
 * the exchange.
 */
export type Case = {
  readonly signal: Signal;
  readonly assetClass: AssetClass;
  readonly bars: readonly Bar[];
  readonly finer: readonly Bar[];
  readonly flip: { readonly atMs: number; readonly price: number } | null;
  readonly nowMs: number;
  readonly gapMsMax: number;
  readonly frozenMsMax: number;
  readonly jumpMax: number;
};

export type Verdict =
  | {
      kind: 'resolved';
      cause: string;
      exitPrice: number;
      exitAtMs: number;
      isAmbiguous: boolean;
      grossReturn: number;
      barsHeld: number;
    }
  | { kind: 'unresolved'; reason: string };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WAIT = { stock: 4 * DAY, crypto: DAY };

function isOpen(assetClass: AssetClass, atMs: number): boolean {
  return sessionAt(assetClass, atMs).phase === 'open';
}

function tradingMs(assetClass: AssetClass, fromMs: number, toMs: number): number {
  let sum = 0;
  let at = fromMs;
  while (at < toMs) {
    const next = Math.min(toMs, (Math.floor(at / MINUTE) + 1) * MINUTE);
    if (isOpen(assetClass, at)) sum += next - at;
    at = next;
  }
  return sum;
}

/** As for BUY: a SELL is judged on prices times -1. */
type Candle = {
  from: number;
  to: number;
  open: number;
  low: number;
  high: number;
  close: number;
  volume: number;
};

function candleOf(bar: Bar, isBuy: boolean): Candle {
  return {
    from: bar.openAtMs,
    to: bar.openAtMs + bar.intervalMs,
    open: isBuy ? bar.open : -bar.open,
    low: isBuy ? bar.low : -bar.high,
    high: isBuy ? bar.high : -bar.low,
    close: isBuy ? bar.close : -bar.close,
    volume: bar.volume,
  };
}

type Left = { cause: string; price: number; atMs: number; isAmbiguous: boolean };

function leftIn(candle: Candle, target: number, stop: number, finer: readonly Candle[]): Left | null {
  const atMs = candle.to;
  if (candle.open <= stop) return { cause: 'stop', price: candle.open, atMs, isAmbiguous: false };
  if (candle.open >= target) return { cause: 'target', price: target, atMs, isAmbiguous: false };
  if (candle.low <= stop && candle.high >= target) {
    const within = finer.filter(({ from, to }) => from >= candle.from && to <= candle.to);
    const isWhole =
      within.length > 0 &&
      within[0]?.from === candle.from &&
      within.at(-1)?.to === candle.to &&
      within.every(({ to }, index) => index === within.length - 1 || within[index + 1]?.from === to);
    if (isWhole) {
      for (const small of within) {
        const left = leftIn(small, target, stop, []);
        if (left !== null) return left;
      }
    }
    return { cause: 'stop', price: stop, atMs, isAmbiguous: true };
  }
  if (candle.low <= stop) return { cause: 'stop', price: stop, atMs, isAmbiguous: false };
  if (candle.high >= target) return { cause: 'target', price: target, atMs, isAmbiguous: false };
  return null;
}

/** Null: it is still waited for. */
export function verdictByHand(given: Case): Verdict | null {
  const { signal, assetClass, flip, nowMs, gapMsMax, frozenMsMax, jumpMax } = given;
  const isBuy = signal.side === 'BUY';
  const sign = isBuy ? 1 : -1;
  const endMs = flip === null ? signal.expiresAtMs : Math.min(flip.atMs, signal.expiresAtMs);
  const isFlip = flip !== null && flip.atMs <= signal.expiresAtMs;
  const known = given.bars.filter(
    ({ openAtMs, intervalMs }) => openAtMs + intervalMs <= nowMs && isOpen(assetClass, openAtMs),
  );
  const candles = known.map((bar) => candleOf(bar, isBuy));
  const finer = given.finer.map((bar) => candleOf(bar, isBuy));
  const judged = candles.filter(({ from, to }) => from >= signal.openedAtMs && to <= endMs);

  const resolved = (
    cause: string,
    price: number,
    atMs: number,
    isAmbiguous: boolean,
    barsHeld: number,
  ): Verdict => ({
    kind: 'resolved',
    cause,
    exitPrice: price,
    exitAtMs: atMs,
    isAmbiguous,
    grossReturn: sign * (price / signal.entry - 1),
    barsHeld,
  });

  for (const [index, candle] of judged.entries()) {
    const before = judged[index - 1];
    if (tradingMs(assetClass, before?.to ?? signal.openedAtMs, candle.from) > gapMsMax)
      return { kind: 'unresolved', reason: 'gap' };
    const close = before?.close ?? sign * signal.entry;
    if (Math.abs(candle.open / close - 1) > jumpMax) return { kind: 'unresolved', reason: 'split' };
    const left = leftIn(candle, sign * signal.target, sign * signal.stop, finer);
    if (left !== null) return resolved(left.cause, sign * left.price, left.atMs, left.isAmbiguous, index + 1);
    let first = index;
    const isStill = (at: number): boolean => {
      const one = judged[at];
      return one !== undefined && one.high === one.low && one.volume === 0 && one.close === candle.close;
    };
    if (!isStill(index)) continue;
    while (isStill(first - 1)) first -= 1;
    if (tradingMs(assetClass, judged[first]?.from ?? 0, candle.to) >= frozenMsMax)
      return { kind: 'unresolved', reason: 'halt' };
  }

  const last = judged.at(-1);
  const lastMs = last?.to ?? signal.openedAtMs;
  const lengthMs = given.bars[0]?.intervalMs ?? MINUTE;
  let nextMs = Math.ceil(lastMs / lengthMs) * lengthMs;
  while (!isOpen(assetClass, nextMs) && nextMs <= endMs) nextMs += lengthMs;
  const isOver = nowMs >= endMs && nextMs + lengthMs > endMs;
  const hasLater = candles.some(({ to }) => to > endMs);
  if (!isOver && !hasLater)
    return nowMs >= endMs + WAIT[assetClass] ? { kind: 'unresolved', reason: 'noBars' } : null;
  if (tradingMs(assetClass, lastMs, endMs) > gapMsMax) return { kind: 'unresolved', reason: 'gap' };
  if (flip !== null && isFlip) return resolved('flip', flip.price, flip.atMs, false, judged.length);
  if (last === undefined) return { kind: 'unresolved', reason: 'noBars' };
  return resolved('expiry', sign * last.close, last.to, false, judged.length);
}

/** Whether the market was shut at some time between: no session of the exchange lasts into another UTC day. */
function isShutWithin(assetClass: AssetClass, fromMs: number, toMs: number): boolean {
  const isSameDay = Math.floor(fromMs / DAY) === Math.floor((toMs - 1) / DAY);
  return assetClass === 'stock' && !(isSameDay && isOpen(assetClass, fromMs) && isOpen(assetClass, toMs - 1));
}

/** Null where there are fewer than ten whole spans. `bars`: those kept, oldest first. */
export function baselineByHand(
  { signal, assetClass, bars }: Pick<Case, 'signal' | 'assetClass' | 'bars'>,
  verdict: Extract<Verdict, { kind: 'resolved' }>,
): number | null {
  const length = Math.max(1, verdict.barsHeld);
  const known = bars.filter(({ openAtMs, intervalMs }) => openAtMs + intervalMs <= verdict.exitAtMs);
  const returns: number[] = [];
  for (let start = 0; start + length <= known.length; start += 1) {
    const span = known.slice(start, start + length);
    const spanMs = [span[0]?.openAtMs ?? 0, (span.at(-1)?.openAtMs ?? 0) + 1] as const;
    if (isShutWithin(assetClass, ...spanMs) !== isShutWithin(assetClass, signal.openedAtMs, verdict.exitAtMs))
      continue;
    const rise = (span.at(-1)?.close ?? Number.NaN) / (span[0]?.open ?? Number.NaN) - 1;
    returns.push(signal.side === 'BUY' ? rise : -rise);
  }
  return returns.length < 10 ? null : returns.reduce((sum, one) => sum + one, 0) / returns.length;
}
