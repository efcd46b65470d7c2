import type { ApiApp, Service } from '../api-app.ts';
import { errorBody } from '../errors.ts';
import { nextCursor, noQuery, pageFilter, signalParams, signalsQuery } from '../queries.ts';
import { errorAnswer, signalAnswer, signalsAnswer } from '../schemas.ts';

export function signalRoutes(app: ApiApp, { ledger }: Service): void {
  app.get(
    '/api/v1/signals',
    {
      schema: {
        summary: 'Signals with how they ended, newest first',
        querystring: signalsQuery,
        response: { 200: signalsAnswer, '4xx': errorAnswer, '5xx': errorAnswer },
      },
    },
    async ({ query }) => {
      const { instrument, side, open } = query;
      const filter = {
        ...pageFilter(query),
        ...(instrument !== undefined && { instrumentId: instrument }),
        ...(side !== undefined && { side }),
        ...(open !== undefined && { open: open === 'true' }),
      };
      const signals = await ledger.signals(filter);
      return { signals, nextCursor: nextCursor(signals, filter.limit) };
    },
  );

  app.get(
    '/api/v1/signals/:id',
    {
      schema: {
        summary: 'One signal, its explanation, and the decision it came from',
        params: signalParams,
        querystring: noQuery,
        response: { 200: signalAnswer, '4xx': errorAnswer, '5xx': errorAnswer },
      },
    },
    async ({ params }, reply) => {
      const row = await ledger.signal(params.id);
      if (row === null) return reply.code(404).send(errorBody('notFound', `there is no signal ${params.id}`));
      const { instrumentId, openedAtMs } = row.signal;
      const stood = await ledger.decisionAt(instrumentId, openedAtMs);
      return { ...row, decision: stood?.decision ?? null };
    },
  );
}
