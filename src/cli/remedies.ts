import type { FailureKind } from '../core/failure.ts';

/** What a person can do about a source that did not answer as it should. */

export const SILENCE_REMEDY =
  'is it running? check the network, a proxy or firewall, and the address in the configuration';

const REMEDIES: Partial<Record<FailureKind, string>> = {
  auth: 'check the key: is the variable the right one, is the key still valid?',
  plan: 'the key’s plan lacks this: upgrade, or switch the source off',
  limit: 'wait, and lower sources.*.limits if other programs use the same key',
  quota: 'wait for the next day or month, or raise ttlMs to ask less often',
  blocked: 'the provider turns this address away: another network, or switch the source off',
  unknownSymbol: 'the provider does not know that symbol: its other symbols may work',
};

/** The same for a source that the configuration itself describes. */
const DECLARED_REMEDIES: Partial<Record<FailureKind, string>> = {
  blocked: 'it answered with a page for people: is http.url the address of its API, and does it want a key?',
  badRequest: 'hold http.url and http.headers against what the provider documents',
  noData: 'hold http.answer.records and http.answer.symbol against the answer',
  badPayload:
    'hold http.answer against the answer: its pointers lead on from a record, numbers stand as JSON writes them, a time stands in the unit that is named',
  mismatch: 'hold http.symbols, http.answer.symbol and the currency of http.answer.price against the answer',
  redirect: 'write the address it leads to into http.url',
};

export function remedyFor(kind: FailureKind, isDeclared: boolean): string {
  const declared = isDeclared ? DECLARED_REMEDIES[kind] : undefined;
  return declared ?? REMEDIES[kind] ?? 'see the provider’s status page';
}
