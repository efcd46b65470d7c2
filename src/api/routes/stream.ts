import { z } from 'zod';
import type { ApiApp, Service } from '../api-app.ts';
import { errorBody } from '../errors.ts';
import { streamQuery } from '../queries.ts';
import { errorAnswer } from '../schemas.ts';
import { STREAM_OPENING } from '../stream-event.ts';
import type { StreamHub } from '../stream-hub.ts';

const EVENT_STREAM = 'text/event-stream';

const lastEventIdHeader = z.object({
  'last-event-id': streamQuery.shape.lastEventId,
});

export function streamRoute(app: ApiApp, { ledger }: Service, hub: StreamHub): void {
  app.get(
    '/stream',
    {
      schema: {
        summary: 'Everything committed, as it is committed (server-sent events)',
        description:
          'Events `decision`, `signal`, `outcome` and `cycle`; the id is the ledger’s sequence number. With `Last-Event-ID` the ' +
          'stream goes on after that entry without a gap and without a double. 409 when the record does not hold it.',
        querystring: streamQuery,
        headers: lastEventIdHeader,
        response: {
          200: { description: 'The events', content: { [EVENT_STREAM]: { schema: z.string() } } },
          '4xx': errorAnswer,
          '5xx': errorAnswer,
        },
      },
    },
    async (request, reply) => {
      const newestSeq = (await ledger.head())?.seq ?? 0;
      const fromSeq = request.headers['last-event-id'] ?? request.query.lastEventId ?? newestSeq;
      if (fromSeq > newestSeq) {
        const message = `this record ends with entry ${newestSeq}, before ${fromSeq}: connect without Last-Event-ID`;
        return reply.code(409).send(errorBody('unknownEvent', message));
      }
      if (request.method === 'HEAD') return reply.type(EVENT_STREAM).send('');
      if (hub.full) {
        const message = 'as many streams are open as this server serves; try again later';
        return reply.code(503).header('retry-after', '10').send(errorBody('tooManyStreams', message));
      }
      if (reply.raw.destroyed) return reply;
      reply.hijack();
      reply.raw.writeHead(200, {
        'content-type': `${EVENT_STREAM}; charset=utf-8`,
        'cache-control': 'no-store',
        // Asks proxies not to hold events back.
        'x-accel-buffering': 'no',
      });
      reply.raw.write(STREAM_OPENING);
      hub.add(reply.raw, fromSeq);
      return reply;
    },
  );
}
