import type { HttpRequest } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { pageWindow } from './candle-pages.ts';
import { productOf } from './symbols.ts';

export function ticker([question]: readonly Question[], settings: SourceSettings): HttpRequest {
  const product = productOf((question as Question).instrument);
  return getRequest(address(settings, `/products/${product}/ticker`));
}

export function candles(
  [question]: readonly Question[],
  settings: SourceSettings,
  page: string | null,
): HttpRequest {
  const asked = question as BarsQuestion;
  const { firstMs, lastMs } = pageWindow(asked, page);
  return getRequest(
    address(settings, `/products/${productOf(asked.instrument)}/candles`, {
      granularity: asked.intervalMs / 1000,
      start: new Date(firstMs).toISOString(),
      end: new Date(lastMs).toISOString(),
    }),
  );
}
