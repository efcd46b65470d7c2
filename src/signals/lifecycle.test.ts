import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../core/decision.ts';
import { SIGNAL_DEFAULTS } from '../core/options.ts';
import type { Signal, SignalEvent } from '../core/signal.ts';
import type { DecisionKind } from '../core/vote.ts';
import { AT_MS, decisionOf } from './decision.testing.ts';
import { lifecycleStep } from './lifecycle.ts';

const MINUTE_MS = 60_000;
/** Target 3 and stop 2 away from an entry of 100, at the end after ten steps of a minute. */
const options = { ...SIGNAL_DEFAULTS, targetAtr: 3, stopAtr: 2, expiryMs: 10 * MINUTE_MS };

type Moment = { readonly kind: DecisionKind; readonly price: number | null };

/** The decisions of a sequence, a minute apart; a direction always has a price. */
function decisions(life: readonly Moment[]): Decision[] {
  return life.map(({ kind, price }, index) => {
    const known = price ?? (kind === 'BUY' || kind === 'SELL' ? 100 : null);
    return decisionOf(kind, {
      cycle: index + 1,
      atMs: AT_MS + index * MINUTE_MS,
      price:
        known === null
          ? null
          : { price: known, currency: 'USD', asOfMs: AT_MS, agreeing: ['alpaca'], dissenting: [] },
    });
  });
}

/** All steps in turn, each with what was open after it. */
function live(life: readonly Moment[]): { events: readonly SignalEvent[]; open: Signal | null }[] {
  let open: Signal | null = null;
  let previous: Decision | null = null;
  return decisions(life).map((decision) => {
    const step = lifecycleStep({ open, previous, decision, atr: 1, options });
    open = step.open;
    previous = decision;
    return step;
  });
}

/** `BUY 100 HOLD 101 ABSTAIN -` as moments. */
function moments(text: string): Moment[] {
  const words = text.split(' ');
  return words.flatMap((word, index) =>
    index % 2 === 0
      ? [{ kind: word as DecisionKind, price: words[index + 1] === '-' ? null : Number(words[index + 1]) }]
      : [],
  );
}

/** Per step what happened: `opened BUY`, `ended target`. */
function story(text: string): string[] {
  return live(moments(text)).map(({ events }) =>
    events
      .map((event) => (event.event === 'opened' ? `opened ${event.signal.side}` : `ended ${event.cause}`))
      .join(', '),
  );
}

describe('the life of a signal', () => {
  test.each([
    ['the first BUY opens', 'BUY 100', ['opened BUY']],
    ['a standing BUY opens once', 'BUY 100 BUY 101 BUY 100', ['opened BUY', '', '']],
    ['HOLD and ABSTAIN end nothing', 'BUY 100 HOLD 100 ABSTAIN - BUY 100', ['opened BUY', '', '', '']],
    ['the opposite side flips', 'BUY 100 SELL 100', ['opened BUY', 'ended flip, opened SELL']],
    ['a flip may take its time', 'SELL 100 HOLD 100 BUY 100', ['opened SELL', '', 'ended flip, opened BUY']],
    ['the target ends a BUY', 'BUY 100 HOLD 103', ['opened BUY', 'ended target']],
    ['the stop ends a BUY', 'BUY 100 HOLD 98', ['opened BUY', 'ended stop']],
    ['the target ends a SELL', 'SELL 100 HOLD 97', ['opened SELL', 'ended target']],
    ['the stop ends a SELL', 'SELL 100 HOLD 102', ['opened SELL', 'ended stop']],
    ['an abstention with a price ends it too', 'BUY 100 ABSTAIN 104', ['opened BUY', 'ended target']],
    [
      'a BUY that still stands does not open again',
      'BUY 100 BUY 103 BUY 104',
      ['opened BUY', 'ended target', ''],
    ],
    [
      'a BUY that comes back does',
      'BUY 100 BUY 103 HOLD 103 BUY 103',
      ['opened BUY', 'ended target', '', 'opened BUY'],
    ],
    [
      'back on the very cycle of the end, too',
      'BUY 100 HOLD 100 BUY 103',
      ['opened BUY', '', 'ended target, opened BUY'],
    ],
    [
      'a stop that comes with the other side is a stop',
      'BUY 100 SELL 97',
      ['opened BUY', 'ended stop, opened SELL'],
    ],
  ])('%s: %s', (_what, text, happened) => {
    expect(story(text)).toEqual(happened);
  });

  test('expires when its time has come, whatever the price then', () => {
    const waiting = Array.from({ length: 9 }, () => 'HOLD 100').join(' ');
    expect(story(`BUY 100 ${waiting} HOLD 103`).at(-1)).toBe('ended expiry');
    expect(story(`BUY 100 ${waiting} ABSTAIN -`).at(-1)).toBe('ended expiry');
    expect(story(`BUY 100 ${waiting} SELL 100`).at(-1)).toBe('ended expiry, opened SELL');
  });

  test('an end tells when, at what price and of which signal', () => {
    const [first, second] = live(moments('BUY 100 HOLD 103.5'));
    expect(second?.events).toEqual([
      {
        event: 'ended',
        signalId: first?.open?.id,
        instrumentId: 'AAPL',
        side: 'BUY',
        cycle: 2,
        atMs: AT_MS + MINUTE_MS,
        cause: 'target',
        price: 103.5,
      },
    ]);
  });

  test('goes on after a restart: the standing decision and the open signal are all it needs', () => {
    const [first] = live(moments('BUY 100'));
    const [buy, later] = decisions(moments('BUY 100 BUY 101'));
    if (buy === undefined || later === undefined) throw new Error('two decisions were made');
    const step = lifecycleStep({
      open: first?.open ?? null,
      previous: buy,
      decision: later,
      atr: 1,
      options,
    });
    expect(step).toEqual({ events: [], open: first?.open });
  });
});

describe('whatever is decided', () => {
  const anyMoment: fc.Arbitrary<Moment> = fc.record({
    kind: fc.constantFrom<DecisionKind>('BUY', 'SELL', 'HOLD', 'ABSTAIN'),
    price: fc.option(fc.integer({ min: 94, max: 106 }), { freq: 6 }),
  });
  const anyLife = fc.array(anyMoment, { minLength: 1, maxLength: 60 });

  test('one signal at most is open, and each ends once at most, after it opened', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        let open: string | null = null;
        const seen = new Set<string>();
        for (const step of live(life)) {
          for (const event of step.events) {
            if (event.event === 'opened') {
              expect(open).toBeNull();
              expect(seen).not.toContain(event.signal.id);
              open = event.signal.id;
              seen.add(open);
            } else {
              expect(event.signalId).toBe(open);
              open = null;
            }
          }
          expect(step.open?.id ?? null).toBe(open);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a signal opens only where the decision turns into its side', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const [index, { events }] of live(life).entries()) {
          const opened = events.find((event) => event.event === 'opened');
          if (opened === undefined) continue;
          expect(opened.signal.side).toBe(life[index]?.kind);
          expect(life[index - 1]?.kind).not.toBe(opened.signal.side);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a direction is never left without a signal of its side, unless that one ended while it stood', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const [index, { open }] of live(life).entries()) {
          const kind = life[index]?.kind;
          if ((kind !== 'BUY' && kind !== 'SELL') || life[index - 1]?.kind === kind) continue;
          expect(open?.side).toBe(kind);
        }
      }),
      { numRuns: 300 },
    );
  });
});
