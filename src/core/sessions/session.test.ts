import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { dataText, describeWithData } from '../../../test/data.ts';
import { nextOpenMs, type Session, sessionAt } from './session.ts';

const ms = (iso: string): number => Date.parse(iso);
const newYorkMs = (local: string): number =>
  Temporal.PlainDateTime.from(local).toZonedDateTime('America/New_York').epochMilliseconds;
const newYorkTime = (atMs: number | null): string =>
  Temporal.Instant.fromEpochMilliseconds(atMs ?? Number.NaN)
    .toZonedDateTimeISO('America/New_York')
    .toPlainDateTime()
    .toString();

type Hours = { readonly date: string; readonly open: string; readonly close: string };

/** Every regular session that opens in [fromMs, toMs), found by following the lookups alone. */
function regularSessions(fromMs: number, toMs: number): Hours[] {
  const found: Hours[] = [];
  for (let atMs = fromMs; ; ) {
    const { opensAtMs, closesAtMs } = sessionAt('stock', atMs);
    if (opensAtMs === null || closesAtMs === null) throw new Error('stocks have hours');
    if (opensAtMs >= toMs) return found;
    found.push({
      date: newYorkTime(opensAtMs).slice(0, 10),
      open: new Date(opensAtMs).toISOString().replace('.000Z', 'Z'),
      close: new Date(closesAtMs).toISOString().replace('.000Z', 'Z'),
    });
    atMs = closesAtMs;
  }
}

describeWithData('recorded calendar of the New York Stock Exchange', () => {
  test('every session of 2015 to 2022 has the recorded open and close, and there is no other', () => {
    const [, ...lines] = dataText('calendar/xnys-sessions-2015-2022.csv.gz').trim().split('\n');
    const recorded = lines.map((line) => {
      const [date = '', open = '', close = ''] = line.split(',');
      return { date, open, close };
    });
    expect(recorded.length).toBeGreaterThan(2_000);
    expect(regularSessions(ms('2015-01-01T12:00:00Z'), ms('2023-01-01T00:00:00Z'))).toEqual(recorded);
  });

  test('every recorded holiday is a holiday, every recorded early close an early close', () => {
    const calendar = JSON.parse(dataText('calendar/nyse-holidays-2015-2022.json')) as {
      holidays: string[];
      earlyCloses: Record<string, string>;
    };
    const isHoliday = (date: string) => sessionAt('stock', newYorkMs(`${date}T12:00`)).reason === 'holiday';
    expect(calendar.holidays.filter((date) => !isHoliday(date))).toEqual([]);
    expect(calendar.holidays.length).toBeGreaterThan(70);
    for (const [date, time] of Object.entries(calendar.earlyCloses)) {
      expect(newYorkTime(sessionAt('stock', newYorkMs(`${date}T12:00`)).closesAtMs)).toBe(
        `${date}T${time}:00`,
      );
    }
  });
});

