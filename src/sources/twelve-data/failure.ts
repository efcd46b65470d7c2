import { type Failure, type FailureKind, failure } from '../../core/failure.ts';
import type { SourceSettings } from '../../core/source.ts';
import { field, textAt } from '../door/json.ts';
import { detailText } from '../door/redact.ts';

/** What the code of an envelope means, whatever the status of the answer. 400 is mostly a symbol that does not exist. */
const KIND_BY_CODE: Readonly<Record<number, FailureKind>> = {
  400: 'badRequest',
  401: 'auth',
  403: 'plan',
  404: 'noData',
  414: 'badRequest',
  429: 'limit',
  500: 'down',
};

/** Both 400 and 404 are said of a symbol that is not known, in these words. */
const UNKNOWN_SYMBOL = /\*\*(?:symbol|figi)\*\*.*(?:missing or invalid|not found)/i;
const DAY_SPENT = /for the (?:current )?day|daily/i;

/** What an error envelope says (of a whole answer or of one symbol of it), or null when it is none. */
export function envelopeFailure(body: unknown, settings: SourceSettings): Failure | null {
  const code = field(body, 'code');
  if (field(body, 'status') !== 'error' && typeof code !== 'number') return null;
  const message = textAt(body, 'message') ?? 'an error without a message';
  const detail = detailText(`code ${typeof code === 'number' ? code : 'unknown'}: ${message}`, settings);
  if (code === 429 && DAY_SPENT.test(message)) return failure('quota', detail);
  if (UNKNOWN_SYMBOL.test(message)) return failure('unknownSymbol', detail);
  return failure((typeof code === 'number' && KIND_BY_CODE[code]) || 'badPayload', detail);
}
