import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Fault } from '../lab/faults.ts';
import { demoLab, generatedMarket, readFaults } from '../src/cli/demo-lab.ts';
import { startDemoService } from '../src/cli/demo-service.ts';
import type { Decision } from '../src/core/decision.ts';
import { ASK_SHARE_OF_CYCLE, type Config } from '../src/core/options.ts';
import { loadConfigText, profileText } from '../src/main.ts';

/** Goal: one provider that dies, hangs, refuses or lies costs its own vote and nothing else, and is named. */

const SYMBOLS = ['AAPL', 'MSFT', 'BTC-USD', 'ETH-USD'];
const CYCLES = 6;
/** Beyond the deadline: what counting, the record and a busy machine take. */
const SLACK_MS = 1_000;
/** A Monday at 16:00 UTC, an hour and a half after the opening. */
const MONDAY_MS = Date.UTC(2026, 0, 12, 16);

const folder = mkdtempSync(join(tmpdir(), 'sextant-faults-'));
const table: string[][] = [['fault', 'named as', 'decisions made/due', 'of them votes', 'longest cycle']];
afterAll(() => {
  rmSync(folder, { recursive: true });
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  console.log(lines.join('\n'));
});

/** What `sextant demo` runs on, with fewer symbols; emulated providers take any key. */
function config(name: string): { readonly config: Config; readonly version: string } {
  const text = profileText('demo')?.replace(/^symbols: .*$/m, `symbols: [${SYMBOLS.join(', ')}]`) ?? '';
  const loaded = loadConfigText(text, new Proxy({}, { get: () => 'key' }));
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
  const ledger = { path: join(folder, `${name}.db`) };
  return { ...loaded, config: { ...loaded.config, ledger, server: { ...loaded.config.server, port: 0 } } };
}

/** Some cycles of the real service while providers are at fault as planned. */
async function suffer(name: string, faults: ReadonlyMap<string, Fault>, cycles: number) {
  const { config: configured, version } = config(name);
  const { cycleMs } = configured;
  const providers = configured.sources.map(({ id }) => id);
  const { market, startAtMs } = generatedMarket('faults', SYMBOLS, MONDAY_MS);
  const lab = demoLab({ market, seed: 'faults', providers, faults, instant: true });
  const demo = await startDemoService({
    config: configured,
    configVersion: version,
    lab,
    startAtMs,
    leaps: true,
  });
  const { service, clock } = demo;
  try {
    const byCycle: (readonly Decision[])[] = [];
    let longestMs = 0;
    for (let slotAtMs = startAtMs + cycleMs; byCycle.length < cycles; slotAtMs += cycleMs) {
      clock.jumpTo(slotAtMs);
      await service.runCycle(slotAtMs);
      longestMs = Math.max(longestMs, service.live.state().lastCycleTookMs ?? 0);
      byCycle.push(service.live.decisions());
    }
    const rows = await service.ledger.decisions({ limit: 500 });
    return {
      state: service.live.state(),
      recorded: rows.map(({ decision }) => decision),
      /** What stood after each cycle, in order of the symbols. */
      byCycle,
      longestMs,
      deadlineMs: ASK_SHARE_OF_CYCLE * cycleMs,
    };
  } finally {
    await demo.close();
  }
}

/** Per fault: the names it may go by. A source that has failed a few times is no longer asked. */
const CASES: readonly (readonly [source: string, fault: string, names: readonly string[]])[] = [
  ['alpaca', 'dead', ['connection', 'breakerOpen']],
  ['alpaca', 'hang', ['timeout', 'breakerOpen']],
  ['alpaca', 'limit', ['limit', 'rateLimited']],
  ['alpaca', 'garbage', ['badPayload', 'breakerOpen']],
  ['alpaca', 'wrong-symbol', ['mismatch', 'noData', 'breakerOpen']],
  ['alpaca', 'x100', ['priceDisagreement', 'mismatch', 'badPayload']],
  ['alpaca', 'future', ['futurePrice', 'mismatch', 'badPayload', 'noData']],
  ['coinbase', 'wrong-symbol', ['mismatch']],
  ['coinbase', 'x100', ['mismatch', 'badPayload']],
  ['coinbase', 'future', ['mismatch', 'badPayload', 'noData']],
  ['xai', 'dead', ['connection', 'breakerOpen']],
  ['xai', 'hang', ['timeout', 'breakerOpen']],
  ['xai', 'limit', ['limit', 'rateLimited']],
  ['xai', 'garbage', ['badPayload', 'breakerOpen']],
  ['xai', 'wrong-symbol', ['mismatch', 'noData', 'breakerOpen']],
];

describe('one provider at fault: the others go on', () => {
  test.each(CASES)('%s %s', { timeout: 60_000 }, async (source, fault, names) => {
    const faults = readFaults([`${source}=${fault}`], MONDAY_MS);
    const { state, recorded, byCycle, longestMs, deadlineMs } = await suffer(
      `${source}-${fault}`,
      faults,
      CYCLES,
    );
    const named = new Set(
      recorded.flatMap(({ leftOut }) =>
        leftOut.filter(({ sourceId }) => sourceId === source).map(({ reason }) => reason),
      ),
    );
    const voting = byCycle.flat().filter(({ kind }) => kind !== 'ABSTAIN').length;
    const { decisionsMade, decisionsDue } = state;
    const longest = `${Math.round(longestMs)} ms`;
    const figures = [`${decisionsMade}/${decisionsDue}`, String(voting), longest];
    table.push([`${source} ${fault}`, [...named].join(', '), ...figures]);

    expect(decisionsDue).toBe(CYCLES * SYMBOLS.length);
    expect(decisionsMade).toBe(decisionsDue);
    expect(longestMs).toBeLessThan(deadlineMs + SLACK_MS);
    // In the first cycle, where all bars are still to be fetched, a source that hangs may cost the rest too much time.
    const abstained = byCycle.slice(1).flatMap((all) => all.filter(({ kind }) => kind === 'ABSTAIN'));
    expect(abstained).toEqual([]);
    expect(named.size).toBeGreaterThan(0);
    expect([...named].filter((reason) => !names.includes(reason))).toEqual([]);
    for (const { price, votes } of [...recorded, ...byCycle.flat()]) {
      expect(price?.agreeing ?? []).not.toContain(source);
      expect(votes.map(({ sourceId }) => sourceId)).not.toContain(source);
    }
  });

  test('a price that lies for a while counts before and after, never meanwhile', async () => {
    const [fromMs, toMs] = [MONDAY_MS + 120_000, MONDAY_MS + 240_000];
    const lie: Fault = { kind: 'priceFactor', factor: 100, fromMs, toMs };
    const { byCycle } = await suffer('for-a-while', new Map([['alpaca', lie]]), 72);
    const agreed = byCycle.flat().map(({ atMs, price }) => ({
      lying: atMs >= fromMs && atMs < toMs,
      counted: price?.agreeing.includes('alpaca') ?? false,
    }));
    expect(agreed.filter(({ lying }) => lying).length).toBeGreaterThan(0);
    expect(agreed.filter(({ lying, counted }) => lying && counted)).toEqual([]);
    expect(agreed.filter(({ lying, counted }) => !lying && !counted)).toEqual([]);
  });
});
