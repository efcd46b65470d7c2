import { type Distortion, UNDISTORTED } from './emulators/core/distortion.ts';
import type { Disturbance, Interruption } from './emulators/core/emulator.ts';
import type { LabLimit } from './emulators/core/limit-gate.ts';
import type { LabResponse } from './emulators/core/wire.ts';

/** What can be wrong. Numbers in brackets are faults of the list of 50 that the names stand for. */
export type FaultKind =
  /** Connections are refused (13). */
  | { readonly kind: 'dead' }
  /** Accepts and sends nothing (12). */
  | { readonly kind: 'hang' }
  /** The connection breaks in the middle of the body (11). */
  | { readonly kind: 'reset' }
  /** Headers in time, the body never ends. */
  | { readonly kind: 'trickle' }
  /** The provider's own server error (10). */
  | { readonly kind: 'error500' }
  /** The provider's own refusal, whatever the client did (1, 2, 6); without Retry-After where that is null. */
  | { readonly kind: 'limit'; readonly retryAfterS: number | null }
  /** An IP ban: the provider's own, or 418 (3). */
  | { readonly kind: 'ban'; readonly retryAfterS: number }
  /** 200 with nothing but a text about limits (4). */
  | { readonly kind: 'limitIn200' }
  /** A firewall's page (9). */
  | { readonly kind: 'html403' }
  /** 200 with a body that is no JSON (16). */
  | { readonly kind: 'garbage' }
  /** 200 with half of the body (11). */
  | { readonly kind: 'truncated' }
  /** Another instrument is answered than was asked for. */
  | { readonly kind: 'wrongSymbol' }
  /** Prices times a factor: 100 for a wrong unit (20), 1.3 for an outlier (21). */
  | { readonly kind: 'priceFactor'; readonly factor: number }
  /** Times of data lie this far ahead, or behind where negative (39). */
  | { readonly kind: 'timeShift'; readonly ms: number }
  /** The answer of `fromMs` for ever, with a fresh 200 (33). */
  | { readonly kind: 'stale'; readonly fromMs: number }
  /** The price of `fromMs` stands still while its time goes on: a halt, or a dead feed (38, 41). */
  | { readonly kind: 'frozen'; readonly fromMs: number }
  /** Only this share of every limit holds, 0..1, and nothing says so (8). */
  | { readonly kind: 'limitShare'; readonly share: number }
  /** Answers take so many times longer. */
  | { readonly kind: 'slow'; readonly factor: number };

export type Fault = FaultKind & {
  /** Unix ms, inclusive; from the beginning when left out. */
  readonly fromMs?: number;
  /** Unix ms, exclusive; for ever when left out. */
  readonly toMs?: number;
  /** Faults of data only: the instruments that suffer; all when left out. */
  readonly instrumentIds?: readonly string[];
};

/** A limit nobody stays under: what a fault's refusal speaks of. */
const PLANNED: LabLimit = {
  name: 'fault',
  max: 0,
  windowMs: 60_000,
  counting: 'fixed',
  unit: 'requests',
  refusal: 'limit',
};

/** All that is wrong at `nowMs`, or null. Of several interruptions the first in the plan wins; the rest add up. */
export function disturbanceOf(faults: readonly Fault[], nowMs: number): Disturbance | null {
  const active = faults.filter(
    ({ fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }) =>
      fromMs <= nowMs && nowMs < toMs,
  );
  if (active.length === 0) return null;
  let instead: Interruption | null = null;
  let spoil: Disturbance['spoil'] = null;
  let slowFactor = 1;
  let limitShare = 1;
  for (const fault of active) {
    instead ??= interruptionOf(fault);
    spoil ??= spoilOf(fault);
    if (fault.kind === 'slow') slowFactor *= fault.factor;
    if (fault.kind === 'limitShare') limitShare *= fault.share;
  }
  return { instead, spoil, slowFactor, limitShare, distortionOf: (id) => distortionOf(active, id) };
}

function interruptionOf(fault: Fault): Interruption | null {
  switch (fault.kind) {
    case 'dead':
      return { kind: 'fate', fate: 'refused' };
    case 'hang':
      return { kind: 'fate', fate: 'hang' };
    case 'error500':
      return { kind: 'refusal', refusal: { kind: 'down' }, headers: {} };
    case 'limit': {
      const { retryAfterS } = fault;
      const refusal = { kind: 'limit', limit: PLANNED, retryAfterMs: (retryAfterS ?? 0) * 1_000 } as const;
      return {
        kind: 'refusal',
        refusal,
        headers: retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) },
      };
    }
    case 'ban': {
      const headers = { 'content-type': 'application/json', 'retry-after': String(fault.retryAfterS) };
      const body = '{"code":-1003,"msg":"Way too many requests; IP banned."}';
      return { kind: 'response', response: { status: 418, headers, body }, refusal: 'ban' };
    }
    case 'limitIn200': {
      const body =
        '{"Information":"Thank you for using this API! You have reached the rate limit of your plan."}';
      const response = { status: 200, headers: { 'content-type': 'application/json' }, body };
      return { kind: 'response', response, refusal: 'limit' };
    }
    case 'html403': {
      const body =
        '<!DOCTYPE html><html><head><title>Access denied</title></head><body>Request blocked.</body></html>';
      const response = { status: 403, headers: { 'content-type': 'text/html' }, body };
      return { kind: 'response', response, refusal: null };
    }
    default:
      return null;
  }
}

function spoilOf(fault: Fault): Disturbance['spoil'] {
  switch (fault.kind) {
    case 'garbage':
      return ({ response, ...served }) => ({
        ...served,
        response: { ...response, body: '\u0000\u0001}{]["price":,,NaN' },
      });
    case 'truncated':
      return ({ response, ...served }) => ({ ...served, response: halved(response) });
    case 'reset':
    case 'trickle': {
      const { kind } = fault;
      return (served) => ({ ...served, fate: kind });
    }
    default:
      return null;
  }
}

function halved(response: LabResponse): LabResponse {
  return { ...response, body: response.body.slice(0, Math.floor(response.body.length / 2)) };
}

function distortionOf(active: readonly Fault[], instrumentId: string): Distortion {
  let distortion = UNDISTORTED;
  for (const fault of active) {
    if (fault.instrumentIds?.includes(instrumentId) ?? true) distortion = distorted(distortion, fault);
  }
  return distortion;
}

function distorted(distortion: Distortion, fault: Fault): Distortion {
  switch (fault.kind) {
    case 'wrongSymbol':
      return { ...distortion, wrongSymbol: true };
    case 'priceFactor':
      return { ...distortion, priceFactor: distortion.priceFactor * fault.factor };
    case 'timeShift':
      return { ...distortion, eventShiftMs: distortion.eventShiftMs + fault.ms };
    case 'stale':
      return { ...distortion, stuckAtMs: fault.fromMs };
    case 'frozen':
      return { ...distortion, frozenAtMs: fault.fromMs };
    default:
      return distortion;
  }
}
