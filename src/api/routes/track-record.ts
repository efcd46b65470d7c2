import type { ApiApp, Service } from '../api-app.ts';
import { nextCursor, outcomesQuery, pageFilter, statisticsQuery, timeFilter } from '../queries.ts';
import { errorAnswer } from '../schemas.ts';
import { outcomesAnswer, statisticsAnswer } from '../track-record-schemas.ts';

/** What came of the signals. */
export function trackRecordRoutes(app: ApiApp, { ledger, live, trackRecord }: Service): void {
  app.get(
    '/api/v1/outcomes',
    {
      schema: {
        summary: 'What came of signals, newest first',
        description:
          'One outcome per signal, judged on closed bars, with the kind of prices it rests on. `from` and `to` are of the ' +
          'time of recording. Returns are shares of the entry price in the direction of the signal.',
        querystring: outcomesQuery,
        response: { 200: outcomesAnswer, '4xx': errorAnswer, '5xx': errorAnswer },
      },
    },
    async ({ query }) => {
      const { instrument, side, kind } = query;
      const filter = {
        ...pageFilter(query),
        ...(instrument !== undefined && { instrumentId: instrument }),
        ...(side !== undefined && { side }),
        ...(kind !== undefined && { kind }),
      };
      const rows = await ledger.outcomes(filter);
      const labelOf = await trackRecord.labels();
      const outcomes = rows.map((row) => ({ ...row, label: labelOf(row.signal.configVersion) }));
      return { outcomes, nextCursor: nextCursor(rows, filter.limit) };
    },
  );

  app.get(
    '/api/v1/statistics',
    {
      schema: {
        summary:
          'What the outcomes come to: win rate, expectancy after costs, reliability, each source’s part',
        description:
          'Every figure with the outcomes and the days it rests on and its 95 % interval, outcomes of one day taken as hanging ' +
          'together. A figure of too few outcomes, and an interval of too few days, is absent and says so. Only outcomes on the kind of prices that `label` names are counted.',
        querystring: statisticsQuery,
        response: { 200: statisticsAnswer, '4xx': errorAnswer, '5xx': errorAnswer },
      },
    },
    async ({ query }) => {
      const { instrument, side, by } = query;
      const statistics = await trackRecord.statistics({
        ...timeFilter(query),
        ...(instrument !== undefined && { instrumentId: instrument }),
        ...(side !== undefined && { side }),
        ...(by !== undefined && { by }),
      });
      return { label: live.state().label, ...statistics };
    },
  );
}
