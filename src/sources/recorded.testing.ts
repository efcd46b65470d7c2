import { expect, test } from 'vitest';
import { describeWithData, type RecordedAnswer, recordedAnswers } from '../../test/data.ts';
import type { HttpResponse } from '../core/http.ts';
import type { Reading } from '../core/source.ts';
import { RECEIVED_AT_MS } from './exchange.testing.ts';
import type { Specimen } from './torture.testing.ts';

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

/** A recorded answer by its file, to be made worse in every way: call it only inside `describeWithData`. */
export function recordedSpecimen(
  provider: string,
  file: string,
  asked: Pick<Specimen, 'endpoint' | 'batch' | 'settings' | 'witness'>,
): Specimen {
  const answer = recordedAnswers(provider).find((one) => one.file === file);
  if (answer === undefined) throw new RangeError(`${provider} has no recorded answer ${file}`);
  return { ...asked, name: file, response: recordedResponse(answer) };
}

export type Judged = {
  readonly readings: readonly Reading[];
  /** What a second reading of the body, written apart from the parser, says is not so; empty when all agrees. */
  readonly wrong: readonly string[];
};

/** What was read beside what the body says: one line where they differ, none where they agree. */
export function differences(
  what: string,
  found: readonly (string | number)[],
  stated: readonly (string | number)[],
): string[] {
  const [read, said] = [found.join(' '), stated.join(' ')];
  return read === said ? [] : [`${what}: read ${read}, the body says ${said}`];
}

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
