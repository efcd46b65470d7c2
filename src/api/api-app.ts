import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Ledger } from '../core/ledger.ts';
import type { LiveView } from '../core/live.ts';
import type { TrackRecord } from '../core/track-record.ts';

/** The fastify instance whose routes are typed by their zod schemas. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes read from. */
export type Service = {
  readonly ledger: Ledger;
  readonly live: LiveView;
  readonly trackRecord: TrackRecord;
};
