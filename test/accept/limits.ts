import { limitKinds } from './limit-kinds.ts';
import { limitsRun } from './limits-run.ts';
import { part } from './part.ts';

const USED_MIN = 0.9;

/** Real windows of a minute under backlog, killed in the middle of things. Options: `--minutes N`. */
await part('limits', { minutes: '10' }, async ({ minutes }) => {
  const lengthMs = Number(minutes) * 60_000;
  const kinds = limitKinds({
    windowMs: 60_000,
    fixedMax: 200,
    slidingMax: 60,
    weightMax: 6_000,
    // More than the windows begun before the last kill allow.
    dayMax: 58 * Number(minutes),
    perWindowOfDayMax: 60,
  });
  const killsAtMs = [lengthMs * 0.35, lengthMs / 2 + 7_000, lengthMs * 0.8];
  const reports = await limitsRun({ kinds, lengthMs, killsAtMs });
  const faults = reports.flatMap(({ title, overLimit, usedShare, afterKill }) => [
    ...(overLimit === 0 ? [] : [`${title}: ${overLimit} over the limit`]),
    ...(usedShare >= USED_MIN ? [] : [`${title}: only ${usedShare} of the allowance used`]),
    ...(afterKill > 0 ? [] : [`${title}: nothing was asked after the last kill`]),
  ]);
  const figures = Object.fromEntries(
    reports.map(({ title, requests, overLimit, usedShare }) => [
      title,
      { requests, overLimit, used: `${(100 * usedShare).toFixed(1)} %` },
    ]),
  );
  return { faults, figures: { minutes: Number(minutes), kills: killsAtMs.length, ...figures } };
});
