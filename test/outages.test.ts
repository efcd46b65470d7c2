import { expect, test } from 'vitest';
import { NOON_MS } from '../lab/lab.testing.ts';
import { labBaseUrl, labHttp } from '../lab/lab-http.ts';
import { createVirtualClock } from '../src/platform/virtual-clock.ts';
import { HEALTH_MS, OUTAGE_MS, outageWorld, watchOutages } from './accept/outage-run.ts';
import { percentile } from './accept/part.ts';

/** Goal: a provider that is down costs it no extra load, and is used again within 5 s of its return. Real sockets: `npm run accept`. */

test('a hundred outages of a minute: no extra load, and the first good datum comes within 5 s of the return', async () => {
  const clock = createVirtualClock(NOON_MS);
  const world = outageWorld(NOON_MS, 10, 10, 'outages');
  const watched = watchOutages(world, {
    clock,
    http: labHttp(world.lab, clock),
    baseUrlOf: (id) => labBaseUrl(world.lab, id),
  });
  await clock.advanceTo(NOON_MS + 11 * (OUTAGE_MS + HEALTH_MS + 5_000));
  const { outages, extraLoad, extraLoadMax, firstGoodMs, toldMs } = await watched;
  expect(outages).toBe(100);
  expect(extraLoad).toBeLessThanOrEqual(0);
  expect(extraLoadMax).toBeLessThanOrEqual(0.1);
  expect(percentile(firstGoodMs, 0.99)).toBeLessThanOrEqual(5_000);
  expect(percentile(toldMs, 0.99)).toBeLessThanOrEqual(2_000);
});
