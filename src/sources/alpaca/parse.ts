import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { type BarRow, barsReading, soundBars } from '../door/bars-view.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field, isRecord, items, members, textAt } from '../door/json.ts';
import { retryAfterMs } from '../door/limit-headers.ts';
import { marketReading, otherCurrency } from '../door/market-view.ts';
import { positivePrice, readNumber, volumeOf } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol } from '../door/readings.ts';
import { rfc3339Ms } from '../door/time.ts';
import { symbolOf } from './symbols.ts';

const MINUTE_MS = 60_000;
/** `code=400, message=invalid symbol: ANG-PD` turns the whole list away and names the culprit. */
const INVALID_SYMBOL = /invalid symbol: *([^"\s,}]+)/;
const NOT_IN_PLAN = /subscription does not permit|42210000/;

/** What an answer other than 200 says, with the one symbol it blames where it blames one. */
function refusal(
  response: HttpResponse,
  settings: SourceSettings,
): { readonly failure: Failure; readonly blamed: string | null } | null {
  if (response.status === 403 && NOT_IN_PLAN.test(response.body)) {
    return { failure: failure('plan', answerText(response, settings), retryAfterMs(response)), blamed: null };
  }
  const found = httpFailure(response, settings);
  if (found === null) return null;
  const blamed = found.kind === 'badRequest' ? INVALID_SYMBOL.exec(response.body)?.[1] : undefined;
  return { failure: found, blamed: blamed ?? null };
}

function failed(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch | null {
  const found = refusal(response, settings);
  if (found === null) return null;
  if (found.blamed === null) return failAll(batch, found.failure);
  const readings = batch.map(({ instrument }) =>
    failedReading(
      symbolOf(instrument) === found.blamed ? { ...found.failure, kind: 'unknownSymbol' } : found.failure,
    ),
  );
  return batchOf(readings);
}

function barRow(json: unknown): BarRow {
  return {
    openAtMs: rfc3339Ms(field(json, 't')),
    open: readNumber(field(json, 'o'), 'number'),
    high: readNumber(field(json, 'h'), 'number'),
    low: readNumber(field(json, 'l'), 'number'),
    close: readNumber(field(json, 'c'), 'number'),
    volume: volumeOf(field(json, 'v'), 'number'),
  };
}

/** Alpaca names the currency only where it is not the one asked for by default. */
function currencyOf(json: unknown, question: Question): string {
  return textAt(json, 'currency') ?? question.instrument.quote;
}

function snapshotReading(
  snapshot: unknown,
  question: Question,
  response: HttpResponse,
  currency: string,
): Reading {
  const trade = field(snapshot, 'latestTrade');
  const quote = field(snapshot, 'latestQuote');
  const minuteBar = field(snapshot, 'minuteBar');
  return marketReading(question, response, {
    price: positivePrice(field(trade, 'p'), 'number'),
    currency,
    // 0 stands for an empty side.
    bid: positivePrice(field(quote, 'bp'), 'number'),
    ask: positivePrice(field(quote, 'ap'), 'number'),
    eventAtMs: rfc3339Ms(field(trade, 't')),
    bars: isRecord(minuteBar) ? soundBars([barRow(minuteBar)], MINUTE_MS, response.receivedAtMs).bars : [],
  });
}

/** Snapshots keyed by symbol: bare for stocks, under `snapshots` for crypto. */
function parseSnapshots(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
  path: readonly string[],
): ParsedBatch {
  const refused = failed(response, batch, settings);
  if (refused !== null) return refused;
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const snapshots = field(body.value, ...path);
  if (!isRecord(snapshots)) {
    return failAll(batch, failure('badPayload', `no snapshots (${answerText(response, settings)})`));
  }
  const readings = matchBySymbol(
    batch,
    symbolOf,
    members(snapshots).filter(([, snapshot]) => snapshot !== null),
    (snapshot, question) => snapshotReading(snapshot, question, response, currencyOf(body.value, question)),
    (symbol) => failure('unknownSymbol', `${symbol} is not among the snapshots`),
  );
  return batchOf(readings);
}

export function parseStockSnapshots(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseSnapshots(response, batch, settings, []);
}

export function parseCryptoSnapshots(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseSnapshots(response, batch, settings, ['snapshots']);
}

function seriesReading(
  series: unknown,
  question: Question,
  response: HttpResponse,
  intervalMs: number,
  currency: string,
): Reading {
  const { instrument, intervalMs: askedMs } = question as BarsQuestion;
  if (askedMs !== intervalMs) {
    return failedReading(failure('noData', `the call was for bars of ${intervalMs} ms, not ${askedMs} ms`));
  }
  if (currency !== instrument.quote) return failedReading(otherCurrency(instrument, currency));
  if (!Array.isArray(series))
    return failedReading(failure('badPayload', `${instrument.id}: no list of bars`));
  return barsReading(question, response, items(series).map(barRow));
}

/**
 * A page of bars keyed by symbol. A symbol that is missing has no bars on this page: it may stand on another one, or be
 * unknown, which Alpaca does not tell apart.
 */
export function parseBars(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = failed(response, batch, settings);
  if (refused !== null) return refused;
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const bars = field(body.value, 'bars');
  if (!isRecord(bars)) {
    return failAll(batch, failure('badPayload', `no bars (${answerText(response, settings)})`));
  }
  const intervalMs = (batch[0] as BarsQuestion | undefined)?.intervalMs ?? MINUTE_MS;
  const readings = matchBySymbol(
    batch,
    symbolOf,
    members(bars),
    (series, question) =>
      seriesReading(series, question, response, intervalMs, currencyOf(body.value, question)),
    (symbol) => failure('noData', `no bars of ${symbol} on this page`),
  );
  return batchOf(readings, textAt(body.value, 'next_page_token'));
}