describe('holidays by rule', () => {
  test.each([
    ['2014-07-04', 'Independence Day'],
    ['2018-12-05', 'mourning for G. H. W. Bush'],
    ['2021-12-24', 'Christmas on a Saturday is kept on Friday'],
    ['2022-06-20', 'Juneteenth on a Sunday is kept on Monday'],
    ['2023-01-02', 'New Year on a Sunday is kept on Monday'],
    ['2024-03-29', 'Good Friday in March'],
    ['2025-01-09', 'mourning for Jimmy Carter'],
    ['2026-04-03', 'Good Friday'],
    ['2026-07-03', 'Independence Day on a Saturday is kept on Friday'],
    ['2027-03-26', 'Good Friday'],
    ['2027-06-18', 'Juneteenth on a Saturday is kept on Friday'],
    ['2027-07-05', 'Independence Day on a Sunday is kept on Monday'],
    ['2027-12-24', 'Christmas on a Saturday is kept on Friday'],
    ['2028-04-14', 'Good Friday'],
    ['2029-03-30', 'Good Friday'],
    ['2030-01-21', 'Martin Luther King Day'],
    ['2030-02-18', 'Washington’s Birthday'],
    ['2030-04-19', 'Good Friday'],
    ['2030-05-27', 'Memorial Day'],
    ['2030-09-02', 'Labor Day'],
    ['2030-11-28', 'Thanksgiving'],
  ])('%s is closed: %s', (date) => {
    expect(sessionAt('stock', newYorkMs(`${date}T12:00`))).toMatchObject({
      phase: 'closed',
      reason: 'holiday',
    });
  });

  test.each([
    ['2021-06-18', 'Juneteenth is kept from 2022 on'],
    ['2021-12-31', 'the Friday before a Saturday New Year is traded'],
    ['2027-12-31', 'the Friday before a Saturday New Year is traded'],
    ['2022-07-01', 'the Friday before a Monday Independence Day is a whole day'],
    ['2026-12-31', 'New Year’s Eve is a whole day'],
    ['2027-07-02', 'the Friday before an observed Monday is a whole day'],
    ['2027-12-23', 'the day before an observed Christmas is a whole day'],
  ])('%s trades until 16:00: %s', (date) => {
    const session = sessionAt('stock', newYorkMs(`${date}T12:00`));
    expect(session.phase).toBe('open');
    expect(newYorkTime(session.closesAtMs)).toBe(`${date}T16:00:00`);
  });

  test.each([
    '2024-07-03',
    '2024-11-29',
    '2024-12-24',
    '2025-07-03',
    '2025-11-28',
    '2026-11-27',
    '2026-12-24',
    '2028-07-03',
    '2029-07-03',
    '2029-12-24',
    '2030-11-29',
  ])('%s closes at 13:00, its late trading at 17:00', (date) => {
    const session = sessionAt('stock', newYorkMs(`${date}T12:59:59.999`));
    expect(session.phase).toBe('open');
    expect(newYorkTime(session.closesAtMs)).toBe(`${date}T13:00:00`);
    expect(sessionAt('stock', newYorkMs(`${date}T13:00`)).phase).toBe('post');
    expect(sessionAt('stock', newYorkMs(`${date}T16:59`)).phase).toBe('post');
    expect(sessionAt('stock', newYorkMs(`${date}T17:00`)).phase).toBe('closed');
  });

  test('2026 has 251 sessions and 2027 has 251', () => {
    for (const year of [2026, 2027]) {
      const sessions = regularSessions(ms(`${year}-01-01T12:00:00Z`), ms(`${year + 1}-01-01T00:00:00Z`));
      expect(sessions.length).toBe(251);
    }
  });
});

describe('phases', () => {
  const phases = (date: string, times: readonly string[]) =>
    times.map((time) => sessionAt('stock', newYorkMs(`${date}T${time}`)).phase);

  test('an ordinary day goes closed, pre, open, post, closed', () => {
    const times = ['03:59:59.999', '04:00', '09:29:59.999', '09:30', '15:59:59.999', '16:00', '19:59:59.999'];
    expect(phases('2026-01-15', [...times, '20:00'])).toEqual([
      'closed',
      'pre',
      'pre',
      'open',
      'open',
      'post',
      'post',
      'closed',
    ]);
  });

  test.each([
    ['2026-03-06', '2026-03-06T14:30:00Z', 'standard time'],
    ['2026-03-09', '2026-03-09T13:30:00Z', 'daylight time, three weeks before Europe'],
    ['2026-10-30', '2026-10-30T13:30:00Z', 'daylight time, when Europe has left it'],
    ['2026-11-02', '2026-11-02T14:30:00Z', 'standard time'],
  ])('%s opens at %s: %s', (_date, open) => {
    expect(sessionAt('stock', ms(open) - 1).phase).toBe('pre');
    expect(sessionAt('stock', ms(open))).toMatchObject({ phase: 'open', opensAtMs: ms(open) });
  });

  test.each([
    ['2026-01-16T21:00', 'overnight', '2026-01-20T09:30:00'],
    ['2026-01-16T23:30', 'overnight', '2026-01-20T09:30:00'],
    ['2026-01-17T12:00', 'weekend', '2026-01-20T09:30:00'],
    ['2026-01-19T12:00', 'holiday', '2026-01-20T09:30:00'],
    ['2026-01-20T00:00', 'overnight', '2026-01-20T09:30:00'],
    ['2026-03-08T02:30', 'weekend', '2026-03-09T09:30:00'],
  ] as const)('%s in New York is closed (%s) and opens next at %s', (local, reason, opens) => {
    const session = sessionAt('stock', newYorkMs(local));
    expect(session).toMatchObject({ phase: 'closed', reason });
    expect(newYorkTime(session.opensAtMs)).toBe(opens);
  });

  test('crypto is always open', () => {
    const session: Session = { phase: 'open', opensAtMs: null, closesAtMs: null, reason: null };
    expect(sessionAt('crypto', ms('2026-12-25T03:00:00Z'))).toEqual(session);
    expect(nextOpenMs('crypto', 5)).toBe(5);
  });

  test('what is not a moment is called so', () => {
    expect(() => sessionAt('stock', Number.NaN)).toThrow(RangeError);
  });
});

