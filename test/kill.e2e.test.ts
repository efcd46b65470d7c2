import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { judge } from './accept/judge.ts';
import { killRun } from './accept/kill-run.ts';
import { sextant } from './accept/sextant-child.ts';
import { Testimony } from './accept/witness.ts';

/** Goal: what the stream or the API has told survives kill -9 at any moment, once and unchanged. 200 kills: `npm run accept`. */

test('ten kills under load: nothing told is missing, altered or doubled, and the chain is whole', {
  timeout: 120_000,
}, async () => {
  const reports = await killRun({ kills: 10, lanes: 2, seed: 'suite' });
  for (const report of reports) {
    expect(report).toMatchObject({ missing: [], altered: [], doubled: [], verifyCode: 0 });
    expect(report.eventsTold).toBeGreaterThan(10);
    expect(report.apiAnswers).toBeGreaterThan(10);
    expect(report.cycles).toBeGreaterThan(2 * report.readyMs.length);
  }
  expect(reports.reduce((all, { signalsOpened }) => all + signalsOpened, 0)).toBeGreaterThan(0);
});

test('the judge finds what is missing, altered and doubled', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-judge-'));
  try {
    const path = join(folder, 'ledger.db');
    const pace = ['--cycles', '3', '--cycle-ms', '60000', '--speed', '600'];
    await sextant('demo', '--ledger', path, '--port', '0', ...pace);
    const database = new Database(path, { readonly: true });
    const rows = database
      .prepare<[], { seq: number; type: string; hash: string; body: string }>(
        'SELECT * FROM entries ORDER BY seq',
      )
      .all();
    database.close();
    const testimony = new Testimony();
    for (const { seq, type, hash, body } of rows) {
      const told = {
        hash,
        body: { ...(JSON.parse(body) as object), ...(seq === 3 && { detail: 'another' }) },
      };
      if (type !== 'config' && seq !== 4) testimony.hearEvent(seq, type, JSON.stringify(told));
    }
    const beyond = rows.length + 1;
    testimony.hearEvent(beyond, 'cycle', '{"hash":"","body":{}}');
    testimony.hearEvent(beyond, 'cycle', '{"hash":"","body":{}}');
    const decision = JSON.parse(rows.find(({ type }) => type === 'decision')?.body ?? '');
    testimony.hearStanding({ decisions: [{ ...decision, cycle: 99 }], nextCursor: null });
    testimony.hearDecisions({ decisions: [{ ...decision, detail: 'another' }], nextCursor: null });
    const { instrumentId } = decision;
    expect(judge(path, testimony)).toMatchObject({
      missing: [
        `event ${beyond}`,
        'row 4 was passed over by the stream',
        `what stood for ${instrumentId}|99`,
      ],
      altered: ['event 3', `decision ${instrumentId}|1`],
      doubled: ['1 events came twice'],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
