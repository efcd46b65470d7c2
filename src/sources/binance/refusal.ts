import { type Failure, type FailureKind, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { SourceSettings } from '../../core/source.ts';
import { serverTimeMs } from '../door/http-date.ts';
import { answerText, httpFailure } from '../door/http-failure.ts';
import { field, readJson } from '../door/json.ts';
import { retryAfterMs } from '../door/limit-headers.ts';
import { readNumber } from '../door/number.ts';

const INVALID_SYMBOL = -1121;

const KIND_BY_CODE: Readonly<Record<number, FailureKind>> = {
  [-1000]: 'down',
  [-1001]: 'down',
  [-1003]: 'limit',
  [-1007]: 'down',
  [-1008]: 'down',
  [-1015]: 'limit',
  [-1016]: 'down',
  [-2014]: 'auth',
  [-2015]: 'auth',
};

/** `IP banned until 1660090423228`: the end of the ban (Unix ms), where no Retry-After tells it. */
const BANNED_UNTIL = /banned until (\d{13})\b/;

function waitMs(response: HttpResponse): number | null {
  const untilMs = BANNED_UNTIL.exec(response.body)?.[1];
  const stated = retryAfterMs(response);
  return stated ?? (untilMs === undefined ? null : Math.max(0, Number(untilMs) - serverTimeMs(response)));
}

/** What the code in the body, or else the status, says is wrong; null where nothing is. `symbols` is how many were asked. */
export function refusal(response: HttpResponse, symbols: number, settings: SourceSettings): Failure | null {
  const read = readJson(response.body);
  const code = read.kind === 'ok' ? readNumber(field(read.value, 'code'), 'number') : null;
  const detail = answerText(response, settings);
  if (code === INVALID_SYMBOL) {
    // One bad symbol turns the whole list away without being named.
    return failure(symbols === 1 ? 'unknownSymbol' : 'badRequest', detail);
  }
  const kind = code === null ? undefined : KIND_BY_CODE[code];
  if (kind !== undefined) return failure(kind, detail, waitMs(response));
  const found = httpFailure(response, settings);
  return found === null ? null : { ...found, retryAfterMs: waitMs(response) };
}
