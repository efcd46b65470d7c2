import type { LeftOut, PriceFix } from '../core/decision.ts';
import type { Instrument } from '../core/instrument.ts';
import type { GateOptions } from '../core/options.ts';
import { type Quote, quoteTimeMs } from '../core/quote.ts';
import { sessionAt } from '../core/sessions/session.ts';
import { type AbstainReason, WEIGHT_TOTAL_PPB } from '../core/vote.ts';
import { shareOut } from './weights.ts';

export type WatchQuote = {
  readonly sourceId: string;
  readonly operator: string;
  /** As in the vote; a source that watches without a vote (0) counts as one of weight 1. */
  readonly weight: number;
  readonly quote: Quote;
};

export type WatchPriceInput = {
  readonly instrument: Instrument;
  readonly quotes: readonly WatchQuote[];
  readonly nowMs: number;
  readonly options: Pick<GateOptions, 'quoteAgeMsMax' | 'futureMsMax'>;
  readonly priceToleranceBps: number;
  /** 2 or more: with fewer operators no price stands. */
  readonly priceOperatorsMin: number;
};

export type WatchPrice =
  | { readonly kind: 'fixed'; readonly fix: PriceFix; readonly leftOut: readonly LeftOut[] }
  | {
      readonly kind: 'none';
      readonly reason: AbstainReason;
      readonly detail: string;
      readonly leftOut: readonly LeftOut[];
    };

/**
 * One price from what the watch sources show (design section 3). Quotes of another instrument or currency,
 * from the future, too old or from before the session are left out. Of the rest each operator has one voice,
 * its newest quote, weighted as in a vote with the cap, so that no mirror and no heavy source outweighs two
 * others. The price is the weighted median of the voices: a quote that was received, never a mean of several.
 * It stands if quotes within the tolerance of it come from two operators and hold more than half of the
 * voices' weight; with two voices both must agree, with three it takes two. Of three voices or more, none above a
 * third, the median lies between two of any honest majority; of two it may be a liar's, within the tolerance.
 */
export function watchPrice(input: WatchPriceInput): WatchPrice {
  const usable: WatchQuote[] = [];
  const leftOut: LeftOut[] = [];
  for (const watched of input.quotes) {
    const fault = quoteFault(watched.quote, input);
    if (fault === null) usable.push(watched);
    else leftOut.push({ sourceId: watched.sourceId, ...fault });
  }
  const none = (reason: AbstainReason, detail: string): WatchPrice => ({
    kind: 'none',
    reason,
    detail,
    leftOut,
  });

  const voices = newestPerOperator(usable);
  const [only] = voices;
  if (only === undefined) {
    const stale = leftOut.find(({ reason }) => reason === 'stalePrice');
    if (stale !== undefined) return none('stalePrice', `${stale.sourceId}: ${stale.detail}`);
    return none('noPrice', leftOut.map(({ sourceId, detail }) => `${sourceId}: ${detail}`).join('; '));
  }
  if (voices.length < input.priceOperatorsMin) {
    const shown = voices.map(({ operator, quote }) => `${operator} shows a price, ${quote.price}`).join('; ');
    return none('unconfirmedPrice', `only ${shown}`);
  }

  const shares = voiceShares(voices);
  const median = weightedMedian(voices, shares);
  const isNear = ({ quote }: WatchQuote) =>
    isWithin(quote.price, median.quote.price, input.priceToleranceBps);
  const near = voices.filter(isNear);
  const nearPpb = near.reduce((sum, { operator }) => sum + (shares.get(operator) ?? 0), 0);
  // Under the cap no single voice holds more than half, so a majority is always two operators or more.
  if (2 * nearPpb <= WEIGHT_TOTAL_PPB) {
    const shown = usable.toSorted(bySourceId).map(({ sourceId, quote }) => `${sourceId} ${quote.price}`);
    return none('priceDisagreement', `more than ${input.priceToleranceBps} bps apart: ${shown.join(', ')}`);
  }
  return fixed(median, usable, isNear, leftOut);
}

/** Whether nothing is wrong with a quote by itself: no price stands on one alone. */
export function isSoundQuote(
  quote: Quote,
  looked: Pick<WatchPriceInput, 'instrument' | 'nowMs' | 'options'>,
): boolean {
  return quoteFault(quote, looked) === null;
}

