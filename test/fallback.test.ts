import { expect, test } from 'vitest';
import { NOON_MS, testLab } from '../lab/lab.testing.ts';
import { labBaseUrl, labHttp } from '../lab/lab-http.ts';
import { checkCertificate } from '../src/consensus/verify-certificate.ts';
import type { Decision } from '../src/core/decision.ts';
import { createMemoryLedger } from '../src/ledger/memory/ledger.ts';
import { loadConfigText } from '../src/main.ts';
import { createSeededRandom } from '../src/platform/seeded-random.ts';
import { createVirtualClock } from '../src/platform/virtual-clock.ts';
import { createEngine } from '../src/running-engine.ts';

const CYCLE_MS = 5_000;
/** Five seconds before a minute ends: what was said of its last bar holds for half a minute more. */
const DOWN_AT_MS = NOON_MS - 7_000 + 10 * 60_000 - 5_000;
const UP_AT_MS = DOWN_AT_MS + 60_000;
/** Beside what a cycle takes while all is well. */
const LATE_MS_MAX = 2_000;

const FILE = `
symbols: [AAPL]
sources:
  alpaca: { keys: { keyId: "\${K}", secret: "\${K}" }, backups: [{ source: yahoo, meaning: weaker }] }
  massive: { keys: { apiKey: "\${K}" } }
  twelve-data: { keys: { apiKey: "\${K}" }, limits: ["600/min"] }
  yahoo: { weight: 0 }
flags: { decidedVote: false }
`;

test.each([{ kind: 'dead' }, { kind: 'hang' }, { kind: 'error500' }] as const)(
  'a voter that is $kind for a minute: every decision comes in time, from its backup once its own opinion has run out, and from itself after its return',
  async ({ kind }) => {
    const outage = { kind, fromMs: DOWN_AT_MS, toMs: UP_AT_MS } as const;
    const lab = testLab(
      { id: 'alpaca', faults: [outage] },
      'massive',
      { id: 'twelve-data', unlimited: true },
      'yahoo',
    );
    const loaded = loadConfigText(FILE, { K: 'key-of-a-test' });
    if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
    const sources = loaded.config.sources.map((one) => ({ ...one, baseUrl: labBaseUrl(lab, one.kind) }));
    const clock = createVirtualClock(NOON_MS - 7_000);
    const ledger = createMemoryLedger();
    const { engine, live } = await createEngine({
      config: { ...loaded.config, sources },
      configVersion: loaded.version,
      label: { kind: 'SIMULATED', seed: 'lab' },
      clock,
      random: createSeededRandom('fallback'),
      http: labHttp(lab, clock),
      ledger,
      memory: null,
      redact: (text) => text,
      onLedgerFailure: (error) => {
        throw error;
      },
    });
    const decided: { readonly atMs: number; readonly tookMs: number; readonly decision: Decision }[] = [];
    for (let slotAtMs = NOON_MS - 7_000 + CYCLE_MS; slotAtMs < UP_AT_MS + 60_000; slotAtMs += CYCLE_MS) {
      await clock.advanceTo(slotAtMs);
      const run = engine.runCycle(slotAtMs);
      await clock.advanceTo(slotAtMs + CYCLE_MS - 1);
      await run;
      const [decision] = live.decisions();
      if (decision === undefined) throw new Error('no decision');
      decided.push({ atMs: slotAtMs, tookMs: live.state().lastCycleTookMs ?? 0, decision });
    }
    const standInAt = ({ decision }: (typeof decided)[number]) =>
      decision.votes.find(({ sourceId }) => sourceId === 'alpaca')?.standIn?.sourceId;
    const warm = decided.filter(({ atMs }) => atMs >= DOWN_AT_MS - 60_000);
    expect(warm.filter(({ decision }) => decision.kind === 'ABSTAIN')).toEqual([]);
    const longestMs = (of: typeof decided): number => Math.max(...of.map(({ tookMs }) => tookMs));
    const usualMs = longestMs(warm.filter(({ atMs }) => atMs < DOWN_AT_MS));
    expect(longestMs(warm) - usualMs).toBeLessThanOrEqual(LATE_MS_MAX);

    const replaced = warm.filter((one) => standInAt(one) !== undefined);
    expect(replaced.length).toBeGreaterThanOrEqual(4);
    for (const one of replaced) {
      expect(standInAt(one)).toBe('yahoo');
      const said = one.decision.leftOut.filter(({ sourceId }) => sourceId === 'alpaca');
      expect(said.map(({ detail }) => detail).join()).toMatch(/yahoo stands in, discounted to 0\.8$/);
      expect(checkCertificate(one.decision, loaded.config)).toBeNull();
    }
    const [first, last] = [replaced[0]?.atMs ?? 0, replaced.at(-1)?.atMs ?? 0];
    expect(first).toBeGreaterThan(DOWN_AT_MS);
    expect(last).toBeLessThan(UP_AT_MS + 5_000);
    expect(replaced).toHaveLength((last - first) / CYCLE_MS + 1);
    expect((await ledger.verify({ checkDecision: checkCertificate })).fault).toBeNull();
  },
);
