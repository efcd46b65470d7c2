import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLedger } from '../src/ledger/memory/ledger.ts';
import { createReplayRecord, loadConfigText, readBarSet, replayBars, replayConfig } from '../src/main.ts';

/** The replay over the bars of a file: `node replay-process.ts BARS FIRST COUNT isInMemory`. */

const CONFIG = JSON.stringify({
  symbols: ['BTC-USD'],
  sources: {
    coinbase: { analyst: 'trend' },
    kraken: { analyst: 'momentum' },
    yahoo: { analyst: 'meanReversion' },
  },
});

const [, , file = '', firstBar = '0', count = '0', isInMemory] = process.argv;
const header = 'symbol,ts,open,high,low,close,volume\n';
const read = readBarSet([{ name: file, text: header + readFileSync(file, 'utf8') }]);
const loaded = loadConfigText(CONFIG, {});
if (read.kind === 'invalid' || loaded.kind === 'invalid')
  throw new RangeError(JSON.stringify([read, loaded]));
const { bars } = read;
const folder = mkdtempSync(join(tmpdir(), 'sextant-bench-'));
const ledger =
  isInMemory === 'true' ? createMemoryLedger() : await createReplayRecord(join(folder, 'replay.db'));
const [startedMs, startedCpu] = [performance.now(), process.cpuUsage()];
const totals = await replayBars({
  config: replayConfig(loaded.config, bars),
  bars,
  ledger,
  fromMs: bars.fromMs + (Number(firstBar) + 1) * bars.intervalMs,
  toMs: bars.fromMs + (Number(firstBar) + Number(count)) * bars.intervalMs,
});
await ledger.close();
const { user, system } = process.cpuUsage(startedCpu);
const figures = {
  bars: totals.cycles * bars.series.length,
  cpuS: (user + system) / 1e6,
  wallS: (performance.now() - startedMs) / 1_000,
  asked: totals.cycles * bars.series.length,
  faults: 0,
};
rmSync(folder, { recursive: true });
process.stdout.write(`\n${JSON.stringify(figures)}\n`);
