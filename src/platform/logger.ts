import { pino } from 'pino';
import type { Clock } from '../core/clock.ts';
import type { Redactor } from './redactor.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** One event per call: `log.warn({ sourceId }, 'source refused')`. */
export type Logger = Readonly<
  Record<
    'debug' | 'info' | 'warn' | 'error',
    (fields: Readonly<Record<string, unknown>>, text: string) => void
  >
>;

/**
 * One JSON object per line with `level`, `timeMs` (Unix ms), `text` and the fields of the event. Line breaks and escapes in
 * provider text cannot start a new line: JSON escapes them. Every line passes the redactor.
 */
export function createLogger(options: {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Takes one whole line, line end included. */
  readonly write: (line: string) => void;
}): Logger {
  const { level, clock, redactor, write } = options;
  return pino(
    {
      level,
      base: null,
      messageKey: 'text',
      timestamp: () => `,"timeMs":${clock.nowMs()}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(redactor.redact(line)) },
  );
}
