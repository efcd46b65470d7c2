import { keyOf, subkey } from '../lab/chance.ts';

/** The market of `bench/scale.ts`: prices and scores are functions of symbol and time, so that nobody has to keep any. */

const MINUTE_MS = 60_000;
const SLOT_MS = 5_000;
/** A score is worked out anew this often, each symbol's at a moment of its own. */
const SCORE_EVERY_MS = 300_000;
const KEY_MAX = 0x1_0000_0000;

/** `[openAtMs, open, high, low, close, volume]` */
export type BarRowText = readonly [number, number, number, number, number, number];

/** `S00000-USD` and so on: crypto, so that the market is open whenever the benchmark is run. */
export function scaleSymbols(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `S${String(index).padStart(5, '0')}-USD`);
}

/** In USD: 50 to 450, in slow waves of 0.4 % and small steps of up to 0.01 % every 5 s. */
export function priceAt(symbol: string, atMs: number): number {
  const index = indexOf(symbol);
  const slot = Math.floor(atMs / SLOT_MS);
  const angle = (slot * SLOT_MS) / 1_000_000 + index;
  const wave = 0.003 * Math.sin(angle) + 0.001 * Math.sin(3.7 * angle);
  const step = 0.0001 * (subkey(index, slot) / KEY_MAX);
  return round((50 + ((index * 7_919) % 40_000) / 100) * (1 + wave + step));
}

export function barAt(symbol: string, openAtMs: number): BarRowText {
  const open = priceAt(symbol, openAtMs);
  const close = priceAt(symbol, openAtMs + MINUTE_MS - SLOT_MS);
  const volume = 100 + (subkey(indexOf(symbol), openAtMs) % 900);
  return [openAtMs, open, Math.max(open, close), Math.min(open, close), close, volume];
}

/** What a source thinks of a symbol, -1 to 1, and since when (Unix ms). Those of one symbol lean the same way. */
export function scoreAt(
  sourceId: string,
  symbol: string,
  atMs: number,
): { readonly score: number; readonly atMs: number } {
  const phaseMs = keyOf(`${sourceId}${symbol}`) % SCORE_EVERY_MS;
  const sinceMs = Math.floor((atMs - phaseMs) / SCORE_EVERY_MS) * SCORE_EVERY_MS + phaseMs;
  const lean = Math.sin(keyOf(symbol) + sinceMs / 3_600_000);
  const own = keyOf(`${sourceId}${symbol}${sinceMs}`) / KEY_MAX - 0.5;
  return { score: Math.round(1e4 * (0.5 * lean + 0.5 * own)) / 1e4, atMs: sinceMs };
}

function indexOf(symbol: string): number {
  return Number(symbol.slice(1, 6));
}

function round(price: number): number {
  return Math.round(price * 1e4) / 1e4;
}
