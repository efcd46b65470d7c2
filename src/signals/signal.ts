import type { Decision, PriceFix, Regime } from '../core/decision.ts';
import type { SignalOptions } from '../core/options.ts';
import type { Side, Signal } from '../core/signal.ts';
import { SCORE_MICRO } from '../core/vote.ts';
import { type Levels, levelsOf } from './levels.ts';
import { priceText } from './price-text.ts';
import { sharesOf } from './shares.ts';
import { MARKET_WORDS, scoreText } from './words.ts';

/** A decision that gives a direction: only such a one has everything that a signal needs. */
type Directional = Decision & {
  readonly kind: Side;
  readonly score: number;
  readonly confidence: number;
  readonly regime: Regime;
  readonly price: PriceFix;
};

/**
 * The signal that a BUY or SELL decision opens; `atr` is the average true range of the watch bars in price units. Throws
 * RangeError where price, score, confidence, regime or range is missing: a decision never has a direction without them.
 */
export function openSignal(decision: Decision, atr: number | null, options: SignalOptions): Signal {
  if (!isDirectional(decision) || atr === null) {
    throw new RangeError(`the ${decision.kind} on ${decision.instrumentId} cannot open a signal`);
  }
  const { instrumentId, kind: side, atMs, cycle, price, regime, confidence, configVersion } = decision;
  const levels = levelsOf(side, price.price, atr, options);
  const shares = sharesOf(decision.certificate, decision.score);
  return {
    id: signalId(instrumentId, atMs, side),
    instrumentId,
    side,
    openedAtMs: atMs,
    cycle,
    currency: price.currency,
    entry: price.price,
    ...levels,
    expiresAtMs: atMs + options.expiryMs,
    regime,
    confidence,
    explanation: explanationOf(decision, shares, levels),
    shares,
    configVersion,
  };
}

/** `AAPL-20260115T143005Z-BUY`; milliseconds appear only where they are not zero. */
export function signalId(instrumentId: string, atMs: number, side: Side): string {
  const time = new Date(atMs).toISOString().replace('.000Z', 'Z').replaceAll(/[-:]/g, '');
  return `${instrumentId}-${time}-${side}`;
}

function isDirectional(decision: Decision): decision is Directional {
  const { kind, score, confidence, regime, price } = decision;
  if (kind !== 'BUY' && kind !== 'SELL') return false;
  return score !== null && confidence !== null && regime !== null && price !== null;
}

function explanationOf(decision: Directional, shares: Signal['shares'], levels: Levels): string {
  const { kind, price, score, regime, certificate, leftOut } = decision;
  const theta = certificate.rules.thetaMicro / SCORE_MICRO;
  const byWeight = shares.toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share));
  const open = certificate.voters.filter(({ ballot }) => ballot.state === 'open');
  const parts = [
    `${kind} at ${priceText(price.price)} ${price.currency}: ${byWeight.map(({ sourceId, share }) => `${sourceId} ${scoreText(share)}`).join(', ')}`,
    `score ${scoreText(score)} against a threshold of ${scoreText(kind === 'BUY' ? theta : -theta)} in ${MARKET_WORDS[regime]}`,
    `target ${priceText(levels.target)}, stop ${priceText(levels.stop)}`,
  ];
  if (open.length > 0) parts.push(`not needed: ${open.map(({ sourceId }) => sourceId).join(', ')}`);
  const missed = new Set(leftOut.map(({ sourceId, reason }) => `${sourceId} (${reason})`));
  if (missed.size > 0) parts.push(`left out: ${[...missed].join(', ')}`);
  return parts.join('; ');
}
