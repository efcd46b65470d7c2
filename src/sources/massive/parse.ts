import { closeAtMs } from '../../core/bar.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { type BarRow, barsReading, soundBars } from '../door/bars-view.ts';
import { field, items, textAt } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, readNumber, volumeOf } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol, okReading } from '../door/readings.ts';
import { type EpochUnit, epochMs } from '../door/time.ts';
import { envelopeFailure, statusFailure } from './failure.ts';
import { pageOf } from './request.ts';
import { symbolOf } from './symbol.ts';

const MINUTE_MS = 60_000;

type Body =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The body of an answer whose status and envelope both say OK. */
function bodyOf(response: HttpResponse, settings: SourceSettings, refused: Failure | null): Body {
  if (refused !== null) return { kind: 'failed', failure: refused };
  const body = jsonBody(response, settings);
  const inside = body.kind === 'ok' ? envelopeFailure(body.value, response, settings) : null;
  return inside === null ? body : { kind: 'failed', failure: inside };
}

/** An aggregate; `t` is its start in ms, for stocks and crypto alike. */
function barRow(row: unknown): BarRow {
  return {
    openAtMs: epochMs(field(row, 't'), 'ms'),
    open: positivePrice(field(row, 'o'), 'number'),
    high: positivePrice(field(row, 'h'), 'number'),
    low: positivePrice(field(row, 'l'), 'number'),
    close: positivePrice(field(row, 'c'), 'number'),
    volume: volumeOf(field(row, 'v'), 'number'),
  };
}

/** Trades of stocks are stamped in ns, those of crypto in ms: by the market's rule, never by the size of the number. */
const TRADE_UNIT: Readonly<Record<'stock' | 'crypto', EpochUnit>> = { stock: 'ns', crypto: 'ms' };

/** Plans without trades get the last minute bar only: then its close is the price, as of the minute's end. */
function snapshotReading(ticker: unknown, question: Question, response: HttpResponse): Reading {
  const { instrument } = question;
  const { bars } = soundBars([barRow(field(ticker, 'min'))], MINUTE_MS, response.receivedAtMs);
  const [bar] = bars;
  const trade = field(ticker, 'lastTrade');
  const price = trade === undefined ? (bar?.close ?? null) : positivePrice(field(trade, 'p'), 'number');
  const eventAtMs =
    trade === undefined
      ? bar && closeAtMs(bar)
      : epochMs(field(trade, 't'), TRADE_UNIT[instrument.assetClass]);
  if (eventAtMs === undefined) {
    return failedReading(failure('noData', `neither a trade nor a closed minute bar of ${instrument.id}`));
  }
  if (eventAtMs === null) {
    return failedReading(failure('badPayload', `the last trade of ${instrument.id} has no readable time`));
  }
  return marketReading(question, response, {
    price,
    currency: instrument.quote,
    bid: positivePrice(field(ticker, 'lastQuote', 'p'), 'number'),
    ask: positivePrice(field(ticker, 'lastQuote', 'P'), 'number'),
    eventAtMs,
    bars,
  });
}

/** A ticker that is left out is unknown or not traded yet today: the snapshot is cleared every night. */
export function parseSnapshots(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const body = bodyOf(response, settings, statusFailure(response, settings));
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const tickers = field(body.value, 'tickers');
  if (!Array.isArray(tickers))
    return failAll(batch, failure('badPayload', 'the answer has no list "tickers"'));
  return batchOf(
    matchBySymbol(
      batch,
      symbolOf,
      tickers.map((ticker) => [textAt(ticker, 'ticker') ?? '', ticker] as const),
      (ticker, question) => snapshotReading(ticker, question, response),
      (symbol) => failure('noData', `no snapshot of ${symbol} in the answer`),
    ),
  );
}

export function parseBars(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const body = bodyOf(response, settings, statusFailure(response, settings, { 404: 'unknownSymbol' }));
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const ticker = textAt(body.value, 'ticker');
  const readings = batch.map((question) => {
    const symbol = symbolOf(question.instrument);
    if (ticker !== symbol) {
      return failedReading(failure('mismatch', `the bars are not said to be of ${symbol}`));
    }
    return barsReading(question, response, items(field(body.value, 'results')).map(barRow));
  });
  return batchOf(readings, ticker === null ? null : pageOf(field(body.value, 'next_url'), ticker));
}

/** The address of the bars that an indicator was taken of names its ticker; nothing else in the answer does. */
function isOfTicker(body: unknown, symbol: string | null): boolean {
  const url = textAt(body, 'results', 'underlying', 'url');
  return url?.replace('%3A', ':').includes(`/ticker/${symbol}/`) ?? false;
}

export function parseRsi(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const body = bodyOf(response, settings, statusFailure(response, settings, { 404: 'unknownSymbol' }));
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const newest = field(body.value, 'results', 'values', 0);
  const value = readNumber(field(newest, 'value'), 'number');
  const eventAtMs = epochMs(field(newest, 'timestamp'), 'ms');
  return batchOf(
    batch.map(({ instrument }) => {
      if (!isOfTicker(body.value, symbolOf(instrument))) {
        return failedReading(failure('mismatch', `the RSI is not said to be of ${symbolOf(instrument)}`));
      }
      if (newest === undefined) return failedReading(failure('noData', `no RSI of ${instrument.id}`));
      if (value === null || value < 0 || value > 100 || eventAtMs === null) {
        return failedReading(
          failure('badPayload', `the RSI of ${instrument.id} is no value of 0..100 with a time`),
        );
      }
      return okReading({ kind: 'gauge', gauge: 'rsi', value, min: 0, max: 100, eventAtMs });
    }),
  );
}
