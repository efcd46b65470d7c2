import type { HttpRequest } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { symbolOf } from './symbols.ts';

/** Yahoo turns away clients whose name does not look like a browser's; ours still says who asks. */
export const BROWSER_LIKE = 'Mozilla/5.0 (compatible; sextant/0.1)';

const CHART = '/v8/finance/chart/';

/** `1m`, `1h`, `1d`: an interval that Yahoo does not offer is sent as minutes and refused by it. */
export function intervalText(intervalMs: number): string {
  if (intervalMs % 86_400_000 === 0) return `${intervalMs / 86_400_000}d`;
  if (intervalMs % 3_600_000 === 0) return `${intervalMs / 3_600_000}h`;
  return `${intervalMs / 60_000}m`;
}

function chart(
  question: Question,
  settings: SourceSettings,
  query: Readonly<Record<string, string | number>>,
): HttpRequest {
  const path = CHART + encodeURIComponent(symbolOf(question.instrument));
  return getRequest(address(settings, path, { ...query, includePrePost: 'false' }), {
    'user-agent': BROWSER_LIKE,
  });
}

/** The day so far in minutes: the quote stands in its head. */
export function chartQuote(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return chart(batch[0] as Question, settings, { interval: '1m', range: '1d' });
}

export function chartBars(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const question = batch[0] as BarsQuestion;
  return chart(question, settings, {
    interval: intervalText(question.intervalMs),
    period1: Math.floor(question.fromMs / 1000),
    period2: Math.ceil(question.toMs / 1000),
    // What the adjusted closes are checked against.
    events: 'div',
  });
}
