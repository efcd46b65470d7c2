import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Instrument } from '../../core/instrument.ts';
import type { Question, View } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { answerText } from './http-failure.ts';
import { readJson } from './json.ts';

export function okReading(view: View): Reading {
  return { kind: 'ok', view };
}

export function failedReading(reason: Failure): Reading {
  return { kind: 'failed', failure: reason };
}

/** A batch answered whole: no cost stated, no further page. */
export function batchOf(readings: readonly Reading[], nextPage: string | null = null): ParsedBatch {
  return { readings, reportedCostUsd: null, nextPage };
}

/** Every question of the batch failed for one reason. */
export function failAll(batch: readonly Question[], reason: Failure): ParsedBatch {
  return batchOf(batch.map(() => failedReading(reason)));
}

/** The body as JSON, or the failure that says why it is none. */
export function jsonBody(
  response: HttpResponse,
  settings: SourceSettings,
): { readonly kind: 'ok'; readonly value: unknown } | { readonly kind: 'failed'; readonly failure: Failure } {
  const read = readJson(response.body);
  if (read.kind === 'ok') return read;
  return {
    kind: 'failed',
    failure: failure('badPayload', `${read.detail} (${answerText(response, settings)})`),
  };
}

/**
 * One reading per question, matched by the provider's own spelling of the symbol: an answer that nobody asked for is
 * left aside, a question without an answer fails as `missing` says, or as mismatch where only other things were answered. Of a symbol answered twice the later one counts.
 */
export function matchBySymbol(
  batch: readonly Question[],
  symbolOf: (instrument: Instrument) => string | null,
  answers: Iterable<readonly [string, unknown]>,
  read: (answer: unknown, question: Question) => Reading,
  missing: (symbol: string) => Failure,
): Reading[] {
  const bySymbol = new Map(answers);
  const asked = new Set(batch.map(({ instrument }) => symbolOf(instrument)));
  const isBesideTheQuestion = bySymbol.size > 0 && [...bySymbol.keys()].every((symbol) => !asked.has(symbol));
  const absent = (symbol: string): Failure =>
    isBesideTheQuestion
      ? failure('mismatch', `answers about another symbol than ${symbol}`)
      : missing(symbol);
  return batch.map((question) => {
    const symbol = symbolOf(question.instrument);
    if (symbol === null) {
      return failedReading(failure('unknownSymbol', `no spelling for ${question.instrument.id}`));
    }
    return bySymbol.has(symbol) ? read(bySymbol.get(symbol), question) : failedReading(absent(symbol));
  });
}
