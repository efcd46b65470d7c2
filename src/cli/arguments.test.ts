import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  checkSpan,
  cycleLength,
  days,
  instrumentId,
  moment,
  oneOrMore,
  portNumber,
  positive,
  share,
  wholeNumber,
  yearAndMonth,
} from './arguments.ts';

describe('values of options', () => {
  test.each([
    [wholeNumber, '0', 0],
    [wholeNumber, '9007199254740991', Number.MAX_SAFE_INTEGER],
    [oneOrMore, '1', 1],
    [instrumentId, 'BRK.B', 'BRK.B'],
    [instrumentId, 'BTC-USD', 'BTC-USD'],
    [portNumber, '0', 0],
    [portNumber, '65535', 65_535],
    [cycleLength, '100', 100],
    [cycleLength, '3600000', 3_600_000],
    [positive, '0.5', 0.5],
    [days, '400', 400],
    [share, '1', 1],
    [moment, '2026-01-15', Date.UTC(2026, 0, 15)],
    [moment, '2026-01-15T14:30:00Z', Date.UTC(2026, 0, 15, 14, 30)],
    [moment, '2026-01-15T14:30-05:00', Date.UTC(2026, 0, 15, 19, 30)],
    [yearAndMonth, '2026-12', { year: 2026, month: 12 }],
  ])('%o reads %s', (read, text, value) => {
    expect(read(text)).toEqual(value);
  });

  test.each([
    [wholeNumber, ''],
    [wholeNumber, '-1'],
    [wholeNumber, '1.5'],
    [wholeNumber, '1e3'],
    [wholeNumber, '9007199254740992'],
    [oneOrMore, '0'],
    [instrumentId, ''],
    [instrumentId, 'a b'],
    [portNumber, '65536'],
    [cycleLength, '0'],
    [cycleLength, '99'],
    [cycleLength, '3600001'],
    [days, '1e9'],
    [share, '2'],
    [share, 'half'],
    [positive, ''],
    [positive, ' '],
    [positive, '0'],
    [positive, 'Infinity'],
    [moment, 'yesterday'],
    [moment, '2026-13-15'],
    [moment, '2026-01-15T14:30:00'],
    [yearAndMonth, '2026-13'],
  ])('%o refuses "%s"', (read, text) => {
    expect(() => read(text)).toThrow(InvalidArgumentError);
  });

  test('an instrument in small letters is told how it is written', () => {
    expect(() => instrumentId('btc-usd')).toThrow('write BTC-USD');
  });

  test.each([
    [{}],
    [{ from: 2_000 }],
    [{ to: 1_000 }],
    [{ from: 1_000, to: 2_000 }],
    [{ from: 1_000, to: 1_000 }],
  ])('%j is a span', (span) => {
    expect(() => checkSpan(span)).not.toThrow();
  });

  test('a span that ends before it begins is none', () => {
    expect(() => checkSpan({ from: 2_000, to: 1_000 })).toThrow(
      /--from 1970-01-01 00:00:02 is not before --to/,
    );
  });
});
