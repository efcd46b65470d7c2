import { describe, expect, test } from 'vitest';
import { CUT_KINDS, type CutReport, cutsRun, PERIOD_WINDOWS } from './accept/cuts-run.ts';

/** Goal: a limit that is halved without notice is found out with few refusals, kept to, and left behind when it is back. */

describe.each(CUT_KINDS)('twenty cuts of a $counting window of $unit at $providerId', (kind) => {
  const cuts: Promise<CutReport[]> = cutsRun(kind, 20, 'cuts');
  const each = async (figure: (cut: CutReport) => number): Promise<number[]> => (await cuts).map(figure);

  test('are all found out, and nothing leaves after the first refusal until it may', async () => {
    expect(await cuts).toHaveLength(20);
    for (const cut of await cuts) expect(cut.firstRefusedAtMs).not.toBeNull();
    expect(Math.max(...(await each(({ tooEarly }) => tooEarly)))).toBe(0);
  });

  test('cost at most one refusal in ten windows of probing, and most of what is left is used', async () => {
    const refusals = Math.max(...(await each(({ laterRefusals }) => laterRefusals)));
    expect(refusals).toBeLessThanOrEqual(PERIOD_WINDOWS / 10);
    expect(Math.min(...(await each(({ usedWhileCut }) => usedWhileCut)))).toBeGreaterThanOrEqual(0.9);
  });

  test('leave nothing behind: ten windows after its return the whole limit is used', async () => {
    expect(Math.min(...(await each(({ usedAfterReturn }) => usedAfterReturn)))).toBeGreaterThanOrEqual(0.9);
  });
});
