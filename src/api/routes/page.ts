import { basename } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { ApiApp } from '../api-app.ts';
import { errorBody } from '../errors.ts';

const YEAR_S = 365 * 86_400;

/**
 * The built page. `wildcard: false` makes one route per file found at the start, so no path from outside is ever
 * resolved against the disk. Built assets carry a digest in their names and may be kept for ever.
 */
export async function pageRoutes(app: ApiApp, webRoot: string | null): Promise<void> {
  if (webRoot === null) {
    app.get('/', { schema: { hide: true } }, async (_request, reply) =>
      reply.code(404).send(errorBody('notFound', 'the page is not built: run `npm run build:web`')),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: webRoot,
    wildcard: false,
    schemaHide: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = /-[\w-]{8}\.\w+$/.test(basename(path));
      reply.header('cache-control', hashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
}
