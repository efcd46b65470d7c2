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
      for (const [index, item] of new Agenda().of(desks, needs).entries())
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
    expect(counted(new Agenda().of(desks, needs), 'turn')).toBe(STARTS_MAX + 7_000);
  });
});

describe('an agenda that was too full', () => {
  const renewals = (agenda: Agenda): number => {
    const { desks, needs } = many(2 * RENEWALS_MAX, 'renewal');
    return counted(agenda.of(desks, needs), 'turn');
  };
  const agendaAfter = (...timeShares: readonly number[]): Agenda => {
    const agenda = new Agenda();
    for (const share of timeShares) agenda.looked(5_000, share);
    return agenda;
  };

  test('is shorter in the next cycle, never empty, and grows again while there is room', () => {
    expect(renewals(agendaAfter(0.9))).toBe(0.6 * RENEWALS_MAX);
    expect(renewals(agendaAfter(...Array.from({ length: 20 }, () => 1)))).toBe(0.1 * RENEWALS_MAX);
    expect(renewals(agendaAfter(1, 0.7))).toBe(0.6 * RENEWALS_MAX);
    expect(renewals(agendaAfter(1, ...Array.from({ length: 9 }, () => 0.1)))).toBe(RENEWALS_MAX);
  });

  test('learns nothing from few looks', () => {
    const agenda = new Agenda();
    agenda.looked(100, 5);
    expect(renewals(agenda)).toBe(RENEWALS_MAX);
  });

  test('holds any load: where n turns take n times as long, the looks come in time after a few cycles', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.6, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (own, perPortion) => {
          const agenda = new Agenda();
          const timeShare = (): number => own + perPortion * agenda.share;
          for (let cycle = 0; cycle < 6; cycle += 1) agenda.looked(50_000, timeShare());
          const settled = Array.from({ length: 50 }, () => {
            const share = timeShare();
            agenda.looked(50_000, share);
            return share;
          });
          const inTime = settled.filter((share) => share <= 1).length;
          if (own + 0.1 * perPortion <= 0.75) expect(inTime).toBe(50);
        },
      ),
    );
  });
});
