import { pino } from 'pino';
import type { Clock } from '../core/clock.ts';
import type { LogLevel } from '../core/options.ts';
import type { Redactor } from './redactor.ts';
import { Repeats } from './repeats.ts';

type LogMethod = 'debug' | 'info' | 'warn' | 'error';

/** One event per call: `log.warn({ sourceId }, 'source refused')`. */
export type Logger = Readonly<
  Record<LogMethod, (fields: Readonly<Record<string, unknown>>, text: string) => void>
> & {
  /** From now on. */
  readonly setLevel: (level: LogLevel) => void;
  /** Writes how many lines were held back; to be called before the process ends. */
  readonly close: () => void;
};

/**
 * One JSON object per line with `level`, `timeMs` (Unix ms), `text` and the fields of the event. Line breaks and escapes in
 * provider text cannot start a new line: JSON escapes them. Every line passes the redactor. A line that is repeated is
 * written once a minute, with `repeated`: how many more there were.
 */
export function createLogger(options: {
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Takes one whole line, line end included. */
  readonly write: (line: string) => void;
}): Logger {
  const { level, clock, redactor, write } = options;
  const log = pino(
    {
      level,
      base: null,
      messageKey: 'text',
      timestamp: () => `,"timeMs":${clock.nowMs()}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(redactor.redact(line)) },
  );
  const repeats = new Repeats(clock);
  const grouped =
    (at: LogMethod): Logger[LogMethod] =>
    (fields, text) => {
      if (!log.isLevelEnabled(at)) return;
      const isShown = repeats.admit(keyOf(at, fields, text), (repeated) =>
        log[at]({ ...fields, repeated }, text),
      );
      if (isShown) log[at](fields, text);
    };
  return {
    debug: grouped('debug'),
    info: grouped('info'),
    warn: grouped('warn'),
    error: grouped('error'),
    setLevel: (next) => {
      log.level = next;
    },
    close: () => repeats.close(),
  };
}

/** Equal for the lines of a flood: figures differ from one to the next, words do not. */
function keyOf(level: string, fields: Readonly<Record<string, unknown>>, text: string): string {
  const words = Object.entries(fields).filter(([, value]) => typeof value === 'string');
  return JSON.stringify([level, text, ...words.map(([name, value]) => [name, digitless(String(value))])]);
}

const KEY_CHARS_MAX = 200;

function digitless(text: string): string {
  return text.slice(0, KEY_CHARS_MAX).replace(/\d+/g, '#');
}
