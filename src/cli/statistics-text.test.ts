import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { resolvedOf, scored } from '../outcomes/statistics.testing.ts';
import { StatisticsTally } from '../outcomes/statistics.ts';
import { SliceGroups, sliceKeys } from '../outcomes/statistics-slices.ts';
import { headlineText, slicesText } from './statistics-text.ts';

const DAY_MS = 86_400_000;

/** As many outcomes a day, all of one day alike, every other day won. */
function statisticsOf(days: number, perDay: number) {
  const tally = new StatisticsTally();
  const sides = new SliceGroups(sliceKeys('side', new Map()));
  for (let index = 0; index < days * perDay; index += 1) {
    const day = index % days;
    const one = scored(resolvedOf(day < days / 2 ? 0.01 : -0.01), { atMs: (20_000 + day) * DAY_MS });
    tally.add(one);
    sides.add(one);
  }
  return tally.statistics(1, 0, sides);
}

test('an interval is shown beside the outcomes, what they are worth and the days they are of', () => {
  const statistics = statisticsOf(12, 10);
  // 12 days, half of them won, are worth 11.1 outcomes, and 8.8 of them by Student's t: Wilson 22.4 to 77.6 %.
  const text = stripVTControlCharacters(headlineText(statistics));
  expect(text).toMatch(/win rate +50\.0 % +22\.\d % to 77\.\d % +120 +11 +12 *\n/);
  expect(stripVTControlCharacters(slicesText('side', statistics))).toMatch(
    /BUY +120 +11 +12 +50\.0 % \(22\.\d % to 77\.\d %\) +0\.000 % \(/,
  );
});

test('where there is no interval the table says why once a line', () => {
  const text = stripVTControlCharacters(slicesText('side', statisticsOf(4, 10)));
  expect(text).toMatch(/BUY +40 +4 +50\.0 % \(no interval over 4 days, of 10\) +0\.000 % +not enough/);
});
