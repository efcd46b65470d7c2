import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { NOON_MS, testLab } from '../lab/lab.testing.ts';
import { labBaseUrl, labHttp } from '../lab/lab-http.ts';
import { createService, loadConfigText } from '../src/main.ts';
import { createVirtualClock } from '../src/platform/virtual-clock.ts';

const CYCLE_MS = 30_000;
const folder = mkdtempSync(join(tmpdir(), 'sextant-tape-stopped-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What `/health/ready` says after two cycles of a service with a tape. */
async function readinessOf(name: string, tape: { path: string; bytesMax: number }) {
  const lab = testLab('coinbase', 'kraken');
  const sources = ['coinbase', 'kraken'].map(
    (id) => `  ${id}: { baseUrl: "${labBaseUrl(lab, id).replace('http:', 'https:')}", analyst: trend }`,
  );
  const loaded = loadConfigText(`
symbols: [BTC-USD]
cycleMs: ${CYCLE_MS}
sources:
${sources.join('\n')}
consensus: { operatorsMin: 1 }
ledger: { path: "${join(folder, name)}.db" }
server: { port: 0 }
log: { level: silent }
`);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
  const { config, version: configVersion } = loaded;
  const clock = createVirtualClock(NOON_MS);
  const service = await createService({
    config,
    configVersion,
    label: lab.market.label,
    clock,
    http: labHttp(lab, clock),
    tape,
  });
  const stop = new AbortController();
  const running = service.run(stop.signal);
  await clock.advanceTo(NOON_MS + 2 * CYCLE_MS);
  const url = await service.listen();
  const answer = await fetch(`${url}/health/ready`);
  const body = await answer.json();
  stop.abort();
  await clock.advanceTo(NOON_MS + 3 * CYCLE_MS);
  await running;
  await service.close();
  return { code: answer.status, ...(body as { status: string; reasons: string[] }) };
}

test.each([
  ['is full', { path: join(folder, 'full.gz'), bytesMax: 600 }, 'it has reached its 600 bytes'],
  ['the disk refuses', { path: join(folder, 'x'.repeat(300)), bytesMax: 1_000_000 }, 'ENAMETOOLONG'],
])(
  'a service whose tape %s goes on deciding, and says in its health that it is degraded',
  async (name, tape, why) => {
    const { code, status, reasons } = await readinessOf(name, tape);
    expect({ code, status }).toEqual({ code: 200, status: 'degraded' });
    expect(reasons).toEqual([
      expect.stringMatching(
        new RegExp(`^the tape has stopped \\(.*${why}.*\\): what follows cannot be replayed$`),
      ),
    ]);
  },
);

test('a service whose tape runs along is ready', async () => {
  const { status } = await readinessOf('whole', { path: join(folder, 'whole.gz'), bytesMax: 1_000_000 });
  expect(status).toBe('ready');
});
