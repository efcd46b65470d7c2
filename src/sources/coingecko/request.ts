import type { HttpRequest } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { address, getRequest } from '../door/address.ts';
import { coinOf } from './symbols.ts';

/** `plan`: `demo` or `pro`; a key of the one is refused on the host of the other. */
export const OPTIONS = { plan: 'demo' } as const;
export const OPTION_CHOICES = { plan: ['demo', 'pro'] };

export function simplePrice(batch: readonly Question[], settings: SourceSettings): HttpRequest {
  const unique = (names: readonly (string | null)[]): string =>
    [...new Set(names.filter((name) => name !== null))].join(',');
  const { apiKey = '' } = settings.keys;
  const header = settings.options.plan === 'pro' ? 'x-cg-pro-api-key' : 'x-cg-demo-api-key';
  return getRequest(
    address(settings, '/simple/price', {
      ids: unique(batch.map(({ instrument }) => coinOf(instrument))),
      vs_currencies: unique(batch.map(({ instrument }) => instrument.quote.toLowerCase())),
      include_last_updated_at: 'true',
      precision: 'full',
    }),
    apiKey === '' ? {} : { [header]: apiKey },
  );
}
