import { describe, expect, test } from 'vitest';
import { instrumentOf } from '../core/instrument.ts';
import { GATE_DEFAULTS } from '../core/options.ts';
import { checkPrice, type GateMemory, type PriceCheck } from './gates.ts';
import { jumpStep, SPLIT_CONFIRM_MS } from './jump.ts';

const START_MS = 1_768_487_405_000;
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/**
 * Looks at an instrument one after the other, as the engine does; each operator shows the price given for it.
 */
class Looks {
  memory: GateMemory | null = null;
  nowMs = START_MS;

  after(ms: number, ...prices: readonly number[]): string {
    this.nowMs += ms;
    const check = this.check(prices);
    this.memory = check.memory;
    return check.kind === 'pass' ? `${check.fix.price}` : check.reason;
  }

  check(prices: readonly number[]): PriceCheck {
    return checkPrice({
      instrument: instrumentOf('AAPL'),
      quotes: prices.map((price, index) => ({
        sourceId: `s${index}`,
        operator: `o${index}`,
        weight: 1,
        quote: {
          instrumentId: 'AAPL',
          price,
          currency: 'USD',
          bid: null,
          ask: null,
          eventAtMs: this.nowMs,
          receivedAtMs: this.nowMs,
        },
      })),
      memory: this.memory,
      nowMs: this.nowMs,
      options: GATE_DEFAULTS,
      priceToleranceBps: 50,
      priceOperatorsMin: 2,
    });
  }

  /** Shows both operators at `price` every `stepMs` for `spanMs`; the outcomes without repetitions. */
  stay(price: number, spanMs: number, stepMs: number): string[] {
    const outcomes: string[] = [];
    for (let ms = 0; ms < spanMs; ms += stepMs) {
      const outcome = this.after(stepMs, price, price);
      if (outcome !== outcomes.at(-1)) outcomes.push(outcome);
    }
    return outcomes;
  }
}

function looksAt(price: number): Looks {
  const looks = new Looks();
  expect(looks.after(0, price, price)).toBe(`${price}`);
  return looks;
}

test('without a price the memory stays and the reason is told', () => {
  const looks = looksAt(100);
  const before = looks.memory;
  expect(looks.after(SECOND)).toBe('noPrice');
  expect(looks.after(SECOND, 100)).toBe('unconfirmedPrice');
  expect(looks.memory).toEqual(before);
});

describe('a price that stands still', () => {
  test('for a quarter of an hour is halted, and goes on with the first change', () => {
    const looks = looksAt(100);
    expect(looks.stay(100, 14 * MINUTE, MINUTE)).toEqual(['100']);
    expect(looks.after(MINUTE - 1, 100, 100)).toBe('100');
    expect(looks.after(1, 100, 100)).toBe('halted');
    expect(looks.after(5 * SECOND, 100, 100)).toBe('halted');
    expect(looks.after(5 * SECOND, 100.01, 100.01)).toBe('100.01');
  });

  test('is not halted where nobody looked: the same price after a night starts anew', () => {
    const looks = looksAt(100);
    expect(looks.after(17 * HOUR, 100, 100)).toBe('100');
    expect(looks.stay(100, 14 * MINUTE, MINUTE)).toEqual(['100']);
    expect(looks.after(MINUTE, 100, 100)).toBe('halted');
  });
});

