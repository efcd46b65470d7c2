import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../lab/critical-path.ts';
import { commitText, machineText } from '../lab/provenance.ts';
import type { SignalOutcome } from '../src/core/outcome.ts';
import { SLICE_DIMENSIONS, type StatisticsQuery, type TrackRecord } from '../src/core/track-record.ts';
import {
  CONFIG_VERSION,
  CYCLE_MS,
  opened,
  resolved,
  sampleRecord,
  slotAtMs,
} from '../src/ledger/sample.testing.ts';
import { openSqliteLedger } from '../src/ledger/sqlite/ledger.ts';
import { trackRecordOf } from '../src/main.ts';
import { createSystemClock } from '../src/platform/system-clock.ts';

/**
 * What statistics over many outcomes cost: reading them from the record once after a start, each question that was not
 * asked before, and how long the process belongs to nobody else meanwhile.
 *
 *     node bench/statistics.ts --outcomes 100000
 */

const { values: args } = parseArgs({ options: { outcomes: { type: 'string', default: '100000' } } });

const outcomes = Number(args.outcomes);
const SYMBOLS = Array.from(
  { length: 100 },
  (_, i) => `S${String.fromCharCode(65 + (i % 26), 65 + Math.floor(i / 26))}`,
);
const SIGNALS_PER_CYCLE = 50;
const DAYS = 250;
const STARTS = 5;
const WATCH_EVERY_MS = 1;

const clock = createSystemClock();
const folder = mkdtempSync(join(tmpdir(), 'sextant-statistics-bench-'));
const path = join(folder, 'ledger.db');

/** Signals open in one cycle and have their outcome in the next; the cycles lie evenly over the days. */
async function fill(): Promise<void> {
  const ledger = await openSqliteLedger({ path, mode: 'readWrite', isRepeatable: true });
  const label = { kind: 'SIMULATED', seed: 'bench' } as const;
  await ledger.appendConfig({ version: CONFIG_VERSION, atMs: slotAtMs(0), label, config: {} });
  const rounds = Math.ceil(outcomes / SIGNALS_PER_CYCLE);
  const apart = Math.max(2, Math.floor((DAYS * 86_400_000) / CYCLE_MS / rounds));
  for (let round = 0; round < rounds; round += 1) {
    const first = 1 + round * apart;
    const some = SYMBOLS.filter((_, index) => index % 2 === round % 2);
    const sideOf = (index: number) => ((index + round) % 3 === 0 ? 'SELL' : 'BUY');
    const events = some.map((id, index) => opened(id, sideOf(index), first));
    const found = some.map((id, index): SignalOutcome => {
      const outcome = resolved(id, sideOf(index), first, first + 1);
      const way = (index * 7 + round * 3) % 5 < 3 ? 1 : -1;
      return { ...outcome, netReturn: way * outcome.netReturn };
    });
    await ledger.append(sampleRecord(first, [], {}, events));
    await ledger.append(sampleRecord(first + 1, [], {}, [], found));
  }
  await ledger.close();
}

type Timed = { readonly ms: number; readonly stallMs: number };

/** How long it took, and for how long at most nobody else had the process. */
async function timed(run: () => Promise<unknown>): Promise<Timed> {
  let seenMs = clock.elapsedMs();
  let stallMs = 0;
  const look = setInterval(() => {
    stallMs = Math.max(stallMs, clock.elapsedMs() - seenMs - WATCH_EVERY_MS);
    seenMs = clock.elapsedMs();
  }, WATCH_EVERY_MS);
  const startedMs = clock.elapsedMs();
  await run();
  const ms = clock.elapsedMs() - startedMs;
  clearInterval(look);
  return { ms, stallMs: Math.max(stallMs, clock.elapsedMs() - seenMs - WATCH_EVERY_MS) };
}

const QUESTIONS: readonly { readonly name: string; readonly query: StatisticsQuery }[] = [
  ...SLICE_DIMENSIONS.map((by) => ({ name: `by ${by}`, query: { by } })),
  { name: 'of one side', query: { side: 'BUY' } },
  { name: 'of one symbol', query: { instrumentId: SYMBOLS[0] ?? '' } },
  {
    name: 'of the newer half, by regime',
    query: { fromMs: slotAtMs(0) + (DAYS / 2) * 86_400_000, by: 'regime' },
  },
];

async function afterStart(found: Map<string, Timed[]>): Promise<void> {
  const ledger = await openSqliteLedger({ path, mode: 'readOnly' });
  const note = (name: string, one: Timed): void => void found.set(name, [...(found.get(name) ?? []), one]);
  const record: TrackRecord = trackRecordOf(ledger, 'SIMULATED');
  note('first after a start', await timed(() => record.statistics({})));
  for (const { name, query } of QUESTIONS) note(name, await timed(() => record.statistics(query)));
  note('asked before', await timed(() => record.statistics({})));
  await ledger.close();
}

try {
  await fill();
  console.log(
    `# ${outcomes.toLocaleString('en-US')} outcomes, ${SYMBOLS.length} symbols, ${DAYS} days; ${machineText()}; commit ${commitText()}`,
  );
  const found = new Map<string, Timed[]>();
  for (let start = 0; start < STARTS; start += 1) await afterStart(found);
  console.log('\n| question | median, ms | longest stretch, ms |\n| --- | --- | --- |');
  for (const [name, all] of found)
    console.log(
      `| ${name} | ${(
        percentile(
          all.map(({ ms }) => ms),
          0.5,
        ) ?? Number.NaN
      ).toFixed(1)} | ${Math.max(...all.map(({ stallMs }) => stallMs)).toFixed(1)} |`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
