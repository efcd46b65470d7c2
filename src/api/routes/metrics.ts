import { z } from 'zod';
import type { MetricsPage } from '../../core/meter.ts';
import type { ApiApp } from '../api-app.ts';
import { noQuery } from '../queries.ts';
import { errorAnswer } from '../schemas.ts';

const OPEN_METRICS = 'application/openmetrics-text';

export function metricsRoute(app: ApiApp, metrics: MetricsPage): void {
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Everything counted, for Prometheus',
        description:
          'Prometheus text; OpenMetrics where the Accept header asks for it. docs/METRICS.md lists them.',
        querystring: noQuery,
        response: {
          200: { description: 'The metrics', content: { 'text/plain': { schema: z.string() } } },
          '4xx': errorAnswer,
          '5xx': errorAnswer,
        },
      },
    },
    async (request, reply) => {
      const isOpen = request.headers.accept?.includes(OPEN_METRICS) === true;
      const { contentType, text } = await metrics.text(isOpen ? 'openMetrics' : 'prometheus');
      return reply.type(contentType).send(text);
    },
  );
}