describe('a jump', () => {
  test('is one beyond jumpMax, not at it', () => {
    const step = { previousPrice: 100, isUnanimous: true, memory: null, nowMs: 0, lookGapMsMax: 90_000 };
    const options = { jumpMax: 0.25, jumpConfirmMs: 300_000 };
    expect(jumpStep({ ...step, price: 125, options }).kind).toBe('believed');
    expect(jumpStep({ ...step, price: 125.01, options }).kind).toBe('held');
  });

  test('of a fifth is none', () => {
    expect(looksAt(100).after(5 * SECOND, 120, 120)).toBe('120');
    expect(looksAt(100).after(5 * SECOND, 80, 80)).toBe('80');
    expect(looksAt(100).after(5 * SECOND, 120.1, 120.1)).toBe('discontinuity');
    expect(looksAt(100).after(5 * SECOND, 79.9, 79.9)).toBe('discontinuity');
  });

  test('in many steps is none: a crash of a third over a minute is followed', () => {
    const looks = looksAt(100);
    for (let price = 99; price >= 65; price -= 1) {
      expect(looks.after(2 * SECOND, price, price)).toBe(`${price}`);
    }
  });

  test('in one step is believed once all operators have shown it for five minutes', () => {
    const looks = looksAt(100);
    expect(looks.after(5 * SECOND, 65, 65)).toBe('discontinuity');
    expect(looks.stay(65, 5 * MINUTE - 5 * SECOND, 5 * SECOND)).toEqual(['discontinuity']);
    expect(looks.after(5 * SECOND, 65.1, 65.1)).toBe('65.1');
    expect(looks.after(5 * SECOND, 64, 64)).toBe('64');
  });

  test('that goes back was none', () => {
    const looks = looksAt(100);
    expect(looks.after(5 * SECOND, 65, 65)).toBe('discontinuity');
    expect(looks.after(5 * SECOND, 99, 99)).toBe('99');
    expect(looks.memory?.jump).toBeNull();
  });

  test.each([
    {
      name: 'an operator that shows another price',
      disturb: (looks: Looks) => looks.after(5 * SECOND, 65, 65, 100),
    },
    { name: 'operators that disagree', disturb: (looks: Looks) => looks.after(5 * SECOND, 65, 100) },
    { name: 'a further jump', disturb: (looks: Looks) => looks.after(5 * SECOND, 40, 40) },
    { name: 'a gap between looks', disturb: (looks: Looks) => looks.after(91 * SECOND) },
  ])('is waited for anew after $name', ({ disturb }) => {
    const looks = looksAt(100);
    looks.stay(65, 4 * MINUTE, 5 * SECOND);
    disturb(looks);
    expect(looks.stay(65, 5 * MINUTE, 5 * SECOND)).toEqual(['discontinuity']);
    expect(looks.after(5 * SECOND, 65, 65)).toBe('65');
  });

  test('is waited for all the same while a look fails', () => {
    const looks = looksAt(100);
    looks.stay(65, 4 * MINUTE, 5 * SECOND);
    expect(looks.after(5 * SECOND)).toBe('noPrice');
    expect(looks.stay(65, 55 * SECOND, 5 * SECOND)).toEqual(['discontinuity']);
    expect(looks.after(5 * SECOND, 65, 65)).toBe('65');
  });

  test('checked again in the same look, with more sources and the same memory, starts no second wait', () => {
    const looks = looksAt(100);
    looks.stay(65, 5 * MINUTE, 5 * SECOND);
    looks.nowMs += 5 * SECOND;
    expect(looks.check([65, 65]).kind).toBe('pass');
    expect(looks.check([65, 65, 65]).kind).toBe('pass');
  });
});

describe('a jump as a split or a wrong unit makes it', () => {
  test.each([0.1, 10, 100, 0.01, 2, 0.5, 3, 1 / 3, 4, 0.25, 5, 7, 20, 0.51, 1.97])(
    'x%d is not believed by waiting',
    (factor) => {
      const looks = looksAt(100);
      looks.stay(100 * factor, 14 * MINUTE, 10 * SECOND);
      expect(looks.after(10 * SECOND, 100.1 * factor, 100.1 * factor)).toBe('discontinuity');
      expect(looks.check([100 * factor, 100 * factor])).toMatchObject({
        detail: expect.stringContaining('as a split or a wrong unit makes it'),
      });
    },
  );

  test.each([0.65, 0.55, 1.5, 2.5, 4.5])('x%d is', (factor) => {
    const looks = looksAt(100);
    looks.stay(100 * factor, 5 * MINUTE, 10 * SECOND);
    expect(looks.after(10 * SECOND, 100 * factor, 100 * factor)).toBe(`${100 * factor}`);
  });

  test('is believed over the next opening, or when the memory is dropped', () => {
    const looks = looksAt(100);
    expect(looks.after(5 * SECOND, 10, 10)).toBe('discontinuity');
    expect(looks.after(6 * HOUR, 10.1, 10.1)).toBe('discontinuity');
    const dropped = { ...looks.memory, believedPrice: null, still: null, jump: null };
    expect(looks.after(SPLIT_CONFIRM_MS - 6 * HOUR - 1, 10.2, 10.2)).toBe('discontinuity');
    expect(looks.after(1, 10.3, 10.3)).toBe('10.3');
    looks.memory = dropped;
    expect(looks.after(5 * SECOND, 10, 10)).toBe('10');
  });

  test('is waited for anew after a contradiction', () => {
    const looks = looksAt(100);
    looks.after(5 * SECOND, 10, 10);
    looks.after(23 * HOUR, 10, 10, 100);
    expect(looks.after(HOUR, 10, 10)).toBe('discontinuity');
    expect(looks.after(SPLIT_CONFIRM_MS, 10, 10)).toBe('10');
  });
});
