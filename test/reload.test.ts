import { describe, expect, test } from 'vitest';
import { reloadRun, rotationRun, VIRTUAL_TIME } from './accept/reload-run.ts';

describe('a service whose configuration file is rewritten', () => {
  test('uses what is usable within a second, never what is not, and serves throughout', async () => {
    const report = await reloadRun({ time: VIRTUAL_TIME(), writes: 400, restEvery: 10, seed: 'suite' });
    expect(report.faults).toEqual([]);
    expect(report.probesFailed).toBe(0);
    expect(report.rests).toBeGreaterThanOrEqual(40);
    expect(report.versionsUsed).toBeGreaterThan(8);
    expect(report.decisions).toBeGreaterThan(20);
  }, 60_000);

  test('asks with the new key, and never with one that was withdrawn', async () => {
    const report = await rotationRun({ time: VIRTUAL_TIME(), rotations: 20 });
    expect(report).toMatchObject({ unauthenticated: 0, byStatus: { 200: report.requests } });
    expect(report.requests).toBeGreaterThan(50);
    expect(report.underWay).toBeGreaterThan(0);
  }, 60_000);
});
