import { CUT_KINDS, cutsRun, PERIOD_WINDOWS } from './cuts-run.ts';
import { part } from './part.ts';

const USED_MIN = 0.9;

/** Limits halved without notice, in virtual time. Options: `--cuts N --seed TEXT`. */
await part('cuts', { cuts: '20', seed: 'accept' }, async ({ cuts, seed }) => {
  const faults: string[] = [];
  const figures: Record<string, unknown> = { cuts: Number(cuts) };
  for (const kind of CUT_KINDS) {
    const reports = await cutsRun(kind, Number(cuts), seed);
    const noticed = reports.filter(({ firstRefusedAtMs }) => firstRefusedAtMs !== null).length;
    const tooEarly = reports.reduce((sum, report) => sum + report.tooEarly, 0);
    const laterRefusalsMax = Math.max(...reports.map(({ laterRefusals }) => laterRefusals));
    const usedWhileCutMin = Math.min(...reports.map(({ usedWhileCut }) => usedWhileCut));
    const usedAfterReturnMin = Math.min(...reports.map(({ usedAfterReturn }) => usedAfterReturn));
    const title = `${kind.counting} window of ${kind.unit}`;
    const isSeen =
      noticed === reports.length &&
      tooEarly === 0 &&
      laterRefusalsMax <= PERIOD_WINDOWS / 10 &&
      Math.min(usedWhileCutMin, usedAfterReturnMin) >= USED_MIN;
    figures[title] = { noticed, tooEarly, laterRefusalsMax, usedWhileCutMin, usedAfterReturnMin };
    if (!isSeen) faults.push(`${title}: ${JSON.stringify(figures[title])}`);
  }
  return { faults, figures };
});
