import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { type BarRow, barsReading } from '../door/bars-view.ts';
import { field, isRecord, members } from '../door/json.ts';
import { positivePrice, volumeOf } from '../door/number.ts';
import { failedReading } from '../door/readings.ts';
import { zonedMs } from '../door/zoned-time.ts';
import { parseBody, zoneOf } from './body.ts';
import { withoutData } from './failure.ts';
import { numbered } from './numbered.ts';
import { intervalText } from './request.ts';

/**
 * A row and its wall-clock key, taken as the bar's start. Were it the end, as it once was, the newest bar would look
 * open and be left out: late by one bar, but never decided on too early.
 */
function barRow([at, row]: readonly [string, unknown], zone: string): BarRow {
  return {
    openAtMs: zonedMs(at, zone),
    open: positivePrice(numbered(row, 'open'), 'text'),
    high: positivePrice(numbered(row, 'high'), 'text'),
    low: positivePrice(numbered(row, 'low'), 'text'),
    close: positivePrice(numbered(row, 'close'), 'text'),
    // Crypto states its volume as a number, stocks as text.
    volume: volumeOf(numbered(row, 'volume'), 'either'),
  };
}

function isOf(meta: unknown, { instrument: { assetClass, id, base, quote } }: Question): boolean {
  return assetClass === 'stock'
    ? numbered(meta, 'Symbol') === id
    : numbered(meta, 'Digital Currency Code') === base && numbered(meta, 'Market Code') === quote;
}

function seriesReading(body: unknown, question: BarsQuestion, response: HttpResponse): Reading {
  const { id } = question.instrument;
  const meta = field(body, 'Meta Data');
  const series = members(body).find(([name]) => name.startsWith('Time Series'))?.[1];
  if (!isRecord(meta) || !isRecord(series)) return failedReading(withoutData(body, id));
  if (!isOf(meta, question))
    return failedReading(failure('mismatch', `the bars are not said to be of ${id}`));
  const interval = intervalText(question.intervalMs);
  if (numbered(meta, 'Interval') !== interval) {
    return failedReading(failure('mismatch', `the bars of ${id} are not said to be of ${interval}`));
  }
  const zone = zoneOf(numbered(meta, 'Time Zone'));
  if (zone === null) return failedReading(failure('badPayload', `the bars of ${id} name no known time zone`));
  return barsReading(
    question,
    response,
    members(series).map((row) => barRow(row, zone)),
  );
}

export function parseBars(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseBody(response, batch, settings, (body, question) =>
    seriesReading(body, question as BarsQuestion, response),
  );
}
