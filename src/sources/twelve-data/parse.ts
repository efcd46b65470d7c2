import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { type BarRow, barsReading } from '../door/bars-view.ts';
import { httpFailure } from '../door/http-failure.ts';
import { field, members, readJson, textAt } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, volumeOf } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol } from '../door/readings.ts';
import { epochMs } from '../door/time.ts';
import { zonedMs } from '../door/zoned-time.ts';
import { envelopeFailure } from './failure.ts';
import { intervalText } from './request.ts';
import { symbolOf } from './symbol.ts';

type Body =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The body, unless its envelope or, where it has none, the status says why not: the envelope knows better. */
function bodyOf(response: HttpResponse, settings: SourceSettings): Body {
  const read = readJson(response.body);
  const said = read.kind === 'ok' ? envelopeFailure(read.value, settings) : null;
  const refused = said ?? httpFailure(response, settings, { 403: 'plan' });
  return refused === null ? jsonBody(response, settings) : { kind: 'failed', failure: refused };
}

/** Stocks name their currency; a pair names its two in words that are no codes, so its symbol stands for them. */
function currencyOf(quote: unknown, { instrument }: Question): string {
  return instrument.assetClass === 'stock' ? (textAt(quote, 'currency') ?? 'none') : instrument.quote;
}

/** `timestamp` is the start of the minute whose close is the price: the quote is at most that old, never fresher. */
function quoteReading(
  quote: unknown,
  question: Question,
  response: HttpResponse,
  settings: SourceSettings,
): Reading {
  const symbol = symbolOf(question.instrument);
  const refused = envelopeFailure(quote, settings);
  if (refused !== null) return failedReading(refused);
  if (field(quote, 'symbol') !== symbol) {
    return failedReading(failure('mismatch', `the quote is not said to be of ${symbol}`));
  }
  const eventAtMs = epochMs(field(quote, 'timestamp'), 's');
  if (eventAtMs === null)
    return failedReading(failure('badPayload', `no readable time in the quote of ${symbol}`));
  return marketReading(question, response, {
    price: positivePrice(field(quote, 'close'), 'text'),
    currency: currencyOf(quote, question),
    bid: null,
    ask: null,
    eventAtMs,
  });
}

/** One symbol is answered plainly, several as an object keyed by the asked symbols, each with its own error. */
export function parseQuotes(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const body = bodyOf(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const plain = textAt(body.value, 'symbol');
  const answers = plain === null ? members(body.value) : [[plain, body.value] as const];
  return batchOf(
    matchBySymbol(
      batch,
      symbolOf,
      answers,
      (quote, question) => quoteReading(quote, question, response, settings),
      (symbol) => failure('noData', `no quote of ${symbol} in the answer`),
    ),
  );
}

/** A row of a series asked for in UTC; its time is the bar's start. */
function barRow(row: unknown): BarRow {
  return {
    openAtMs: zonedMs(field(row, 'datetime'), 'UTC'),
    open: positivePrice(field(row, 'open'), 'text'),
    high: positivePrice(field(row, 'high'), 'text'),
    low: positivePrice(field(row, 'low'), 'text'),
    close: positivePrice(field(row, 'close'), 'text'),
    volume: volumeOf(field(row, 'volume'), 'text'),
  };
}

function seriesReading(body: unknown, question: BarsQuestion, response: HttpResponse): Reading {
  const { instrument, intervalMs } = question;
  const [symbol, interval] = [symbolOf(instrument), intervalText(intervalMs)];
  if (field(body, 'meta', 'symbol') !== symbol || field(body, 'meta', 'interval') !== interval) {
    return failedReading(failure('mismatch', `the series is not said to be of ${symbol} by ${interval}`));
  }
  if (textAt(body, 'meta', 'currency') !== instrument.quote) {
    return failedReading(failure('mismatch', `the series of ${symbol} is not in ${instrument.quote}`));
  }
  const rows = field(body, 'values');
  if (!Array.isArray(rows)) return failedReading(failure('badPayload', `no list of bars of ${symbol}`));
  return barsReading(question, response, rows.map(barRow));
}

export function parseSeries(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const body = bodyOf(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  return batchOf(batch.map((question) => seriesReading(body.value, question as BarsQuestion, response)));
}
