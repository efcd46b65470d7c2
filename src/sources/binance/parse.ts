import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { type BarRow, barsReading } from '../door/bars-view.ts';
import { answerText } from '../door/http-failure.ts';
import { field, isRecord, textAt } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, readNumber, volumeOf } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol } from '../door/readings.ts';
import { epochMs } from '../door/time.ts';
import { refusal } from './refusal.ts';
import { ROWS_MAX } from './request.ts';
import { symbolOf } from './symbols.ts';

function tickerReading(ticker: unknown, question: Question, response: HttpResponse): Reading {
  return marketReading(question, response, {
    price: positivePrice(field(ticker, 'lastPrice'), 'text'),
    currency: question.instrument.quote,
    bid: positivePrice(field(ticker, 'bidPrice'), 'text'),
    ask: positivePrice(field(ticker, 'askPrice'), 'text'),
    eventAtMs: epochMs(field(ticker, 'closeTime'), 'ms'),
  });
}

/** A list, each item naming its symbol. An unknown symbol fails the call, so one that is missing was mixed up. */
export function parseTickers(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = refusal(response, batch.length, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  // Asked for `symbol` instead of `symbols`, Binance sends the item bare.
  const tickers = isRecord(body.value) && textAt(body.value, 'symbol') !== null ? [body.value] : body.value;
  if (!Array.isArray(tickers)) {
    return failAll(batch, failure('badPayload', `no tickers (${answerText(response, settings)})`));
  }
  const readings = matchBySymbol(
    batch,
    symbolOf,
    tickers.map((ticker) => [textAt(ticker, 'symbol') ?? '', ticker] as const),
    (ticker, question) => tickerReading(ticker, question, response),
    (symbol) => failure('mismatch', `an answer without ${symbol}`),
  );
  return batchOf(readings);
}

/** [open time, open, high, low, close, volume, close time, …] with times in ms and prices as text. */
function barRow(row: unknown): BarRow {
  return {
    openAtMs: epochMs(field(row, 0), 'ms'),
    open: readNumber(field(row, 1), 'text'),
    high: readNumber(field(row, 2), 'text'),
    low: readNumber(field(row, 3), 'text'),
    close: readNumber(field(row, 4), 'text'),
    volume: volumeOf(field(row, 5), 'text'),
  };
}

/** The length that a row states of itself, in ms; null where it states none. */
function lengthMsOf(row: unknown): number | null {
  const openAtMs = epochMs(field(row, 0), 'ms');
  const lastMs = epochMs(field(row, 6), 'ms');
  return openAtMs === null || lastMs === null ? null : lastMs + 1 - openAtMs;
}

/** A full answer may have left out the rest of the window: where that begins. */
function nextPageOf(rows: readonly unknown[], { intervalMs, toMs }: BarsQuestion): string | null {
  const lastAtMs = epochMs(field(rows.at(-1), 0), 'ms');
  if (rows.length < ROWS_MAX || lastAtMs === null || lastAtMs + 2 * intervalMs > toMs) return null;
  return String(lastAtMs + intervalMs);
}

/** Rows of the one symbol that was asked; the answer does not name it. */
export function parseKlines(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = refusal(response, 1, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const rows = body.value;
  if (!Array.isArray(rows)) {
    return failAll(batch, failure('badPayload', `no rows (${answerText(response, settings)})`));
  }
  const readings = (batch as readonly BarsQuestion[]).map((question) => {
    const stray = rows.map(lengthMsOf).find((length) => length !== null && length !== question.intervalMs);
    if (stray !== undefined) {
      return failedReading(failure('mismatch', `bars of ${stray} ms, asked for ${question.intervalMs} ms`));
    }
    return barsReading(question, response, rows.map(barRow));
  });
  return batchOf(readings, nextPageOf(rows, batch[0] as BarsQuestion));
}
