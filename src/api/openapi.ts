import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** How `/openapi.json` is made from the routes' schemas. */
export const OPENAPI: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Sextant',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Decisions and signals with their reasons. Everything answered here is durable in the ledger before it is ' +
        'shown. Read-only, on loopback.',
    },
    servers: [{ url: '/' }],
  },
  transform: jsonSchemaTransform,
  transformObject: (document) => {
    const made = jsonSchemaTransformObject(document);
    const schemas = 'components' in made ? made.components?.schemas : undefined;
    // Every component is made once for requests and once for answers; no request here carries one.
    for (const name of Object.keys(schemas ?? {})) {
      if (name.endsWith('Input')) delete schemas?.[name];
    }
    return made;
  },
};
