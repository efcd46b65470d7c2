import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { Redactor } from './redactor.ts';
import { createVirtualClock } from './virtual-clock.ts';

function logging() {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    clock: createVirtualClock(1_000),
    redactor: new Redactor(['s3cret-key']),
    write: (line) => lines.push(line),
  });
  return { log, lines };
}

test('one event is one line of JSON, whatever a provider put into it', () => {
  const { log, lines } = logging();
  log.warn({ sourceId: 'toy', symbol: 'A\r\nB\u001b[31m' }, 'refused');
  log.debug({}, 'below the level');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    timeMs: 1_000,
    sourceId: 'toy',
    symbol: 'A\r\nB\u001b[31m',
    text: 'refused',
  });
});

test('no line holds a secret', () => {
  const { log, lines } = logging();
  log.error({ url: 'https://a.test/?apiKey=s3cret-key', error: new Error('s3cret-key') }, 's3cret-key');
  expect(lines.join()).not.toContain('s3cret-key');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error' });
});
