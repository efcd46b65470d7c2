import type { Provenance } from '../core/answer.ts';
import type { CacheEntry, ChangeRate } from '../core/cache.ts';
import type { Failure } from '../core/failure.ts';
import type { View } from '../core/question.ts';
import type { Lifetime } from './freshness.ts';

/** What the provider wants to be told to say that nothing has changed. */
export type Validators = Pick<CacheEntry, 'etag' | 'lastModified'>;

export type KeptView = Lifetime & {
  readonly kind: 'view';
  readonly view: View;
  readonly provenance: Provenance;
  /** Null where the provider named none. */
  readonly validators: Validators | null;
  readonly rate: ChangeRate | null;
};

export type KeptFailure = Lifetime & {
  readonly kind: 'failed';
  readonly failure: Failure;
  /** Unix ms. */
  readonly receivedAtMs: number;
  readonly rate: ChangeRate | null;
  /** How often in a row it has come, at least 1. */
  readonly failures: number;
};

/** A {@link CacheEntry} as memory holds it: small, for there is one for every symbol and source. */
export type KeptAnswer = KeptView | KeptFailure;

/** Unix ms. */
export function receivedAtMsOf(kept: KeptAnswer): number {
  return kept.kind === 'view' ? kept.provenance.receivedAtMs : kept.receivedAtMs;
}

export function keptView(
  { view, provenance }: Pick<KeptView, 'view' | 'provenance'>,
  { freshMs, renewMs, standInMs }: Lifetime,
  { etag, lastModified }: Validators,
  rate: ChangeRate | null,
): KeptView {
  const validators = etag === null && lastModified === null ? null : { etag, lastModified };
  return { kind: 'view', view, provenance, freshMs, renewMs, standInMs, validators, rate };
}

/** As another tier has kept it. */
export function keptFrom(entry: CacheEntry): KeptAnswer {
  const { result, receivedAtMs, freshUntilMs, renewUntilMs, standInUntilMs, rate, failures } = entry;
  const lifetime: Lifetime = {
    freshMs: Math.ceil(freshUntilMs - receivedAtMs),
    renewMs: Math.ceil(renewUntilMs - receivedAtMs),
    standInMs: Math.ceil(standInUntilMs - receivedAtMs),
  };
  if (result.kind === 'view') return keptView(result, lifetime, entry, rate);
  return { kind: 'failed', failure: result.failure, receivedAtMs, ...lifetime, rate, failures };
}

/** As another tier may keep it. */
export function entryOf(kept: KeptAnswer): CacheEntry {
  const receivedAtMs = receivedAtMsOf(kept);
  const { etag, lastModified } = (kept.kind === 'view' ? kept.validators : null) ?? NONE;
  return {
    result:
      kept.kind === 'view'
        ? { kind: 'view', view: kept.view, provenance: kept.provenance }
        : { kind: 'failed', failure: kept.failure },
    receivedAtMs,
    freshUntilMs: receivedAtMs + kept.freshMs,
    renewUntilMs: receivedAtMs + kept.renewMs,
    standInUntilMs: receivedAtMs + kept.standInMs,
    etag,
    lastModified,
    rate: kept.rate,
    failures: kept.kind === 'failed' ? kept.failures : 0,
  };
}

const NONE: Validators = { etag: null, lastModified: null };
