import type { ApiApp, Service } from '../api-app.ts';
import { noQuery } from '../queries.ts';
import { errorAnswer, liveAnswer, readyAnswer } from '../schemas.ts';

export function healthRoutes(app: ApiApp, { ledger, live }: Service): void {
  app.get(
    '/health/live',
    {
      schema: {
        summary: 'The process runs',
        querystring: noQuery,
        response: { 200: liveAnswer, '4xx': errorAnswer },
      },
    },
    async () => ({ status: 'live' as const }),
  );

  app.get(
    '/health/ready',
    {
      schema: {
        summary: 'Decisions are made and recorded',
        description: '503 when not; `degraded` is 200: decisions are made although something is wrong.',
        querystring: noQuery,
        response: { 200: readyAnswer, 503: readyAnswer, '4xx': errorAnswer },
      },
    },
    async (_request, reply) => {
      const { ready, troubles } = live.state();
      const reasons = [...troubles];
      const readable = await ledger.head().then(
        () => true,
        () => false,
      );
      if (!readable) reasons.unshift('the ledger does not answer');
      if (!ready || !readable) return reply.code(503).send({ status: 'notReady', reasons });
      return { status: reasons.length > 0 ? ('degraded' as const) : ('ready' as const), reasons };
    },
  );
}
