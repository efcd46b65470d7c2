import type { Bar } from '../core/bar.ts';
import { GATE_DEFAULTS, OUTCOME_DEFAULTS } from '../core/options.ts';
import type { Side, Signal } from '../core/signal.ts';
import type { Finding, WalkOptions, WalkRules } from './outcome-walk.ts';
import { OutcomeWalk } from './outcome-walk.ts';

export const MINUTE_MS = 60_000;

export const RULES: WalkRules = {
  gapMsMax: OUTCOME_DEFAULTS.gapMsMax,
  frozenMsMax: GATE_DEFAULTS.frozenMsMax.stock,
  jumpMax: GATE_DEFAULTS.jumpMax,
};

/** A signal of which only what an outcome rests on is said. */
export function signalOf(
  instrumentId: string,
  side: Side,
  levels: Pick<Signal, 'entry' | 'target' | 'stop' | 'openedAtMs' | 'expiresAtMs'>,
): Signal {
  return {
    id: `${instrumentId}-${levels.openedAtMs}-${side}`,
    instrumentId,
    side,
    cycle: 1,
    currency: 'USD',
    regime: 'trend',
    confidence: 0.5,
    explanation: '',
    shares: [],
    configVersion: 'v1',
    ...levels,
  };
}

export type Told = {
  readonly bars: readonly Bar[];
  readonly flip?: { readonly atMs: number; readonly price: number } | null;
  readonly nowMs: number;
  readonly rules?: WalkRules;
};

/** All at once: what a walk finds that is told everything up to `nowMs`. */
export function walked(options: WalkOptions, { bars, flip, nowMs, rules = RULES }: Told): Finding | null {
  const walk = new OutcomeWalk(options);
  if (flip !== null && flip !== undefined) walk.flip(flip.atMs, flip.price);
  for (const bar of bars) if (bar.openAtMs + bar.intervalMs <= nowMs) walk.feed(bar, rules);
  walk.wait(nowMs, rules);
  return walk.finding;
}
