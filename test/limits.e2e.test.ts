import { expect, test } from 'vitest';
import { limitKinds } from './accept/limit-kinds.ts';
import { limitsRun } from './accept/limits-run.ts';

/** Goal: the provider counts no request above its limit, and nearly all it allows is used. Ten minutes: `npm run accept`. */

test('twenty seconds of backlog and a kill: no limit of any kind is exceeded, and most of each is used', {
  timeout: 60_000,
}, async () => {
  const kinds = limitKinds({
    windowMs: 6_000,
    fixedMax: 40,
    slidingMax: 40,
    weightMax: 240,
    // Before the kill at 8 s at most three windows begin: their 60 must leave something of the day.
    dayMax: 70,
    perWindowOfDayMax: 20,
  });
  const reports = await limitsRun({ kinds, lengthMs: 20_000, killsAtMs: [8_000] });
  expect(reports.map(({ title, overLimit }) => ({ title, overLimit }))).toEqual(
    kinds.map(({ title }) => ({ title, overLimit: 0 })),
  );
  for (const { title, usedShare, afterKill } of reports) {
    // Of so short a window a twelfth is given away to what is not known of the way there, and a kill costs more of it.
    expect(usedShare, title).toBeGreaterThanOrEqual(0.6);
    expect(afterKill, title).toBeGreaterThan(0);
  }
});
