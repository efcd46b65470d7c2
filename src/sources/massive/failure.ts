import { type Failure, type FailureKind, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { SourceSettings } from '../../core/source.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { textAt } from '../door/json.ts';
import { retryAfterMs } from '../door/limit-headers.ts';

/** A 403 with a good key means that the plan lacks it. */
export function statusFailure(
  response: HttpResponse,
  settings: SourceSettings,
  refined: Readonly<Record<number, FailureKind>> = {},
): Failure | null {
  return httpFailure(response, settings, { 403: 'plan', ...refined });
}

const KIND_BY_ENVELOPE: Readonly<Record<string, FailureKind>> = {
  NOT_AUTHORIZED: 'plan',
  NOT_ENTITLED: 'plan',
  NOT_FOUND: 'unknownSymbol',
};

/** What the envelope of a 200 says: OK and DELAYED carry data, everything else is an error with a status of 200. */
export function envelopeFailure(
  body: unknown,
  response: HttpResponse,
  settings: SourceSettings,
): Failure | null {
  const status = textAt(body, 'status');
  if (status === 'OK' || status === 'DELAYED') return null;
  const text = answerText(response, settings);
  if (/exceeded the maximum requests/i.test(textAt(body, 'error') ?? '')) {
    return failure('limit', text, retryAfterMs(response));
  }
  if (/unknown api key/i.test(textAt(body, 'error') ?? '')) return failure('auth', text);
  return failure(KIND_BY_ENVELOPE[status ?? ''] ?? 'badPayload', text);
}
