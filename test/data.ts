import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, test } from 'vitest';

/** Folder of real prices and recorded provider answers; not part of the repository. */
export const dataDir = resolve(process.env.SEXTANT_DATA ?? join(import.meta.dirname, '../../shared/data'));
export const dataPresent = existsSync(join(dataDir, 'README.md'));

/**
 * A suite over the real data. Without the data it shows up as skipped by name; with CI=true that is a failure, so that
 * a green CI always means the real data were read.
 */
export function describeWithData(name: string, suite: () => void): void {
  if (dataPresent) describe(name, suite);
  else if (process.env.CI === 'true') {
    test(name, () => {
      throw new Error(
        `real data missing at ${dataDir}: set SEXTANT_DATA to the folder that holds recorded/ and ohlcv/`,
      );
    });
  } else describe.skip(`${name} (skipped: no real data at ${dataDir}, set SEXTANT_DATA)`, suite);
}

/** Text of a data file; `.gz` is unpacked. */
export function dataText(path: string): string {
  const bytes = readFileSync(join(dataDir, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

export type RecordedAnswer = {
  readonly file: string;
  readonly kind: 'success' | 'error' | 'rate-limit';
  readonly request: { readonly method: string; readonly url: string; readonly body?: string };
  readonly response: {
    readonly status?: number | null;
    readonly headers?: Record<string, string>;
    readonly body: string;
  };
  readonly parsed?: unknown;
};

/** All recorded answers of one provider folder, by file name. */
export function recordedAnswers(provider: string): RecordedAnswer[] {
  return readdirSync(join(dataDir, 'recorded', provider))
    .sort()
    .map((file) => ({ file, ...JSON.parse(dataText(join('recorded', provider, file))) }) as RecordedAnswer);
}
