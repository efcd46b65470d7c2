import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, SourceSettings } from '../../core/source.ts';
import type { BarRow } from '../door/bars-view.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field, isRecord } from '../door/json.ts';
import { marketReading } from '../door/market-view.ts';
import { positivePrice, readNumber, volumeOf } from '../door/number.ts';
import { batchOf, failAll, jsonBody } from '../door/readings.ts';
import { epochMs, rfc3339Ms } from '../door/time.ts';
import { parseCandleList, REFINED } from './candles.ts';

/** The last trade of the one product that was asked; the answer does not name it. */
export function parseTicker(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = httpFailure(response, settings, REFINED);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  if (!isRecord(body.value)) {
    return failAll(batch, failure('badPayload', `no ticker (${answerText(response, settings)})`));
  }
  const parts = {
    price: positivePrice(field(body.value, 'price'), 'text'),
    bid: positivePrice(field(body.value, 'bid'), 'text'),
    ask: positivePrice(field(body.value, 'ask'), 'text'),
    eventAtMs: rfc3339Ms(field(body.value, 'time')),
  };
  return batchOf(
    batch.map((question) =>
      marketReading(question, response, { ...parts, currency: question.instrument.quote }),
    ),
  );
}

/** [second, LOW, HIGH, OPEN, close, volume]: an order of its own. */
function barRow(row: unknown): BarRow {
  return {
    openAtMs: epochMs(field(row, 0), 's'),
    low: readNumber(field(row, 1), 'number'),
    high: readNumber(field(row, 2), 'number'),
    open: readNumber(field(row, 3), 'number'),
    close: readNumber(field(row, 4), 'number'),
    volume: volumeOf(field(row, 5), 'number'),
  };
}

export function parseCandles(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseCandleList(response, batch, settings, (body) => body, barRow);
}
