import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agendaOf, type Item, type Need, RENEWALS_MAX, RETRIES_MAX, STARTS_MAX } from './agenda.ts';

const need = fc.constantFrom<Need>('start', 'retry', 'renewal', 'turn', 'look');

function many(count: number, wanted: Need) {
  return {
    desks: Array.from({ length: count }, () => ({ turnAtMs: 0 })),
    needs: Array.from({ length: count }, () => wanted),
  };
}

const counted = (items: readonly Item[], wanted: Item): number =>
  items.filter((item) => item === wanted).length;

describe('the agenda of a cycle', () => {
  test('gives everyone what it needs where there are few', () => {
    fc.assert(
      fc.property(fc.array(need, { maxLength: 50 }), (needs) => {
        const desks = needs.map((_, index) => ({ turnAtMs: index }));
        expect(agendaOf(desks, needs)).toEqual(needs.map((one) => (one === 'look' ? 'look' : 'turn')));
      }),
    );
  });

  test.each<[Need, number, Item]>([
    ['start', STARTS_MAX, 'wait'],
    ['retry', RETRIES_MAX, 'wait'],
    ['renewal', RENEWALS_MAX, 'look'],
  ])('holds a flood of %s to %i a cycle: the others get a %s', (wanted, max, instead) => {
    const { desks, needs } = many(3 * max, wanted);
    const items = agendaOf(desks, needs);
    expect(counted(items, 'turn')).toBe(max);
    expect(counted(items, instead)).toBe(2 * max);
  });

  test.each<[Need, number]>([
    ['start', STARTS_MAX],
    ['retry', RETRIES_MAX],
    ['renewal', RENEWALS_MAX],
  ])('lets no %s starve: each has its turn once in ceil(n / %i) cycles', (wanted, max) => {
    const { desks, needs } = many(2 * max + 1, wanted);
    for (let round = 1; round <= 6; round += 1) {
      for (const [index, item] of agendaOf(desks, needs).entries())
        if (item === 'turn') desks[index] = { turnAtMs: round };
      expect(Math.min(...desks.map(({ turnAtMs }) => turnAtMs))).toBeGreaterThanOrEqual(
        round >= 3 ? round - 2 : 0,
      );
    }
  });

  test('counts nobody who has to be weighed at once', () => {
    const flood = many(STARTS_MAX + 5, 'start');
    const needs = [...flood.needs, ...many(7_000, 'turn').needs];
    const desks = needs.map(() => ({ turnAtMs: 0 }));
    expect(counted(agendaOf(desks, needs), 'turn')).toBe(STARTS_MAX + 7_000);
  });
});
