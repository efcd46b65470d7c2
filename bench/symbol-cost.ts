import { parseArgs } from 'node:util';
import { percentile } from '../lab/critical-path.ts';
import type { Http, HttpResponse } from '../src/core/http.ts';
import { instrumentOf } from '../src/core/instrument.ts';
import { createMemoryLedger } from '../src/ledger/memory/ledger.ts';
import { createEngine, issueLines, loadConfigText } from '../src/main.ts';
import { createSeededRandom } from '../src/platform/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from '../src/platform/virtual-clock.ts';
import { Metrics } from '../src/telemetry/metrics/metrics.ts';
import { bodyOf } from './scale-answers.ts';
import { scaleSymbols } from './scale-market.ts';
import { DESK_IDS, DESKS, SCORERS } from './scale-sources.ts';

/**
 * What an unchanged symbol costs and one that is weighed anew, without a network: the sources of `bench/scale.ts` answer
 * in this process after 40 ms of virtual time, and what that takes is not counted.
 *
 * With scores that are hardly ever renewed (`--score-ttl-ms 21600000`) most cycles between two closed bars weigh nobody:
 * their median is what a look costs.
 *
 *     node bench/symbol-cost.ts --symbols 2000 --mode planner --cycles 36
 */

const { values: args } = parseArgs({
  options: {
    symbols: { type: 'string', default: '2000' },
    mode: { type: 'string', default: 'planner' },
    cycles: { type: 'string', default: '36' },
    'score-ttl-ms': { type: 'string', default: '300000' },
  },
});

const CYCLE_MS = 5_000;
const LATENCY_MS = 40;
/** Fewer weighed anew do not show in a cycle. */
const CALM_SHARE = 0.01;
/** After every symbol has a decision: the bars of a minute have come once. */
const SETTLING_CYCLES = 12;
const EVERYONE = { changeGate: false, opinionReuse: false, decidedVote: false } as const;

type Sample = { readonly weighed: number; readonly cpuMs: number };

/** Counts its own time, so that it can be taken off. */
function answering(clock: VirtualClock) {
  const spent = { cpuMs: 0 };
  const http: Http = {
    send: async ({ url }) => {
      await clock.sleepUntil(clock.nowMs() + LATENCY_MS);
      const before = process.cpuUsage();
      const asked = new URL(url);
      const receivedAtMs = clock.nowMs();
      const body = bodyOf(asked.hostname, asked, receivedAtMs);
      const response: HttpResponse = { status: 200, headers: {}, body, receivedAtMs };
      spent.cpuMs += cpuMsSince(before);
      return { kind: 'response', response };
    },
    close: async () => {},
  };
  return { http, spent };
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function configOf(symbols: number, mode: string) {
  const at = (id: string) => ({ baseUrl: `https://${id}` });
  const desks = DESK_IDS.map((id) => [id, { analyst: 'ensemble', ...at(id) }] as const);
  const scorers = SCORERS.map(
    ({ id, ...scorer }) => [id, { ...scorer, ttlMs: Number(args['score-ttl-ms']), ...at(id) }] as const,
  );
  const file = {
    symbols: ['BTC-USD'],
    sources: Object.fromEntries<unknown>([...desks, ...scorers]),
    watch: { crypto: DESK_IDS },
    flags: mode === 'everyone' ? EVERYONE : {},
  };
  const loaded = loadConfigText(JSON.stringify(file), {}, DESKS);
  if (loaded.kind !== 'ok') throw new Error(issueLines(loaded.issues).join('\n'));
  return { ...loaded.config, symbols: scaleSymbols(symbols).map(instrumentOf) };
}

async function measure(symbols: number, mode: string, cycles: number): Promise<Sample[]> {
  const clock = createVirtualClock(Date.parse('2026-01-14T15:00:00Z'));
  const { http, spent } = answering(clock);
  const { engine, live } = await createEngine({
    config: configOf(symbols, mode),
    configVersion: 'cost',
    label: { kind: 'SIMULATED', seed: 'cost' },
    sources: DESKS,
    clock,
    random: createSeededRandom('cost'),
    http,
    ledger: createMemoryLedger(),
    memory: null,
    redact: (text) => text,
    onLedgerFailure: (error) => console.error(error),
    meter: new Metrics(),
  });
  const samples: Sample[] = [];
  let certificates: readonly unknown[] = [];
  let settledIn = Number.POSITIVE_INFINITY;
  while (samples.length < cycles) {
    const slotAtMs = clock.nowMs() - (clock.nowMs() % CYCLE_MS) + CYCLE_MS;
    await clock.advanceTo(slotAtMs);
    spent.cpuMs = 0;
    const before = process.cpuUsage();
    const run = engine.runCycle(slotAtMs);
    await clock.advanceTo(slotAtMs + CYCLE_MS - 1);
    await run;
    const cpuMs = cpuMsSince(before) - spent.cpuMs;
    const decisions = live.decisions();
    const weighed = decisions.filter(({ certificate }, index) => certificate !== certificates[index]).length;
    certificates = decisions.map(({ certificate }) => certificate);
    settledIn -= 1;
    if (settledIn < 0) samples.push({ weighed, cpuMs });
    const isWarm = decisions.every(({ kind }) => kind !== 'ABSTAIN');
    if (isWarm && settledIn === Number.POSITIVE_INFINITY) settledIn = SETTLING_CYCLES;
  }
  return samples;
}

const symbols = Number(args.symbols);
const samples = await measure(symbols, args.mode, Number(args.cycles));
const mean = (of: (sample: Sample) => number) =>
  samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
const [weighed, cpuMs] = [mean((s) => s.weighed), mean((s) => s.cpuMs)];
const spread = mean((s) => (s.weighed - weighed) ** 2);
const slopeMs = mean((s) => (s.weighed - weighed) * (s.cpuMs - cpuMs)) / spread;
const unchangedUs = ((cpuMs - slopeMs * weighed) / symbols) * 1e3;
console.log(
  `${symbols} symbols, ${args.mode}: ${cpuMs.toFixed(0)} ms of CPU a cycle, ${weighed.toFixed(0)} weighed anew; ` +
    `a symbol that is not ${unchangedUs.toFixed(1)} us, one that is ${(slopeMs * 1e3).toFixed(0)} us more`,
);
const calm = samples.filter((s) => s.weighed < CALM_SHARE * symbols).map((s) => s.cpuMs);
const calmMs = percentile(calm, 0.5);
if (calmMs !== null)
  console.log(
    `${calm.length} cycles that weighed hardly any: ${((calmMs / symbols) * 1e3).toFixed(1)} us per symbol`,
  );
process.exit(0);
