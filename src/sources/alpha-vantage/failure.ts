import { type Failure, type FailureKind, failure } from '../../core/failure.ts';
import type { SourceSettings } from '../../core/source.ts';
import { isRecord, members, textAt } from '../door/json.ts';
import { detailText } from '../door/redact.ts';

/** Members in which a 200 carries words instead of data. The wording has changed before; the members have not. */
const WORDS = ['Error Message', 'Information', 'Note'] as const;

type Rule = { readonly words: RegExp; readonly kind: FailureKind; readonly retryAfterMs: number | null };

/**
 * First match counts. The burst text may name the day's quota too, and the day's text names premium plans, so the order
 * is: key, burst, premium function, day. A call of ours is well formed, so "Invalid API call" is about its symbol.
 */
const RULES: readonly Rule[] = [
  { words: /apikey is invalid|invalid or missing|demo\W+API key/i, kind: 'auth', retryAfterMs: null },
  { words: /spreading out|per second/i, kind: 'limit', retryAfterMs: 1_000 },
  { words: /per minute/i, kind: 'limit', retryAfterMs: 60_000 },
  { words: /premium (?:endpoint|function|feature)/i, kind: 'plan', retryAfterMs: null },
  { words: /per day|daily/i, kind: 'quota', retryAfterMs: null },
  { words: /invalid api call/i, kind: 'unknownSymbol', retryAfterMs: null },
  { words: /invalid inputs/i, kind: 'badRequest', retryAfterMs: null },
  { words: /premium/i, kind: 'plan', retryAfterMs: null },
];

/** The provider names the key it was called with: blanked also where it is not the one we sent. */
const ECHOED_KEY = /(API key as )\S+/gi;

/**
 * What the words of a 200 say, or null where there are none. Words that no rule knows are a limit: so far new wording
 * always was one, and it is retried with growing pauses.
 */
export function wordsFailure(body: unknown, settings: SourceSettings): Failure | null {
  const said = WORDS.map((member) => textAt(body, member)).find((text) => text !== null);
  if (said === undefined || said === null) return null;
  const detail = detailText(said.replace(ECHOED_KEY, '$1***'), settings);
  const rule = RULES.find(({ words }) => words.test(said));
  return rule === undefined ? failure('limit', detail) : failure(rule.kind, detail, rule.retryAfterMs);
}

/** An answer without the member that holds its data: `{}` and an empty quote are how an unknown symbol looks. */
export function withoutData(body: unknown, symbol: string): Failure {
  const isEmpty =
    isRecord(body) && members(body).every(([, value]) => isRecord(value) && members(value).length === 0);
  return isEmpty
    ? failure('unknownSymbol', `an empty answer for ${symbol}`)
    : failure('badPayload', `no data for ${symbol} in the answer`);
}
