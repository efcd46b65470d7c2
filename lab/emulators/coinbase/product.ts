import type { MarketPrice } from '../../market/market.ts';
import type { Call } from '../core/provider.ts';

export type Found = { readonly id: string; readonly quote: MarketPrice };

/** The product asked for, spelled as in the lab; null when it is unknown. */
export function found(call: Call, asked: string): Found | null {
  const id = call.look.subject(asked);
  const quote = id === null ? null : call.look.quote(id);
  return id === null || quote === null || !id.includes('-') ? null : { id, quote };
}

/** Size of the last trade. */
export function sizeOf(call: Call, id: string): string {
  return (0.001 + 0.1 * call.look.chance(id, 1, 5_000)).toFixed(8);
}
