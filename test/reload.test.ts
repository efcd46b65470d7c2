import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { reloadRun, reloadStage, rotationRun, VIRTUAL_TIME } from './accept/reload-run.ts';

describe('a service whose configuration file is rewritten', () => {
  test('uses what is usable within a second, never what is not, and serves throughout', async () => {
    const report = await reloadRun({ time: VIRTUAL_TIME(), writes: 240, restEvery: 8, seed: 'suite' });
    expect(report.faults).toEqual([]);
    expect(report.probesFailed).toBe(0);
    expect(report.rests).toBeGreaterThanOrEqual(30);
    expect(report.versionsUsed).toBeGreaterThan(8);
    expect(report.decisions).toBeGreaterThan(10);
  }, 60_000);

  test('says what is wrong with a file that cannot be used, until it can', async () => {
    const { time, path, service, url, textOf, close } = await reloadStage(VIRTUAL_TIME(), ['k0']);
    const page = async (name: string): Promise<string> => (await fetch(`${url}${name}`)).text();
    const write = async (text: string): Promise<void> => {
      writeFileSync(path, text);
      await time.pass(2_000);
    };
    await time.pass(2_000);
    const { configVersion } = service.live.state();
    await write(textOf(1).replace('weight: ', 'weight: -'));
    expect(JSON.parse(await page('/health/ready'))).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringMatching(/sources\.coinbase\.weight, line 5: found -2; expected .*>=0/)],
    });
    expect(await page('/metrics')).toContain('sextant_config_file_refused 1');
    expect(service.live.state().configVersion).toBe(configVersion);

    await write(textOf(1));
    expect(JSON.parse(await page('/health/ready'))).toMatchObject({ status: 'ready' });
    expect(await page('/metrics')).toContain('sextant_config_file_refused 0');
    expect(await page('/metrics')).toContain('sextant_config_reloads_total{outcome="adopted"} 1');
    expect(service.live.state().configVersion).not.toBe(configVersion);

    await write(textOf(0));
    expect(service.live.state().configVersion).toBe(configVersion);
    const accepted = await service.ledger.configs(10);
    expect(accepted.map(({ body: { how, text } }) => [how, text])).toEqual([
      ['rollback', textOf(0)],
      ['reload', textOf(1)],
      ['start', textOf(0)],
    ]);
    await close();
  });

  test('asks with the new key, and never with one that was withdrawn', async () => {
    const report = await rotationRun({ time: VIRTUAL_TIME(), rotations: 20 });
    expect(report).toMatchObject({ unauthenticated: 0, byStatus: { 200: report.requests } });
    expect(report.requests).toBeGreaterThan(50);
    expect(report.underWay).toBeGreaterThan(0);
  }, 60_000);
});
