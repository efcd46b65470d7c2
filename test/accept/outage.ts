import { startLabServer } from '../../lab/server.ts';
import { createSystemClock } from '../../src/platform/system-clock.ts';
import { createUndiciHttp } from '../../src/platform/undici-http.ts';
import { outageWorld, watchOutages } from './outage-run.ts';
import { part, percentile } from './part.ts';

const EXTRA_LOAD_MAX = 0.1;
const FIRST_GOOD_MS_MAX = 5_000;
/** So late may a decision from backups be; the grace is for the timers of a busy machine. */
const TOLD_MS_MAX = 2_000 + 200;

/** Providers that are down for a minute each time, over real sockets and in real time. Options: `--lanes N --outages N --seed TEXT`. */
await part('outage', { lanes: '5', outages: '2', seed: 'accept' }, async ({ lanes, outages, seed }) => {
  const clock = createSystemClock();
  const world = outageWorld(clock.nowMs(), Number(lanes), Number(outages), seed);
  const server = await startLabServer(world.lab, clock);
  const http = createUndiciHttp({ clock });
  const report = await watchOutages(world, { clock, http, baseUrlOf: (id) => server.baseUrls[id] ?? '' });
  await http.close();
  await server.close();
  const { extraLoad, extraLoadMax } = report;
  const firstGoodMsP99 = percentile(report.firstGoodMs, 0.99) ?? Number.POSITIVE_INFINITY;
  const toldMsP99 = percentile(report.toldMs, 0.99) ?? Number.POSITIVE_INFINITY;
  const faults = [
    ...(extraLoadMax <= EXTRA_LOAD_MAX ? [] : [`an outage cost ${extraLoadMax} more requests than health`]),
    ...(firstGoodMsP99 <= FIRST_GOOD_MS_MAX
      ? []
      : [`used again ${firstGoodMsP99} ms after its return (p99)`]),
    ...(toldMsP99 <= TOLD_MS_MAX ? [] : [`told of the failure after ${toldMsP99} ms (p99)`]),
  ];
  const figures = {
    outages: report.outages,
    extraLoad: `${(100 * extraLoad).toFixed(1)} %`,
    extraLoadMax: `${(100 * extraLoadMax).toFixed(1)} %`,
    firstGoodMsP50: percentile(report.firstGoodMs, 0.5),
    firstGoodMsP99,
    toldMsP99,
  };
  return { faults, figures };
});
