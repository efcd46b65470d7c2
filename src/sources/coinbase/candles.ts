import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { ParsedBatch, SourceSettings } from '../../core/source.ts';
import { type BarRow, barsReading } from '../door/bars-view.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { batchOf, failAll, jsonBody } from '../door/readings.ts';
import { nextPageOf } from './candle-pages.ts';

/** The product stands in the path, so an address that is not there is a product that is not there. */
export const REFINED = { 404: 'unknownSymbol' } as const;

/**
 * Candles of the one product that was asked, newest first; minutes without trade are missing. The two interfaces differ
 * in where the list stands and in how a candle is written.
 */
export function parseCandleList(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
  listIn: (body: unknown) => unknown,
  barRow: (candle: unknown) => BarRow,
): ParsedBatch {
  const refused = httpFailure(response, settings, REFINED);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const candles = listIn(body.value);
  if (!Array.isArray(candles)) {
    return failAll(batch, failure('badPayload', `no candles (${answerText(response, settings)})`));
  }
  const rows = candles.map(barRow);
  return batchOf(
    batch.map((question) => barsReading(question, response, rows)),
    nextPageOf(
      batch[0] as BarsQuestion,
      rows.map((row) => row.openAtMs),
    ),
  );
}