/** |price - reference| <= bps / 10,000 x reference, inclusive. */
export function isWithin(price: number, reference: number, bps: number): boolean {
  return Math.abs(price - reference) * 10_000 <= bps * reference;
}

function fixed(
  { quote }: WatchQuote,
  usable: readonly WatchQuote[],
  isNear: (watched: WatchQuote) => boolean,
  leftOut: readonly LeftOut[],
): WatchPrice {
  const agreeing: string[] = [];
  const dissenting: string[] = [];
  const contradicting: LeftOut[] = [];
  for (const { reason, sourceId } of leftOut) if (reason === 'futurePrice') dissenting.push(sourceId);
  for (const watched of usable) {
    const { sourceId } = watched;
    if (isNear(watched)) {
      agreeing.push(sourceId);
      continue;
    }
    dissenting.push(sourceId);
    const detail = `it shows ${watched.quote.price}, the others ${quote.price}`;
    contradicting.push({ sourceId, reason: 'priceDisagreement', detail });
  }
  const fix: PriceFix = {
    price: quote.price,
    currency: quote.currency,
    asOfMs: quoteTimeMs(quote),
    agreeing: agreeing.sort(),
    dissenting: dissenting.sort(),
  };
  return { kind: 'fixed', fix, leftOut: [...leftOut, ...contradicting] };
}

type QuoteFault = Pick<LeftOut, 'reason' | 'detail'>;

function quoteFault(
  quote: Quote,
  { instrument, nowMs, options }: Pick<WatchPriceInput, 'instrument' | 'nowMs' | 'options'>,
): QuoteFault | null {
  const { instrumentId, price, currency } = quote;
  if (instrumentId !== instrument.id || currency !== instrument.quote) {
    const detail = `a price of ${instrumentId} in ${currency}, not of ${instrument.id} in ${instrument.quote}`;
    return { reason: 'mismatch', detail };
  }
  if (!(price > 0 && Number.isFinite(price))) return { reason: 'badPayload', detail: `${price} is no price` };
  const ageMs = nowMs - quoteTimeMs(quote);
  if (-ageMs > options.futureMsMax)
    return { reason: 'futurePrice', detail: `dated ${-ageMs} ms ahead of our clock` };
  const ageMsMax = options.quoteAgeMsMax[instrument.assetClass];
  if (ageMs > ageMsMax) return { reason: 'stalePrice', detail: `${ageMs} ms old, ${ageMsMax} ms allowed` };
  const { phase, opensAtMs } = sessionAt(instrument.assetClass, nowMs);
  if (phase === 'open' && opensAtMs !== null && quoteTimeMs(quote) < opensAtMs) {
    return { reason: 'stalePrice', detail: 'from before the market opened' };
  }
  return null;
}

/**
 * One quote per operator: the newest, of equally new ones that of the smaller source id. In order of price.
 */
function newestPerOperator(usable: readonly WatchQuote[]): WatchQuote[] {
  const newest: WatchQuote[] = [];
  for (const watched of usable) {
    const at = newest.findIndex(({ operator }) => operator === watched.operator);
    const known = newest[at];
    if (known === undefined) newest.push(watched);
    else if (speaksFor(watched, known)) newest[at] = watched;
  }
  return newest.sort((a, b) => a.quote.price - b.quote.price || bySourceId(a, b));
}

/** Of two quotes of one operator. */
function speaksFor(watched: WatchQuote, other: WatchQuote): boolean {
  return (quoteTimeMs(other.quote) - quoteTimeMs(watched.quote) || bySourceId(watched, other)) < 0;
}

function voiceShares(voices: readonly WatchQuote[]): ReadonlyMap<string, number> {
  return shareOut(
    voices.map(({ operator, weight }) => ({ sourceId: operator, weight: weight > 0 ? weight : 1 })),
  );
}

/**
 * The lower weighted median: the first voice, by price, with which at least half of the weight is reached.
 */
function weightedMedian(voices: readonly WatchQuote[], shares: ReadonlyMap<string, number>): WatchQuote {
  let reachedPpb = 0;
  for (const voice of voices) {
    reachedPpb += shares.get(voice.operator) ?? 0;
    if (2 * reachedPpb >= WEIGHT_TOTAL_PPB) return voice;
  }
  throw new RangeError('no voices: a median needs one');
}

function bySourceId(a: WatchQuote, b: WatchQuote): number {
  return a.sourceId < b.sourceId ? -1 : 1;
}
