import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../lab/lab.ts';
import { labBaseUrl, labHttp } from '../lab/lab-http.ts';
import { GeneratedMarket } from '../lab/market/generated-market.ts';
import { xnysSession } from '../lab/market/xnys-session.ts';
import { configCheck, configDiff, configHistory, configRollback, configShow } from '../src/cli/config.ts';
import type { Output } from '../src/cli/output.ts';
import { checkAgainstRecord, isOtherwise } from '../src/config-check.ts';
import type { Decision } from '../src/core/decision.ts';
import { createService, loadConfigText, openRecord } from '../src/main.ts';
import { createVirtualClock } from '../src/platform/virtual-clock.ts';

const START_MS = Date.UTC(2026, 0, 15, 15);
const RUN_MS = 30 * 60_000;
const CYCLE_MS = 30_000;
const SYMBOLS = ['BTC-USD', 'ETH-USD', 'SOL-USD'];
/** By id: the provider that it speaks to. */
const SOURCES: Readonly<Record<string, string>> = {
  coinbase: 'coinbase',
  kraken: 'kraken',
  yahoo: 'yahoo',
  another: 'kraken',
  third: 'coinbase',
};
const ANALYSTS = ['trend', 'meanReversion', 'momentum', 'breakout', 'trend'];

const folder = mkdtempSync(join(tmpdir(), 'sextant-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

function labOf(): Lab {
  const market = new GeneratedMarket({
    seed: 'check',
    instrumentIds: SYMBOLS,
    originMs: START_MS - 5 * 86_400_000 - (START_MS % 86_400_000),
    stockSession: xnysSession,
  });
  const providers = Object.entries(SOURCES).map(([id, kind]) => ({
    id,
    kind,
    unlimited: true,
    latencyMedianMs: 40,
  }));
  return createLab({ market, seed: 'check', providers });
}

/** Everyone is asked in every cycle, so that what was known does not depend on the weights. */
function fileOf(ledger: string, weights: readonly number[], theta: number): string {
  const lab = labOf();
  const sources = Object.entries(SOURCES).map(([id, kind], i) => {
    const baseUrl = labBaseUrl(lab, id).replace('http:', 'https:');
    return `  ${id}: { kind: ${kind}, baseUrl: "${baseUrl}", analyst: ${ANALYSTS[i]}, weight: ${weights[i]}, limits: [] }`;
  });
  return `
symbols: [${SYMBOLS.join(', ')}]
cycleMs: ${CYCLE_MS}
sources:
${sources.join('\n')}
consensus: { policy: fast, operatorsMin: 1 }
planner: { auditShare: 0 }
signals: { thresholds: { trend: ${theta}, range: ${theta}, volatile: ${theta}, crisis: ${theta} } }
ledger: { path: "${ledger}" }
server: { port: 0 }
log: { level: silent }
flags: { opinionReuse: off, changeGate: off, decidedVote: off }
`;
}

/** Runs for a while in virtual time; returns what stood after each cycle, by slot and symbol. */
async function run(text: string, path: string): Promise<Map<string, Decision>> {
  writeFileSync(path, text);
  const loaded = loadConfigText(text);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
  const clock = createVirtualClock(START_MS);
  const lab = labOf();
  const http = labHttp(lab, clock);
  const { config, version: configVersion } = loaded;
  const file = { path, text };
  const service = await createService({ config, configVersion, label: lab.market.label, clock, http, file });
  const stood = new Map<string, Decision>();
  service.live.onCommitted(() => {
    for (const decision of service.live.decisions())
      stood.set(`${decision.atMs} ${decision.instrumentId}`, decision);
  });
  const stop = new AbortController();
  const running = service.run(stop.signal);
  await clock.advanceTo(START_MS + RUN_MS);
  stop.abort();
  await clock.advanceTo(START_MS + RUN_MS + CYCLE_MS);
  await running;
  await service.close();
  return stood;
}

function collected(): Output & { readonly text: () => string } {
  const lines: string[] = [];
  return {
    isTerminal: false,
    columns: 200,
    line: (text) => void lines.push(text),
    note: (text) => void lines.push(text),
    json: (value) => void lines.push(JSON.stringify(value)),
    text: () => lines.join('\n'),
  };
}

describe('sextant config', () => {
  const ledger = join(folder, 'a.db');
  const file = join(folder, 'a.yaml');
  const other = join(folder, 'b.yaml');
  const before = fileOf(ledger, [1, 1, 1, 1, 1], 0.1);
  const after = fileOf(join(folder, 'b.db'), [9, 0.2, 5, 0.2, 0.5], 0.1);
  let lived: Map<string, Decision>;
  beforeAll(async () => {
    await run(before, file);
    lived = await run(after, other);
  }, 60_000);
  const options = { config: file };

  test('check says which recorded decisions other weights would have changed, and a live engine does exactly that', async () => {
    const record = await openRecord(ledger);
    const loaded = loadConfigText(after);
    if (loaded.kind === 'invalid') throw new Error('the other file is usable');
    const { replayed, changes } = await checkAgainstRecord(record, loaded.config, 0);
    await record.close();
    const held = replayed.flatMap(({ decision, now }) =>
      now.kind === 'decided' ? [{ decision, verdict: now.verdict }] : [],
    );
    expect(replayed.filter(({ now }) => now.kind === 'open')).toEqual([]);
    expect(held.length).toBeGreaterThan(20);
    expect(replayed.filter(isOtherwise).length).toBeGreaterThan(3);
    for (const { decision, verdict } of held) {
      const { kind, reason } = lived.get(`${decision.atMs} ${decision.instrumentId}`) ?? {};
      expect({ kind, reason }).toEqual(verdict);
    }
    expect(changes.map(({ path }) => path)).toContain('sources.coinbase.weight');
  });

  test('check prints them, and what needs a restart', async () => {
    const output = collected();
    const minutes = 60 * 24 * 365 * 100;
    await configCheck(other, { ...options, ledger, minutes }, output);
    expect(output.text()).toMatch(/sources\.coinbase\.weight +1 +9/);
    expect(output.text()).toMatch(/ledger\.path needs a restart/);
    expect(output.text()).toMatch(/of \d+ decisions of the last \d+ minutes [1-9]\d* would have been others/);
    expect(output.text()).toMatch(/2026-01-15 15:\d\d:\d\d +[A-Z]+-USD +(BUY|SELL|HOLD|ABSTAIN)/);
  });

  test('check without a record says so to programs in the shape that it has with one', async () => {
    const output = collected();
    const missing = { ...options, ledger: join(folder, 'none.db'), minutes: 60, json: true };
    await configCheck(other, missing, output);
    expect(JSON.parse(output.text())).toMatchObject({ against: null, changes: [], replayed: [] });
  });

  test('show, history and diff tell what was accepted', async () => {
    const [shown, listed, same] = [collected(), collected(), collected()];
    await configShow(options, shown);
    expect(shown.text()).toContain(before);
    await configHistory(options, listed);
    expect(listed.text()).toMatch(/\n1 +[0-9a-f]{12} +2026-01-15 15:00:\d\d +start/);
    await configDiff('1', '1', options, same);
    expect(same.text()).toBe('they mean the same');
    await expect(configDiff('1', '77', options, same)).rejects.toThrow(/no version "77"/);
  });

  test('rollback writes the file of a version back, and keeps what was there', async () => {
    writeFileSync(file, 'symbols: []');
    await configRollback('1', { ...options, ledger }, collected());
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readFileSync(`${file}.before-rollback`, 'utf8')).toBe('symbols: []');
    expect(existsSync(`${file}.new`)).toBe(false);
  });
});
