import { createLab } from '../lab/lab.ts';
import { GeneratedMarket } from '../lab/market/generated-market.ts';
import { xnysSession } from '../lab/market/xnys-session.ts';
import { startLabServer } from '../lab/server.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';
import { shiftedClock } from './shifted-clock.ts';

/** The providers of a benchmark in a process of their own, so that their work is not counted as the engine's. */
export type LabOrder = {
  readonly seed: string;
  readonly clockAheadMs: number;
  readonly symbols: readonly string[];
  readonly providers: readonly {
    readonly id: string;
    readonly plan?: string;
    readonly latencyMedianMs: number;
  }[];
};

const HISTORY_MS = 30 * 86_400_000;

async function start({ seed, clockAheadMs, symbols, providers }: LabOrder): Promise<void> {
  const clock = shiftedClock(createSystemClock(), clockAheadMs);
  const originMs = Math.floor((clock.nowMs() - HISTORY_MS) / 86_400_000) * 86_400_000;
  const market = new GeneratedMarket({ seed, instrumentIds: symbols, originMs, stockSession: xnysSession });
  const lab = createLab({ market, seed, providers });
  const { baseUrls } = await startLabServer(lab, clock);
  process.on('message', () => process.send?.({ counts: lab.counts() }));
  process.send?.({ baseUrls });
}

process.once('message', (order) => void start(order as LabOrder));
process.once('disconnect', () => process.exit(0));
