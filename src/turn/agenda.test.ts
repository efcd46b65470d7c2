import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Agenda, type Item, type Need, RENEWALS_MAX, RETRIES_MAX, STARTS_MAX } from './agenda.ts';

const need = fc.constantFrom<Need>('start', 'retry', 'renewal', 'turn', 'look');

function many(count: number, wanted: Need) {
  return {
    desks: Array.from({ length: count }, () => ({ turnAtMs: 0 })),
    needs: Array.from({ length: count }, () => wanted),
  };
}

const counted = (items: readonly Item[], wanted: Item): number =>
  items.filter((item) => item === wanted).length;

const turns = (items: readonly Item[]): number => counted(items, 'turn') + counted(items, 'turnAfterLooks');

describe('the agenda of a cycle', () => {
  test('gives everyone what it needs where there are few', () => {
    fc.assert(
      fc.property(fc.array(need, { maxLength: 50 }), (needs) => {
        const desks = needs.map((_, index) => ({ turnAtMs: index }));
        expect(new Agenda().of(desks, needs)).toEqual(needs.map((one) => (one === 'look' ? 'look' : 'turn')));
      }),
    );
  });

  test.each<[Need, number, Item]>([
    ['start', STARTS_MAX, 'wait'],
    ['retry', RETRIES_MAX, 'wait'],
    ['renewal', RENEWALS_MAX, 'look'],
  ])('holds a flood of %s to %i a cycle: the others get a %s', (wanted, max, instead) => {
    const { desks, needs } = many(3 * max, wanted);
    const items = new Agenda().of(desks, needs);
    expect(turns(items)).toBe(max);
    expect(counted(items, instead)).toBe(2 * max);
  });

  test.each<[Need, number]>([
    ['start', STARTS_MAX],
    ['retry', RETRIES_MAX],
    ['renewal', RENEWALS_MAX],
  ])('lets no %s starve: each has its turn once in ceil(n / %i) cycles', (wanted, max) => {
    const { desks, needs } = many(2 * max + 1, wanted);
    for (let round = 1; round <= 6; round += 1) {
      for (const [index, item] of new Agenda().of(desks, needs).entries())
        if (item === 'turn' || item === 'turnAfterLooks') desks[index] = { turnAtMs: round };
      expect(Math.min(...desks.map(({ turnAtMs }) => turnAtMs))).toBeGreaterThanOrEqual(
        round >= 3 ? round - 2 : 0,
      );
    }
  });

  test('counts nobody who has to be weighed at once', () => {
    const flood = many(STARTS_MAX + 5, 'start');
    const needs = [...flood.needs, ...many(7_000, 'turn').needs];
    const desks = needs.map(() => ({ turnAtMs: 0 }));
    expect(counted(new Agenda().of(desks, needs), 'turn')).toBe(STARTS_MAX + 7_000);
  });
});

test('what has time waits until a crowd of looks is over', () => {
  const needs: Need[] = ['start', 'retry', 'renewal', 'turn'];
  const after = (looks: number): readonly Item[] => {
    const all = [...needs, ...many(looks, 'look').needs];
    const desks = all.map(() => ({ turnAtMs: 0 }));
    return new Agenda().of(desks, all).slice(0, needs.length);
  };
  expect(after(999)).toEqual(['turn', 'turn', 'turn', 'turn']);
  expect(after(1_000)).toEqual(['turnAfterLooks', 'turnAfterLooks', 'turnAfterLooks', 'turn']);
});

describe('an agenda that was too full', () => {
  const renewals = (agenda: Agenda): number => {
    const { desks, needs } = many(2 * RENEWALS_MAX, 'renewal');
    return turns(agenda.of(desks, needs));
  };
  /** After cycles in which so many prices took such shares of their time. */
  const agendaAfter = (cycles: readonly (readonly number[])[]): Agenda => {
    const agenda = new Agenda();
    for (const shares of cycles) {
      agenda.of([], []);
      for (const share of shares) agenda.priced(share);
    }
    return agenda;
  };
  const all = (share: number): readonly number[] => Array.from({ length: 100 }, () => share);
  const times = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one);

  test('is shorter in the next cycle, never empty, and grows again while there is room', () => {
    expect(renewals(agendaAfter([all(0.9)]))).toBe(0.6 * RENEWALS_MAX);
    expect(renewals(agendaAfter(times(20, all(1))))).toBe(0.1 * RENEWALS_MAX);
    expect(renewals(agendaAfter([all(1), all(0.7)]))).toBe(0.6 * RENEWALS_MAX);
    expect(renewals(agendaAfter([all(1), ...times(9, all(0.1))]))).toBe(RENEWALS_MAX);
  });

  test('learns nothing from few prices, nor from the few of a slow source', () => {
    expect(renewals(agendaAfter([times(49, 5)]))).toBe(RENEWALS_MAX);
    expect(renewals(agendaAfter([[...times(10, 1), ...times(90, 0.1)]]))).toBe(RENEWALS_MAX);
    expect(renewals(agendaAfter([[...times(11, 1), ...times(89, 0.1)]]))).toBe(0.6 * RENEWALS_MAX);
  });

  test('holds any load: where n turns take n times as long, their prices come in time after a few cycles', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.6, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (own, perPortion) => {
          const agenda = new Agenda();
          const cycle = (): number => {
            agenda.of([], []);
            const share = own + perPortion * agenda.share;
            for (const priced of all(share)) agenda.priced(priced);
            return share;
          };
          for (const _ of times(6, null)) cycle();
          const settled = times(50, null).map(cycle);
          const inTime = settled.filter((share) => share <= 1).length;
          if (own + 0.1 * perPortion <= 0.75) expect(inTime).toBe(50);
        },
      ),
    );
  });
});
