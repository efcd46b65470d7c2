import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, SourceSettings } from '../../core/source.ts';
import { answerText } from '../door/http-failure.ts';
import { field, items } from '../door/json.ts';
import { readNumber } from '../door/number.ts';
import { batchOf, failAll, jsonBody, okReading } from '../door/readings.ts';
import { refusal } from './refusal.ts';

/** How many analysts stand on one grade; null for anything but a whole number of zero or more. */
function countAt(trend: unknown, grade: string): number | null {
  const count = readNumber(field(trend, grade), 'number');
  return count !== null && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/**
 * The counts per grade of the running month (period `0m`). Yahoo dates them no finer and names no symbol in this answer:
 * they count as of the moment they came in, for the one symbol that was asked.
 */
export function parseRatings(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  const refused = refusal(response, settings);
  if (refused !== null) return failAll(batch, refused);
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return failAll(batch, body.failure);
  const trends = items(field(body.value, 'quoteSummary', 'result', 0, 'recommendationTrend', 'trend'));
  const trend = trends.find((candidate) => field(candidate, 'period') === '0m');
  if (trend === undefined) {
    return failAll(batch, failure('badPayload', `no ratings (${answerText(response, settings)})`));
  }
  const [strongBuy, buy, hold, sell, strongSell] = ['strongBuy', 'buy', 'hold', 'sell', 'strongSell'].map(
    (grade) => countAt(trend, grade),
  );
  if (strongBuy == null || buy == null || hold == null || sell == null || strongSell == null) {
    return failAll(batch, failure('badPayload', 'ratings with a grade that has no count'));
  }
  if (strongBuy + buy + hold + sell + strongSell === 0) {
    return failAll(batch, failure('noData', 'no analyst rates this month'));
  }
  const view = {
    kind: 'rating',
    strongBuy,
    buy,
    hold,
    sell,
    strongSell,
    eventAtMs: response.receivedAtMs,
  } as const;
  return batchOf(batch.map(() => okReading(view)));
}
