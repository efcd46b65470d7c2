import type { HttpRequest } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { BROWSER_LIKE } from './request.ts';
import { symbolOf } from './symbols.ts';

const QUOTE = '/v7/finance/quote';
const SUMMARY = '/v10/finance/quoteSummary/';

function get(
  settings: SourceSettings,
  path: string,
  query: Readonly<Record<string, string | number>>,
): HttpRequest {
  const { crumb = '', cookie = '' } = settings.keys;
  return getRequest(address(settings, path, { ...query, crumb }), { 'user-agent': BROWSER_LIKE, cookie });
}

export function quoteList(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return get(settings, QUOTE, { symbols: batch.map(({ instrument }) => symbolOf(instrument)).join(',') });
}

export function recommendations(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const [{ instrument }] = batch as readonly [Question];
  return get(settings, SUMMARY + encodeURIComponent(symbolOf(instrument)), {
    modules: 'recommendationTrend',
  });
}
