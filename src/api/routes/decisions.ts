import type { ApiApp, Service } from '../api-app.ts';
import { decisionsQuery, nextCursor, pageFilter } from '../queries.ts';
import { decisionsAnswer, errorAnswer } from '../schemas.ts';

export function decisionRoutes(app: ApiApp, { ledger, live }: Service): void {
  app.get(
    '/api/v1/decisions',
    {
      schema: {
        summary: 'What stands, or what stood',
        description:
          'Without parameters: the standing decision of every symbol. With any of them: the record, newest first; ' +
          'a row is written whenever kind, side, reason, certificate or configuration changes.',
        querystring: decisionsQuery,
        response: { 200: decisionsAnswer, '4xx': errorAnswer, '5xx': errorAnswer },
      },
    },
    async ({ query }) => {
      if (Object.keys(query).length === 0) return { decisions: live.decisions(), nextCursor: null };
      const { instrument, kind } = query;
      const filter = {
        ...pageFilter(query),
        ...(instrument !== undefined && { instrumentId: instrument }),
        ...(kind !== undefined && { kind }),
      };
      const rows = await ledger.decisions(filter);
      return { decisions: rows.map((row) => row.decision), nextCursor: nextCursor(rows, filter.limit) };
    },
  );
}
