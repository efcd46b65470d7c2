import type { HttpRequest } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { pageWindow } from './candle-pages.ts';
import { productOf } from './symbols.ts';

const GRANULARITIES: Readonly<Record<number, string>> = {
  60000: 'ONE_MINUTE',
  300000: 'FIVE_MINUTE',
  900000: 'FIFTEEN_MINUTE',
  1800000: 'THIRTY_MINUTE',
  3600000: 'ONE_HOUR',
  7200000: 'TWO_HOUR',
  21600000: 'SIX_HOUR',
  86400000: 'ONE_DAY',
};

function get(
  settings: SourceSettings,
  { instrument }: Question,
  leaf: string,
  query: Readonly<Record<string, string | number>>,
): HttpRequest {
  return getRequest(address(settings, `/market/products/${productOf(instrument)}/${leaf}`, query));
}

export function advancedTicker([question]: readonly Question[], settings: SourceSettings): HttpRequest {
  return get(settings, question as Question, 'ticker', { limit: 1 });
}

/** An interval that Coinbase has no name for is sent as a number of seconds and refused by it. */
export function advancedCandles(
  [question]: readonly Question[],
  settings: SourceSettings,
  page: string | null,
): HttpRequest {
  const asked = question as BarsQuestion;
  const { firstMs, lastMs } = pageWindow(asked, page);
  return get(settings, asked, 'candles', {
    start: Math.floor(firstMs / 1000),
    end: Math.floor(lastMs / 1000),
    granularity: GRANULARITIES[asked.intervalMs] ?? asked.intervalMs / 1000,
  });
}
