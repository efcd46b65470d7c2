import { pino } from 'pino';
import type { Clock } from '../core/clock.ts';
import type { LogLevel } from '../core/options.ts';
import type { Redactor } from './redactor.ts';
import { Repeats } from './repeats.ts';

type LogMethod = 'debug' | 'info' | 'warn' | 'error';

type LogLines = Readonly<
  Record<LogMethod, (fields: Readonly<Record<string, unknown>>, text: string) => void>
>;

/** One event per call: `log.warn({ sourceId }, 'source refused')`. */
export type Logger = LogLines & {
  /** For lines of which each says something of its own: none is held back. */
  readonly each: Pick<LogLines, 'debug' | 'info'>;
  /** Whether lines of a level are written: where it costs something to make them. */
  readonly shows: (level: LogMethod) => boolean;
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
    each: {
      debug: (fields, text) => log.debug(fields, text),
      info: (fields, text) => log.info(fields, text),
    },
    shows: (at) => log.isLevelEnabled(at),
    setLevel: (next) => {
      log.level = next;
    },
    close: () => repeats.close(),
  };
}

/** Equal for the lines of a flood: figures, and what they are correlated by, differ from one to the next, words do not. */
function keyOf(level: string, fields: Readonly<Record<string, unknown>>, text: string): string {
  const words = Object.entries(fields).filter(([, value]) => typeof value === 'string');
  return JSON.stringify([level, text, ...words.map(([name, value]) => [name, digitless(String(value))])]);
}

const KEY_CHARS_MAX = 200;

function digitless(text: string): string {
  return text.slice(0, KEY_CHARS_MAX).replace(/\d+/g, '#');
}
