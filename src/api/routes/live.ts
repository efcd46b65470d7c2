import type { ApiApp, Service } from '../api-app.ts';
import { errorBody } from '../errors.ts';
import { barsCount, barsQuery, noQuery } from '../queries.ts';
import { barsAnswer, errorAnswer, sourcesAnswer, stateAnswer } from '../schemas.ts';

/** What the running engine knows beyond the record. */
export function liveRoutes(app: ApiApp, { live }: Service): void {
  app.get(
    '/api/v1/state',
    {
      schema: {
        summary: 'The running service: what prices it works on, its newest cycle, what troubles it',
        querystring: noQuery,
        response: { 200: stateAnswer, '4xx': errorAnswer, '5xx': errorAnswer },
      },
    },
    async () => live.state(),
  );

  app.get(
    '/api/v1/sources',
    {
      schema: {
        summary: 'Health, cost, weight, operator and analyst of every source',
        querystring: noQuery,
        response: { 200: sourcesAnswer, '4xx': errorAnswer, '5xx': errorAnswer },
      },
    },
    async () => ({ sources: live.sources() }),
  );

  app.get(
    '/api/v1/bars',
    {
      schema: {
        summary: 'Closed bars of the watch source, oldest first',
        querystring: barsQuery,
        response: { 200: barsAnswer, '4xx': errorAnswer, '5xx': errorAnswer },
      },
    },
    async ({ query: { instrument, count } }, reply) => {
      const bars = live.bars(instrument, barsCount(count));
      if (bars === null) return reply.code(404).send(errorBody('notFound', `${instrument} is not followed`));
      return { instrumentId: instrument, bars };
    },
  );
}
