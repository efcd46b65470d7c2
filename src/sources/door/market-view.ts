import type { Bar } from '../../core/bar.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Currency, Instrument } from '../../core/instrument.ts';
import type { Question } from '../../core/question.ts';
import type { Reading } from '../../core/source.ts';
import { failedReading, okReading } from './readings.ts';

/** What a provider's answer says about one instrument; null for what it does not say or what cannot be read. */
export type QuoteParts = {
  readonly price: number | null;
  /** As the provider names it; a currency it does not name is the one its symbol stands for. */
  readonly currency: Currency;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly eventAtMs: number | null;
  /** Closed and sound already. */
  readonly bars?: readonly Bar[];
};

/** Widest spread that still is a market; beyond it stand the placeholders of an empty book. */
const SPREAD_SHARE_MAX = 0.2;
/** A last trade this far outside a tight book means that one of the two is not of this instrument. */
const OUTSIDE_SHARE_MAX = 0.2;

type Book = { readonly bid: number; readonly ask: number };

/** Both sides of a believable book, or null: one side missing, crossed, or wider than any real market. */
function bookOf({ bid, ask }: QuoteParts): Book | null {
  if (bid === null || ask === null || bid > ask) return null;
  return ask - bid <= SPREAD_SHARE_MAX * ask ? { bid, ask } : null;
}

/** The failure of prices in another currency than the instrument's. Foreign text enters only where it looks like a code. */
export function otherCurrency({ id, quote }: Instrument, currency: Currency): Failure {
  const named = /^[A-Za-z]{2,6}$/.test(currency) ? currency : 'another currency';
  return failure('mismatch', `${id} is priced in ${quote}, the answer is in ${named}`);
}

/**
 * A market reading from checked parts. Fails as badPayload without a positive finite price or when price and book
 * contradict each other, as mismatch in another currency (GBp is not GBP). A crossed or empty book only loses its sides.
 */
export function marketReading(question: Question, response: HttpResponse, parts: QuoteParts): Reading {
  const { price, currency, eventAtMs } = parts;
  const { id, quote } = question.instrument;
  if (currency !== quote) return failedReading(otherCurrency(question.instrument, currency));
  if (price === null || !Number.isFinite(price) || price <= 0) {
    return failedReading(failure('badPayload', `no usable price for ${id}`));
  }
  const book = bookOf(parts);
  if (
    book !== null &&
    (price < book.bid * (1 - OUTSIDE_SHARE_MAX) || price > book.ask * (1 + OUTSIDE_SHARE_MAX))
  ) {
    return failedReading(
      failure(
        'badPayload',
        `${id}: last price ${price} contradicts the book ${book.bid}..${book.ask} of the same answer`,
      ),
    );
  }
  return okReading({
    kind: 'market',
    quote: {
      instrumentId: id,
      price,
      currency,
      bid: book?.bid ?? null,
      ask: book?.ask ?? null,
      eventAtMs,
      receivedAtMs: response.receivedAtMs,
    },
    bars: parts.bars ?? [],
  });
}
