/**
 * Why a source gave no usable answer. The first group is read from what the provider sent, the second is found out by
 * the gateway while carrying the question, the third is Sextant's own refusal to ask.
 */
export const FAILURE_KINDS = {
  limit: 'the provider says: too many requests for now',
  quota: 'the provider says: the allowance of the day or month is used up',
  auth: 'the provider does not accept the key',
  plan: 'the key is good, but its plan does not include this',
  blocked: 'a firewall or a regional rule turned the request away',
  unknownSymbol: 'the provider does not know this symbol',
  badRequest: 'the provider calls the request malformed',
  down: 'the provider answered with a server error',
  noData: 'a proper answer without data for this question',
  badPayload: 'the answer cannot be read as what was asked for',
  mismatch: 'the answer is about something that was not asked for',

  timeout: 'no whole answer in time',
  connection: 'no connection, or it broke in mid-answer',
  tooLarge: 'the answer is larger than allowed',
  redirect: 'the provider sent us to another place',

  rateLimited: 'held back: the request would have exceeded the provider’s limit',
  deadline: 'held back: the answer could not have come in time',
  budget: 'held back: the budget for this source is spent',
  breakerOpen: 'held back: this source has been failing',
  parked: 'held back: this symbol was refused by the source before',
  disabled: 'this source is switched off or lacks its key',
  notRecorded: 'a replay: what this source would have said is not on record',
} as const;

export type FailureKind = keyof typeof FAILURE_KINDS;

export type Failure = {
  readonly kind: FailureKind;
  /** What was found, in one line, without secrets (redacted before it is built into anything stored). */
  readonly detail: string;
  /** How long the provider asked us to wait, in ms; null where it did not say. */
  readonly retryAfterMs: number | null;
};

export function failure(kind: FailureKind, detail: string, retryAfterMs: number | null = null): Failure {
  return { kind, detail, retryAfterMs };
}
