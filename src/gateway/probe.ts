import type { Clock } from '../core/clock.ts';
import type { Http, HttpRequest, HttpResponse } from '../core/http.ts';
import type { Question } from '../core/question.ts';
import { endpointFor, type Reading } from '../core/source.ts';
import { flightOf } from './flight.ts';
import type { ConfiguredSource } from './parts.ts';
import { readAnswer, requestOf } from './transport.ts';

const PROBE_BYTES_MAX = 8 * 1024 * 1024;
const PROBE_TIMEOUT_MS = 15_000;
/** Of a body that is shown. */
const SHOWN_CHARS_MAX = 2_000;

/** A request as it left, without secrets. */
export type SentText = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

/** An answer as it came, without secrets. */
export type ReceivedText = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** At most its first 2,000 characters. */
  readonly body: string;
  /** Of the whole body. */
  readonly bodyChars: number;
  /** When the whole answer was here (Unix ms). */
  readonly atMs: number;
};

/** What one trial question to a source showed. */
export type Probe =
  /** Nothing could be sent: no endpoint for it, or the request could not be made. */
  | { readonly kind: 'unaskable'; readonly detail: string }
  /** No whole answer came back. */
  | {
      readonly kind: 'silent';
      readonly endpoint: string;
      readonly detail: string;
      readonly sent: SentText;
    }
  | {
      readonly kind: 'answered';
      readonly endpoint: string;
      readonly reading: Reading;
      readonly tookMs: number;
      /** How far the provider's clock is ahead of ours, in ms, from its Date header (whole seconds); null without one. */
      readonly clockAheadMs: number | null;
      readonly sent: SentText;
      readonly received: ReceivedText;
    };

export type ProbeParts = {
  readonly http: Http;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
};

/** One exchange with a source, past every queue, for a person who wants to know whether it works. Never rejects. */
export async function probeSource(
  { options, source }: ConfiguredSource,
  question: Question,
  { http, clock, redact }: ProbeParts,
): Promise<Probe> {
  const endpoint = endpointFor(source, question.kind, question.instrument);
  if (endpoint === null) {
    return {
      kind: 'unaskable',
      detail: `${source.title} has no ${question.kind} answers for ${question.instrument.id}`,
    };
  }
  const errand = { endpoint, name: endpoint.name, newest: null };
  const deadlineAtMs = clock.nowMs() + PROBE_TIMEOUT_MS;
  const flight = flightOf({ question, deadlineAtMs }, errand, errand.name, true, null);
  const reader = { source, settings: options, redact };
  const job = requestOf(reader, { endpoint, flights: [flight] }, null);
  if ('kind' in job) return { kind: 'unaskable', detail: job.detail };
  const sent = sentText(job.request, redact);
  const startedMs = clock.elapsedMs();
  const outcome = await http.send(job.request, { timeoutMs: PROBE_TIMEOUT_MS, bytesMax: PROBE_BYTES_MAX });
  if (outcome.kind === 'failed') {
    return {
      kind: 'silent',
      endpoint: endpoint.name,
      detail: redact(`${outcome.reason}: ${outcome.detail}`),
      sent,
    };
  }
  const { response } = outcome;
  const [reading] = readAnswer(reader, job, response).readings;
  const saidAtMs = Date.parse(response.headers.date ?? '');
  return {
    kind: 'answered',
    endpoint: endpoint.name,
    reading: reading as Reading,
    tookMs: clock.elapsedMs() - startedMs,
    clockAheadMs: Number.isNaN(saidAtMs) ? null : saidAtMs - response.receivedAtMs,
    sent,
    received: receivedText(response, redact),
  };
}

type Redact = ProbeParts['redact'];

function sentText({ method, url, headers, body }: HttpRequest, redact: Redact): SentText {
  const shown = body === null ? null : shownBody(body, redact);
  return { method, url: redact(url), headers: shownHeaders(headers, redact), body: shown };
}

function receivedText({ status, headers, body, receivedAtMs }: HttpResponse, redact: Redact): ReceivedText {
  return {
    status,
    headers: shownHeaders(headers, redact),
    body: shownBody(body, redact),
    bodyChars: body.length,
    atMs: receivedAtMs,
  };
}

/** Redacted before it is cut: half a secret is not recognised. */
function shownBody(body: string, redact: Redact): string {
  return redact(body).slice(0, SHOWN_CHARS_MAX);
}

/** A cookie is a secret that only the provider knows: nothing but its presence is shown. */
function shownHeaders(headers: Readonly<Record<string, string>>, redact: Redact): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, name === 'set-cookie' ? '***' : redact(value)]),
  );
}
