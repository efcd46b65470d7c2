import { sessionAt } from '../../src/index.ts';
import type { StockSession } from './market.ts';

/** In every season regular trading of the New York Stock Exchange, half days included, is on at 15:00 UTC. */
const MIDWAY_MS = 15 * 3_600_000;

export const xnysSession: StockSession = (dayStartMs) => {
  const { phase, opensAtMs, closesAtMs } = sessionAt('stock', dayStartMs + MIDWAY_MS);
  if (phase !== 'open' || opensAtMs === null || closesAtMs === null) return null;
  return { openAtMs: opensAtMs, closeAtMs: closesAtMs };
};
