import type { Clock, Http, HttpOptions, HttpOutcome, HttpRequest } from '../src/index.ts';
import type { LabRequest, Served } from './emulators/core/wire.ts';
import type { Lab } from './lab.ts';

const HOST = /^([a-z0-9-]+)\.lab$/;

/** The base URL under which {@link labHttp} reaches a provider: `http://xai.lab/v1`. */
export function labBaseUrl(lab: Lab, id: string): string {
  return `http://${id}.lab${lab.emulators.get(id)?.provider.basePath ?? ''}`;
}

/** What of a lab has to be reached. */
export type LabEmulators = {
  readonly emulators: ReadonlyMap<string, { serve(request: LabRequest, nowMs: number): Served }>;
};

/** The lab behind the Http port, in process: an exchange takes its time on `clock` and touches no socket. */
export function labHttp(lab: LabEmulators, clock: Clock): Http {
  return {
    async send(request, options) {
      const url = URL.parse(request.url);
      const emulator = lab.emulators.get(HOST.exec(url?.hostname ?? '')?.[1] ?? '');
      if (url === null || emulator === undefined) {
        return {
          kind: 'failed',
          reason: 'connection',
          detail: `no such host: ${url?.hostname ?? 'bad URL'}`,
        };
      }
      const startMs = clock.nowMs();
      const { response, delayMs, fate } = emulator.serve(labRequest(url, request), startMs);
      if (fate === 'refused') return { kind: 'failed', reason: 'connection', detail: 'connection refused' };
      if (fate === 'hang' || fate === 'trickle' || delayMs > options.timeoutMs) {
        await clock.sleepUntil(startMs + options.timeoutMs);
        return { kind: 'failed', reason: 'timeout', detail: `no whole answer in ${options.timeoutMs} ms` };
      }
      await clock.sleepUntil(startMs + delayMs);
      if (fate === 'reset') return { kind: 'failed', reason: 'connection', detail: 'reset in mid-answer' };
      return outcomeOf(response, options, clock.nowMs());
    },
    close: () => Promise.resolve(),
  };
}

/** A request as an emulator takes it. */
export function labRequest(url: URL, { method, headers, body }: HttpRequest): LabRequest {
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: lowerCased(headers),
    body,
  };
}

function lowerCased(headers: HttpRequest['headers']): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) lower[name.toLowerCase()] = value;
  return lower;
}

function outcomeOf(
  response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
  options: HttpOptions,
  receivedAtMs: number,
): HttpOutcome {
  if (Buffer.byteLength(response.body) > options.bytesMax) {
    return { kind: 'failed', reason: 'tooLarge', detail: `more than ${options.bytesMax} bytes` };
  }
  return { kind: 'response', response: { ...response, receivedAtMs } };
}
