import { expect, test } from 'vitest';
import { describeWithData, type RecordedAnswer, recordedAnswers } from '../../test/data.ts';
import type { HttpResponse } from '../core/http.ts';
import type { Reading } from '../core/source.ts';
import { RECEIVED_AT_MS } from './exchange.testing.ts';

/** A recorded answer as a response of today; a cassette without a status was a 200. */
export function recordedResponse({ response }: RecordedAnswer): HttpResponse {
  return {
    status: response.status ?? 200,
    headers: Object.fromEntries(
      Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: response.body,
    receivedAtMs: RECEIVED_AT_MS,
  };
}

export type Judged = {
  readonly readings: readonly Reading[];
  /** What a second reading of the body, written apart from the parser, says is not so; empty when all agrees. */
  readonly wrong: readonly string[];
};

/**
 * Judges every recorded answer of a provider folder and prints one line of the table: answers read, failures named,
 * values that a second reading contradicts (none).
 */
export function describeRecorded(provider: string, judge: (answer: RecordedAnswer) => Judged): void {
  describeWithData(`recorded answers of ${provider}`, () => {
    test('are read truly or refused by name', () => {
      const judged = recordedAnswers(provider).map((answer) => ({ file: answer.file, ...judge(answer) }));
      const ok = judged.filter(({ readings }) => readings.some(({ kind }) => kind === 'ok'));
      const wrong = judged.filter((one) => one.wrong.length > 0);
      console.log(
        `${provider} | ok ${ok.length} | failures classified ${judged.length - ok.length} | wrong ${wrong.length}`,
      );
      expect(wrong.map(({ file, wrong: why }) => ({ file, why }))).toEqual([]);
      expect(judged.length).toBeGreaterThan(0);
    });
  });
}
