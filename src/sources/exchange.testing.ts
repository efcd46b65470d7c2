import type { HttpResponse } from '../core/http.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { BarsQuestion, Question } from '../core/question.ts';
import type { Endpoint, Reading, Source, SourceSettings } from '../core/source.ts';

/** Everything a source's test needs to ask and to answer, with values of a Friday evening in November 2026. */

export const RECEIVED_AT_MS = Date.UTC(2026, 10, 20, 21, 0, 5);

/** Default settings of a source, every key set to a word that must never come back out. */
export function settingsOf(source: Source, options: Readonly<Record<string, string>> = {}): SourceSettings {
  return {
    baseUrl: source.defaultBaseUrl,
    keys: Object.fromEntries(Object.keys(source.keys).map((name) => [name, `canary-${name}-7f3a`])),
    options: { ...source.options, ...options },
  };
}

export function endpointOf(source: Source, name: string): Endpoint {
  const endpoint = source.endpoints.find((candidate) => candidate.name === name);
  if (endpoint === undefined) throw new RangeError(`${source.id} has no endpoint ${name}`);
  return endpoint;
}

/** An answer as it would come from the wire; a body that is no text is sent as JSON. */
export function responseOf(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receivedAtMs: RECEIVED_AT_MS,
  };
}

export function questionOf(kind: 'market' | 'rating' | 'gauge', id: string): Question {
  return { kind, instrument: instrumentOf(id) };
}

export function stanceQuestion(id: string): Question {
  return {
    kind: 'stance',
    instrument: instrumentOf(id),
    brief: {
      price: 271.34,
      currency: instrumentOf(id).quote,
      change5mPct: 0.1,
      change1hPct: -0.4,
      change1dPct: null,
      atrPct: 0.08,
    },
  };
}

/** Minute bars of the hour before {@link RECEIVED_AT_MS} unless the fields say otherwise. */
export function barsQuestion(id: string, fields: Partial<BarsQuestion> = {}): Question {
  return {
    kind: 'bars',
    instrument: instrumentOf(id),
    intervalMs: 60_000,
    fromMs: Date.UTC(2026, 10, 20, 20),
    toMs: Date.UTC(2026, 10, 20, 21),
    ...fields,
  };
}

/** Each reading in one word: `ok`, or the kind of its failure. */
export function verdicts(readings: readonly Reading[]): string[] {
  return readings.map((reading) => (reading.kind === 'ok' ? 'ok' : reading.failure.kind));
}
