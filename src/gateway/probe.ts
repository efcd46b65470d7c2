import type { Clock } from '../core/clock.ts';
import type { Http, HttpRequest, HttpResponse } from '../core/http.ts';
import type { SourceOptions } from '../core/options.ts';
import type { Question } from '../core/question.ts';
import { endpointFor, type Reading, type Source } from '../core/source.ts';

/** One exchange with a source, laid open: what was sent, what came back, what was understood. Holds secrets: redact. */
export type Probe =
  | { readonly kind: 'unaskable'; readonly detail: string }
  | {
      readonly kind: 'silent';
      readonly endpoint: string;
      readonly request: HttpRequest;
      readonly detail: string;
      readonly tookMs: number;
    }
  | {
      readonly kind: 'answered';
      readonly endpoint: string;
      readonly request: HttpRequest;
      readonly response: HttpResponse;
      readonly reading: Reading;
      readonly tookMs: number;
      /** Their clock minus ours, from the Date header (whole seconds); null where there is none. */
      readonly clockAheadMs: number | null;
    };

/** Asks one question outside all patience: no cache, no retry, no limit. For `doctor` and `sources test`. */
export async function probeSource(
  { source, options }: { source: Source; options: SourceOptions },
  question: Question,
  http: Http,
  clock: Clock,
): Promise<Probe> {
  const endpoint = endpointFor(source, question.kind, question.instrument);
  if (endpoint === null) {
    return {
      kind: 'unaskable',
      detail: `${source.title} has no ${question.kind} of ${question.instrument.id}`,
    };
  }
  const request = endpoint.request([question], options, null);
  const startedMs = clock.elapsedMs();
  const outcome = await http.send(request, { timeoutMs: options.timeoutMs, bytesMax: 10_000_000 });
  const tookMs = clock.elapsedMs() - startedMs;
  if (outcome.kind === 'failed') {
    return {
      kind: 'silent',
      endpoint: endpoint.name,
      request,
      detail: `${outcome.reason}: ${outcome.detail}`,
      tookMs,
    };
  }
  const { response } = outcome;
  const [reading] = endpoint.parse(response, [question], options).readings;
  if (reading === undefined) throw new RangeError(`${endpoint.name} gave no reading for its question`);
  const theirsMs = Date.parse(response.headers.date ?? '');
  const clockAheadMs = Number.isNaN(theirsMs) ? null : theirsMs - response.receivedAtMs;
  return { kind: 'answered', endpoint: endpoint.name, request, response, reading, tookMs, clockAheadMs };
}
