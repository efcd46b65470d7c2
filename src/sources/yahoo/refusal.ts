import { type Failure, type FailureKind, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { SourceSettings } from '../../core/source.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field, members, readJson, textAt } from '../door/json.ts';
import { retryAfterMs } from '../door/limit-headers.ts';
import { detailText } from '../door/redact.ts';

const KIND_BY_CODE: Readonly<Record<string, FailureKind>> = {
  'Not Found': 'unknownSymbol',
  Unauthorized: 'auth',
  'Bad Request': 'badRequest',
  'Unprocessable Entity': 'badRequest',
  'Too Many Requests': 'limit',
  'Internal Server Error': 'down',
};

/** Codes that blame the request or the symbol although only the window, or this kind of data, is empty. */
const NOTHING_THERE = /data doesn't exist for|not available for starttime|no fundamentals data found/i;

/** The `error` of whichever envelope the body has: `chart`, `quoteResponse`, `quoteSummary` or `finance`. */
function envelopeError(body: string): { readonly code: string; readonly description: string } | null {
  // Charts are long and tell of an error seldom: they need not be read twice.
  if (!body.includes('"code"')) return null;
  const read = readJson(body);
  if (read.kind === 'failed') return null;
  for (const [, envelope] of members(read.value)) {
    const code = textAt(envelope, 'error', 'code');
    if (code !== null) return { code, description: textAt(field(envelope, 'error'), 'description') ?? '' };
  }
  return null;
}

/** What the envelope, or else the status, says is wrong; null where nothing is. */
export function refusal(response: HttpResponse, settings: SourceSettings): Failure | null {
  if (NOTHING_THERE.test(response.body) && [200, 400, 404, 422].includes(response.status)) {
    return failure('noData', answerText(response, settings));
  }
  const error = envelopeError(response.body);
  const kind = error === null ? undefined : KIND_BY_CODE[error.code];
  if (error !== null && (kind !== undefined || response.status === 200)) {
    const detail = detailText(`HTTP ${response.status}: ${error.code}: ${error.description}`, settings);
    return failure(kind ?? 'badPayload', detail, retryAfterMs(response));
  }
  return httpFailure(response, settings, { 404: 'unknownSymbol', 999: 'blocked' });
}
