import type { Regime } from '../core/decision.ts';

export const MARKET_WORDS: Readonly<Record<Regime, string>> = {
  trend: 'a trending market',
  range: 'a ranging market',
  volatile: 'a volatile market',
  crisis: 'a market in crisis',
};

/** A score or a share of one, always with its sign: `+0.36`. */
export function scoreText(score: number): string {
  return `${score < 0 ? '-' : '+'}${Math.abs(score).toFixed(2)}`;
}

/** `alpaca`, `alpaca and yahoo`, `alpaca, xai and yahoo`. */
export function listText(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
