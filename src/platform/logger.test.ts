import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { Redactor } from './redactor.ts';
import { createVirtualClock } from './virtual-clock.ts';

function logging() {
  const lines: string[] = [];
  const clock = createVirtualClock(1_000);
  const log = createLogger({
    level: 'info',
    clock,
    redactor: new Redactor(['s3cret-key']),
    write: (line) => lines.push(line),
  });
  return { log, lines, clock };
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

test('a flood of equal lines is one line and, a minute later, how many more there were', async () => {
  const { log, lines, clock } = logging();
  for (let cycle = 1; cycle <= 500; cycle += 1)
    log.error({ error: `the record refused cycle ${cycle}: disk full`, cycle }, 'refused');
  log.error({ error: 'another reason' }, 'refused');
  expect(lines.map((line) => (JSON.parse(line) as { error: unknown }).error)).toEqual([
    'the record refused cycle 1: disk full',
    'another reason',
  ]);
  await clock.advanceTo(61_000);
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ level: 'error', text: 'refused', repeated: 499 });
  log.error({ error: 'the record refused cycle 501: disk full' }, 'refused');
  expect(lines).toHaveLength(4);
});

test('lines that differ in words are never held back', () => {
  const { log, lines } = logging();
  for (const source of ['alpaca', 'yahoo', 'xai']) log.warn({ source }, 'failing');
  expect(lines).toHaveLength(3);
});

test('lines of which each says something of its own are all written, redacted as the others', () => {
  const { log, lines } = logging();
  for (let i = 0; i < 3; i += 1) log.each.info({ detail: 's3cret-key' }, 'a decision changed');
  log.each.debug({}, 'below the level');
  expect(lines).toHaveLength(3);
  expect(lines.join()).not.toContain('s3cret-key');
});

test('says which levels are written, from one moment to the next', () => {
  const { log } = logging();
  expect([log.shows('debug'), log.shows('info')]).toEqual([false, true]);
  log.setLevel('error');
  expect([log.shows('warn'), log.shows('error')]).toEqual([false, true]);
});

test('closing tells at once what was held back', () => {
  const { log, lines } = logging();
  for (let i = 0; i < 3; i += 1) log.warn({}, 'again');
  log.close();
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ text: 'again', repeated: 2 });
});
