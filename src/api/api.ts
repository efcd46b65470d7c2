import type { AddressInfo } from 'node:net';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { ComponentSize } from '../core/component-size.ts';
import type { Ledger } from '../core/ledger.ts';
import type { LiveView } from '../core/live.ts';
import type { MetricsPage } from '../core/meter.ts';
import type { ServerOptions } from '../core/options.ts';
import type { TrackRecord } from '../core/track-record.ts';
import type { ApiApp } from './api-app.ts';
import { errorBody, errorHandler } from './errors.ts';
import { bindRefusal, ownHosts, requestRefusal, urlHost } from './guard.ts';
import { OPENAPI } from './openapi.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { healthRoutes } from './routes/health.ts';
import { liveRoutes } from './routes/live.ts';
import { metricsRoute } from './routes/metrics.ts';
import { pageRoutes } from './routes/page.ts';
import { signalRoutes } from './routes/signals.ts';
import { streamRoute } from './routes/stream.ts';
import { trackRecordRoutes } from './routes/track-record.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { STREAM_LIMITS, StreamHub, type StreamLimits, type StreamStats } from './stream-hub.ts';

export type ApiOptions = {
  readonly ledger: Ledger;
  readonly live: LiveView;
  readonly trackRecord: TrackRecord;
  readonly server: ServerOptions;
  /** Served as `/metrics` where it is given. */
  readonly metrics?: MetricsPage;
  /** Folder of the built page; null serves the API alone. */
  readonly webRoot: string | null;
  /** Real time, whatever clock the engine runs on. */
  readonly clock: Clock;
  readonly stream?: Partial<StreamLimits>;
  /** Told of what a client sees only as a nameless 500 or 503. */
  readonly onError?: (error: Error) => void;
};

export interface Api {
  /** Rejects when the port is taken. */
  listen(): Promise<{ readonly url: string }>;
  /** Ends all streams, lets running requests finish. */
  close(): Promise<void>;
  streamStats(): StreamStats;
  streamSize(): ComponentSize;
  /** For tests: a request without a socket. */
  readonly app: ApiApp;
}

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Beside the streams: room for ordinary requests. */
const PLAIN_CONNECTIONS_MAX = 256;
const BODY_BYTES_MAX = 1_024;

/** By the code that Node gives them. */
const UNREADABLE: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'the address and the headers are together longer than 16 KiB: send less',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time: send it at once'],
};

/** Throws RangeError when `server.host` is not loopback. */
export async function createApi(options: ApiOptions): Promise<Api> {
  const { ledger, live, trackRecord, server, webRoot, clock, metrics } = options;
  const refusal = bindRefusal(server.host);
  if (refusal !== null) throw new RangeError(refusal);
  const limits = { ...STREAM_LIMITS, ...options.stream };
  const app = createApp(options.onError ?? (() => undefined));
  const hub = new StreamHub(ledger, live, clock, limits);
  app.server.maxConnections = limits.clientsMax + PLAIN_CONNECTIONS_MAX;
  app.addHook('preClose', async () => hub.close());

  await app.register(helmet, SECURITY_HEADERS);
  await app.register(swagger, OPENAPI);
  addGuard(app, server);
  const service = { ledger, live, trackRecord };
  decisionRoutes(app, service);
  signalRoutes(app, service);
  trackRecordRoutes(app, service);
  liveRoutes(app, service);
  healthRoutes(app, service);
  streamRoute(app, service, hub);
  if (metrics !== undefined) metricsRoute(app, metrics);
  app.get(
    '/openapi.json',
    { schema: { summary: 'This description', response: { 200: z.unknown() } } },
    async () => app.swagger(),
  );
  await pageRoutes(app, webRoot);
  await app.ready();

  return {
    app,
    streamStats: () => hub.stats(),
    streamSize: () => hub.size(),
    listen: async () => {
      await app.listen({ host: server.host, port: server.port });
      return { url: `http://${urlHost(server.host)}:${portOf(app, server)}` };
    },
    close: async () => app.close(),
  };
}

function createApp(onError: (error: Error) => void): ApiApp {
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { maxParamLength: 100 },
    forceCloseConnections: 'idle',
    frameworkErrors: answerBadPath,
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(unreadableAnswer(error.code));
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(errorHandler(onError));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]?.slice(0, 100);
    return reply.code(404).send(errorBody('notFound', `there is no ${path}; see /openapi.json`));
  });
  return app;
}

/** What a request is answered that never became one, by what the HTTP server says is wrong with it. */
function unreadableAnswer(code: string | undefined): string {
  const [status, message] = UNREADABLE[code ?? ''] ?? [
    '400 Bad Request',
    'this is not readable as an HTTP request',
  ];
  const body = JSON.stringify(errorBody('badRequest', message));
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

function answerBadPath(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  reply.code(400).send(errorBody('badRequest', 'the path cannot be read; see /openapi.json'));
}

/** Runs before every route, files and unknown paths included. */
function addGuard(app: ApiApp, server: ServerOptions): void {
  let hosts: { readonly port: number; readonly names: ReadonlySet<string> } | null = null;
  app.addHook('onRequest', async (request, reply) => {
    const port = portOf(app, server);
    if (hosts?.port !== port) hosts = { port, names: ownHosts(server.host, port) };
    const { host, origin } = request.headers;
    const refusal = requestRefusal({ method: request.method, host, origin }, hosts.names);
    if (refusal === null) return;
    if (refusal.status === 405) reply.header('allow', 'GET, HEAD');
    return reply.code(refusal.status).send(errorBody(refusal.code, refusal.message));
  });
}

/** The port listened on; before that the configured one. */
function portOf(app: ApiApp, server: ServerOptions): number {
  return (app.server.address() as AddressInfo | null)?.port ?? server.port;
}
