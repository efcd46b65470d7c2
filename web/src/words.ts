import type {
  AbstainReason,
  DataLabel,
  DecisionKind,
  FailureKind,
  LiveSource,
  Regime,
  SignalEnd,
  UnresolvedReason,
} from '../../src/api/contract.ts';

/** Codes in words. Typed by the contract: a new code without words does not compile. */

export const DECISION_ICONS: Record<DecisionKind, string> = { BUY: '▲', SELL: '▼', HOLD: '■', ABSTAIN: '○' };

export const ABSTAIN_WORDS: Record<AbstainReason, string> = {
  noSources: 'No source may vote on it now',
  marketClosed: 'The market is closed',
  noPrice: 'No source gives a price',
  unconfirmedPrice: 'The price is not confirmed by a second operator',
  stalePrice: 'The newest price is too old',
  priceDisagreement: 'The sources disagree on the price',
  halted: 'The price stands still: halted or frozen',
  discontinuity: 'The price jumped further than trading explains',
  noRegime: 'Too few closed bars to judge the market',
  noQuorum: 'Too little weight answered',
  oneOperator: 'Too few independent operators agree',
  fault: 'Sextant itself failed: a bug',
};

const FAILURE_WORDS: Record<FailureKind, string> = {
  limit: 'too many requests',
  quota: 'allowance used up',
  auth: 'key not accepted',
  plan: 'not in the plan',
  blocked: 'turned away',
  unknownSymbol: 'unknown symbol',
  badRequest: 'malformed request',
  down: 'server error',
  noData: 'no data',
  badPayload: 'unreadable answer',
  mismatch: 'answered something else',
  timeout: 'too slow',
  connection: 'connection broke',
  tooLarge: 'answer too large',
  redirect: 'redirected',
  rateLimited: 'held back for the limit',
  deadline: 'held back, too late',
  budget: 'held back for the budget',
  breakerOpen: 'held back after failures',
  parked: 'symbol refused before',
  disabled: 'switched off',
  notRecorded: 'not recorded',
};

/** What the gates and the vote say beside the gateway's failures. */
const LEFT_OUT_WORDS = {
  stale: 'data too old',
  stalePrice: 'price too old',
  futurePrice: 'price from the future',
  priceDisagreement: 'price far from the others',
};

const NOT_COUNTED = new Map<string, string>(Object.entries({ ...FAILURE_WORDS, ...LEFT_OUT_WORDS }));

/** Why a source does not count; a code without words is shown as it is. */
export const leftOutWords = (reason: string): string => NOT_COUNTED.get(reason) ?? reason;

export const STATE_WORDS: Record<LiveSource['state'], { readonly icon: string; readonly words: string }> = {
  unasked: { icon: '○', words: 'not asked yet' },
  ok: { icon: '●', words: 'ok' },
  limited: { icon: '◐', words: 'limited' },
  quota: { icon: '◐', words: 'quota used up' },
  auth: { icon: '✕', words: 'key refused' },
  blocked: { icon: '✕', words: 'blocked' },
  failing: { icon: '✕', words: 'failing' },
  disabled: { icon: '○', words: 'switched off' },
};

export const REGIME_WORDS: Record<Regime, string> = {
  trend: 'trending',
  range: 'ranging',
  volatile: 'volatile',
  crisis: 'crisis',
};

export const END_WORDS: Record<SignalEnd, string> = {
  flip: 'turned round',
  target: 'target reached',
  stop: 'stopped out',
  expiry: 'expired',
};

/** Why nobody can say what came of a signal. */
export const UNRESOLVED_WORDS: Record<UnresolvedReason, string> = {
  gap: 'bars are missing',
  halt: 'trading stood still',
  split: 'prices no longer compare',
  noBars: 'no bars came',
};

export const LABEL_WORDS: Record<DataLabel['kind'], string> = {
  LIVE: 'live prices',
  SIMULATED: 'SIMULATED prices',
  REPLAY: 'REPLAY of recorded prices',
};
