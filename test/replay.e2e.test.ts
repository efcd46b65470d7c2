import { expect, test } from 'vitest';
import { CRYPTO_2023, replayRun, STOCKS_2019 } from './accept/replay-run.ts';
import { describeWithData } from './data.ts';

/** Goal: real minute bars on their own dates, and a decision for every slot. The whole of them: `npm run accept`. */
describeWithData('real bars are replayed', () => {
  test.each([
    ['stocks of 2019', STOCKS_2019],
    ['crypto in USDT of 2023', CRYPTO_2023],
  ])('%s', { timeout: 120_000 }, async (_, files) => {
    const report = await replayRun(files, 120);
    expect(report).toMatchObject({ faults: [], cycles: 120, decisionsMade: 120 * files.length });
    expect(report.why).toMatch(/BUY|SELL/);
    // The first hour of a recording has too few bars to judge the market by; nothing else keeps Sextant from voting.
    const { noRegime = 0, ...otherwise } = report.abstentions;
    expect(noRegime).toBeLessThanOrEqual(60 * files.length);
    expect(Object.values(otherwise).reduce((sum, count) => sum + count, 0)).toBeLessThan(5 * files.length);
  });
});
