import type { HttpRequest } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { pairOf } from './symbols.ts';

export function ticker(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const pairs = [...new Set(batch.map(({ instrument }) => pairOf(instrument)))];
  return getRequest(address(settings, '/0/public/Ticker', { pair: pairs.join(',') }));
}

/** At most the newest 720 candles come, however far back `since` lies. */
export function ohlc([question]: readonly Question[], settings: SourceSettings): HttpRequest {
  const { instrument, intervalMs, fromMs } = question as BarsQuestion;
  return getRequest(
    address(settings, '/0/public/OHLC', {
      pair: pairOf(instrument),
      interval: intervalMs / 60_000,
      // Whether a candle that opens at `since` is part of the answer is not documented.
      since: Math.floor(fromMs / 1000) - 1,
    }),
  );
}
