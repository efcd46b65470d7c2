import { killRun, type LaneReport } from './kill-run.ts';
import { part, percentile, sum } from './part.ts';

/** 200 kills under load. Options: `--kills N --lanes N --seed TEXT`. */
await part('kill', { kills: '200', lanes: '2', seed: 'accept' }, async ({ kills, lanes, seed }) => {
  const reports = await killRun({ kills: Number(kills), lanes: Number(lanes), seed });
  const faults = reports.flatMap(faultsOf);
  const total = (figure: (report: LaneReport) => number): number => sum(reports.map(figure));
  const readyMs = reports.flatMap((report) => report.readyMs);
  return {
    faults,
    figures: {
      seed,
      kills: total((report) => report.kills),
      killsBeforeReady: total((report) => report.killsAtStart),
      eventsAcknowledged: total((report) => report.eventsTold),
      apiAnswersAcknowledged: total((report) => report.apiAnswers),
      rows: total((report) => report.rows),
      cycles: total((report) => report.cycles),
      signalsOpened: total((report) => report.signalsOpened),
      missing: total((report) => report.missing.length),
      altered: total((report) => report.altered.length),
      doubled: total((report) => report.doubled.length),
      readyMsP50: percentile(readyMs, 0.5),
      readyMsP99: percentile(readyMs, 0.99),
    },
  };
});

function faultsOf({ missing, altered, doubled, verifyCode, verifyText }: LaneReport): string[] {
  return [
    ...missing.map((what) => `missing: ${what}`),
    ...altered.map((what) => `altered: ${what}`),
    ...doubled.map((what) => `doubled: ${what}`),
    ...(verifyCode === 0 ? [] : [`verify ended with ${verifyCode}: ${verifyText}`]),
  ];
}
