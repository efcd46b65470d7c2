import { type Failure, type FailureKind, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field, isRecord, members, readJson } from '../door/json.ts';
import { retryAfterMs } from '../door/limit-headers.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice } from '../door/number.ts';
import { batchOf, failAll, failedReading, jsonBody, matchBySymbol } from '../door/readings.ts';
import { epochMs } from '../door/time.ts';
import { coinOf } from './symbols.ts';

const KIND_BY_CODE: Readonly<Record<number, FailureKind>> = {
  429: 'limit',
  1020: 'blocked',
  10002: 'auth',
  10005: 'plan',
  10010: 'auth',
  10011: 'auth',
};

/** What `error_code`, at the top or under `status`, or else the HTTP status says is wrong; null where nothing is. */
function refusal(response: HttpResponse, settings: SourceSettings): Failure | null {
  const read = readJson(response.body);
  const body = read.kind === 'ok' ? read.value : null;
  const code = field(body, 'status', 'error_code') ?? field(body, 'error_code');
  const kind = typeof code === 'number' ? KIND_BY_CODE[code] : undefined;
  if (kind !== undefined) return failure(kind, answerText(response, settings), retryAfterMs(response));
  return httpFailure(response, settings);
}

function coinReading(coin: unknown, question: Question, response: HttpResponse): Reading {
  const { id, quote } = question.instrument;
  const price = field(coin, quote.toLowerCase());
  if (isRecord(coin) && price === undefined) {
    return failedReading(failure('noData', `no price of ${id} in ${quote}`));
  }
  return marketReading(question, response, {
    price: positivePrice(price, 'number'),
    currency: quote,
    bid: null,
    ask: null,
    eventAtMs: epochMs(field(coin, 'last_updated_at'), 's'),
  });
}

/** Prices keyed by coin and currency; a coin that CoinGecko does not know is left out of a 200. */
export function parseSimplePrice(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = refusal(response, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  if (!isRecord(body.value)) {
    return failAll(batch, failure('badPayload', `no prices (${answerText(response, settings)})`));
  }
  const readings = matchBySymbol(
    batch,
    coinOf,
    members(body.value),
    (coin, question) => coinReading(coin, question, response),
    (coin) => failure('unknownSymbol', `${coin} is not among the prices`),
  );
  return batchOf(readings);
}