describe('every lookup', () => {
  const anyMs = fc.integer({ min: ms('2013-01-01T00:00:00Z'), max: ms('2031-01-01T00:00:00Z') });

  test('names a session that opens before it closes and is not over', () => {
    fc.assert(
      fc.property(anyMs, (atMs) => {
        const { phase, opensAtMs, closesAtMs, reason } = sessionAt('stock', atMs);
        if (opensAtMs === null || closesAtMs === null) return false;
        const lengthMs = closesAtMs - opensAtMs;
        expect([3.5 * 3_600_000, 6.5 * 3_600_000]).toContain(lengthMs);
        expect(closesAtMs).toBeGreaterThan(atMs);
        expect(phase === 'open').toBe(opensAtMs <= atMs);
        expect(reason !== null).toBe(phase === 'closed');
        // Thanksgiving to Monday is shorter than the longest break, a long weekend next to a holiday.
        return opensAtMs - atMs < 5 * 86_400_000;
      }),
      { numRuns: 1_000 },
    );
  });

  test('finds the session it announces: open at its edge, pre before, post after', () => {
    fc.assert(
      fc.property(anyMs, (atMs) => {
        const { opensAtMs, closesAtMs } = sessionAt('stock', atMs);
        if (opensAtMs === null || closesAtMs === null) return false;
        const phaseAt = (edgeMs: number) => sessionAt('stock', edgeMs).phase;
        expect([phaseAt(opensAtMs - 1), phaseAt(opensAtMs)]).toEqual(['pre', 'open']);
        expect([phaseAt(closesAtMs - 1), phaseAt(closesAtMs)]).toEqual(['open', 'post']);
        expect(sessionAt('stock', closesAtMs).opensAtMs).toBeGreaterThan(closesAtMs);
        return (
          nextOpenMs('stock', opensAtMs) === opensAtMs && nextOpenMs('stock', opensAtMs - 1) === opensAtMs
        );
      }),
      { numRuns: 500 },
    );
  });

  test('knows one order of phases, over the 25 and 23 hours of the clock changes too', () => {
    const next = { closed: ['closed', 'pre'], pre: ['open'], open: ['post'], post: ['closed'] };
    for (const from of ['2026-03-05T00:00:00Z', '2026-10-29T00:00:00Z', '2026-12-22T00:00:00Z']) {
      let before = sessionAt('stock', ms(from));
      for (let atMs = ms(from); atMs < ms(from) + 7 * 86_400_000; atMs += 60_000) {
        const session = sessionAt('stock', atMs);
        if (session !== before) expect(next[before.phase]).toContain(session.phase);
        before = session;
      }
    }
  });

  test('is answered from memory within a day: the same object comes back', () => {
    const noonMs = newYorkMs('2026-01-15T12:00');
    expect(sessionAt('stock', noonMs + 5_000)).toBe(sessionAt('stock', noonMs));
  });
});
