import type { HttpRequest } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { symbolOf } from './symbol.ts';

function bySymbol(path: string, batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const [question] = batch;
  const symbol = question === undefined ? null : symbolOf(question.instrument);
  return getRequest(address(settings, path, { symbol }), { 'x-finnhub-token': settings.keys.apiKey ?? '' });
}

export function quoteRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return bySymbol('/quote', batch, settings);
}

export function recommendationRequest(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  return bySymbol('/stock/recommendation', batch, settings);
}
