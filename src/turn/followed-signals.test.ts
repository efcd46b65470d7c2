import { describe, expect, test, vi } from 'vitest';
import type { Bar } from '../core/bar.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { SignalRow } from '../core/ledger.ts';
import { GATE_DEFAULTS, OUTCOME_DEFAULTS } from '../core/options.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import type { Signal, SignalEvent } from '../core/signal.ts';
import { MarketDesk } from '../signals/market-desk.ts';
import { FollowedSignals } from './followed-signals.ts';

const MINUTE_MS = 60_000;
const T0 = Date.parse('2026-01-14T15:00:00Z');
const at = (minute: number): number => T0 + minute * MINUTE_MS;
const TERMS = { outcomes: OUTCOME_DEFAULTS, gates: GATE_DEFAULTS };

const bar = (minute: number, price = 100): Bar => ({
  openAtMs: at(minute),
  intervalMs: MINUTE_MS,
  open: price,
  high: price + 0.5,
  low: price - 0.5,
  close: price,
  volume: 1,
});

/** Target 3 above, stop 2 below, ten minutes. */
function signalAt(minute: number, instrumentId = 'BTC-USD'): Signal {
  return {
    id: `${instrumentId}-${minute}`,
    instrumentId,
    side: 'BUY',
    openedAtMs: at(minute),
    cycle: 1,
    currency: 'USD',
    entry: 100,
    target: 103,
    stop: 98,
    expiresAtMs: at(minute + 10),
    regime: 'trend',
    confidence: 0.5,
    explanation: '',
    shares: [],
    configVersion: 'v1',
  };
}
const opened = (signal: Signal): SignalEvent => ({ event: 'opened', signal });
const flipped = (
  { id, instrumentId, side }: Signal,
  minute: number,
): Extract<SignalEvent, { event: 'ended' }> => ({
  event: 'ended',
  signalId: id,
  instrumentId,
  side,
  cycle: 2,
  atMs: at(minute),
  cause: 'flip',
  price: 100.25,
});
const row = (signal: Signal, end: SignalRow['end'] = null): SignalRow => ({
  seq: 1,
  signal,
  end,
  outcome: null,
});

/** A desk, what is followed on it, and bars for it. */
function scene(keep?: number) {
  const instrument = instrumentOf('BTC-USD');
  const desk = { instrument, market: new MarketDesk(instrument, keep) };
  const followed = new FollowedSignals([desk]);
  return {
    desk,
    followed,
    trade: (...bars: Bar[]): void => desk.market.absorb({ kind: 'bars', bars }, 100),
    outcomes: (minute: number): SignalOutcome[] => followed.outcomes(TERMS, 7, at(minute)),
  };
}

describe('followed signals', () => {
  test('what opened is told the bars that come, and its outcome is given until it is on record', () => {
    const { followed, trade, outcomes } = scene();
    followed.recorded({ events: [opened(signalAt(0))], outcomes: [] });
    trade(bar(0));
    expect(outcomes(1)).toEqual([]);
    trade(bar(1, 103));
    const due = outcomes(2);
    expect(due).toMatchObject([
      { signalId: 'BTC-USD-0', cycle: 7, atMs: at(2), cause: 'target', exitPrice: 103, exitAtMs: at(2) },
    ]);
    expect(outcomes(3)).toMatchObject([{ cause: 'target', exitAtMs: at(2), atMs: at(3) }]);
    followed.recorded({ events: [], outcomes: due });
    expect(outcomes(4)).toEqual([]);
  });

  test('a bar that closes after the slot waits for what the slot decides', () => {
    const { followed, trade, outcomes } = scene();
    const signal = signalAt(0);
    followed.recorded({ events: [opened(signal)], outcomes: [] });
    trade(bar(0), bar(1, 103));
    expect(outcomes(1.9)).toEqual([]);
    followed.recorded({ events: [flipped(signal, 1.9)], outcomes: [] });
    expect(outcomes(2)).toMatchObject([{ cause: 'flip', exitPrice: 100.25, exitAtMs: at(1.9) }]);
  });

  test('what is found is given in the very cycle: of a bar that came, of one that waited, after a refusal', () => {
    const { desk, followed, trade, outcomes } = scene();
    followed.recorded({ events: [opened(signalAt(0)), opened(signalAt(0.5))], outcomes: [] });
    expect(outcomes(0.9)).toEqual([]);
    trade(bar(0, 103));
    const first = outcomes(1);
    expect(first).toMatchObject([{ signalId: 'BTC-USD-0', cause: 'target' }]);
    followed.recorded({ events: [], outcomes: first });
    trade(bar(1, 103));
    expect(outcomes(1.95)).toEqual([]);
    expect(outcomes(2)).toMatchObject([{ signalId: 'BTC-USD-0.5', cause: 'target' }]);
    followed.takeUp([row(signalAt(0.5))], [desk]);
    expect(outcomes(2.1)).toMatchObject([{ signalId: 'BTC-USD-0.5', cause: 'target' }]);
  });

  test('a flip that only the record knew of is looked at when it is taken up', () => {
    const { desk, followed, trade, outcomes } = scene();
    followed.recorded({ events: [opened(signalAt(0))], outcomes: [] });
    expect(outcomes(0.9)).toEqual([]);
    trade(bar(0));
    expect(outcomes(1)).toEqual([]);
    followed.takeUp([row(signalAt(0), flipped(signalAt(0), 1.05))], [desk]);
    expect(outcomes(1.1)).toMatchObject([{ cause: 'flip', exitAtMs: at(1.05) }]);
  });

  test('a flip is told without a further bar where none can close before it', () => {
    const { followed, trade, outcomes } = scene();
    const signal = signalAt(0);
    followed.recorded({ events: [opened(signal)], outcomes: [] });
    trade(bar(0));
    expect(outcomes(1)).toEqual([]);
    followed.recorded({ events: [flipped(signal, 1.5)], outcomes: [] });
    expect(outcomes(1.6)).toMatchObject([{ cause: 'flip', exitAtMs: at(1.5) }]);
  });

  test('after a refusal what it was told before counts, however little the desk keeps', () => {
    const { desk, followed, trade, outcomes } = scene(75);
    const signal = { ...signalAt(0), expiresAtMs: at(90) };
    followed.recorded({ events: [opened(signal)], outcomes: [] });
    for (let minute = 0; minute < 85; minute += 1) {
      trade(bar(minute));
      outcomes(minute + 1);
    }
    followed.takeUp([row(signal)], [desk]);
    trade(bar(85, 103));
    expect(outcomes(86)).toMatchObject([{ cause: 'target' }]);
  });

  test('taken up from the record it asks for the bars since the oldest, and is told them', () => {
    const { desk, followed, trade, outcomes } = scene();
    followed.takeUp([row(signalAt(-200)), row(signalAt(-150), flipped(signalAt(-150), -145))], [desk]);
    expect(desk.market.question(at(0) + 2_000)?.fromMs).toBe(at(-200));
    trade(...Array.from({ length: 200 }, (_, index) => bar(index - 200)));
    expect(outcomes(0)).toMatchObject([
      { signalId: 'BTC-USD--200', cause: 'expiry', exitAtMs: at(-190) },
      { signalId: 'BTC-USD--150', cause: 'flip', exitAtMs: at(-145) },
    ]);
  });

  test('where bars are out of reach that is a gap', () => {
    const { desk, followed, trade, outcomes } = scene();
    followed.takeUp([row(signalAt(-2_000))], [desk]);
    expect(desk.market.question(at(0) + 2_000)?.fromMs).toBe(at(-90));
    trade(...Array.from({ length: 90 }, (_, index) => bar(index - 90)));
    expect(outcomes(0)).toMatchObject([{ kind: 'unresolved', reason: 'gap' }]);
  });

  test('of a symbol that is watched no more there are no bars a day after its end', () => {
    const { followed, outcomes } = scene();
    followed.takeUp([row(signalAt(0, 'ETH-USD'))], []);
    expect(outcomes(10 + 1_439)).toEqual([]);
    expect(outcomes(10 + 1_440)).toMatchObject([{ signalId: 'ETH-USD-0', reason: 'noBars' }]);
  });

  test('one that comes back to the watch is told its bars again', () => {
    const { desk, followed, trade, outcomes } = scene();
    followed.takeUp([row(signalAt(0))], []);
    expect(outcomes(1)).toEqual([]);
    followed.takeUp([row(signalAt(0))], [desk]);
    trade(bar(0, 103));
    expect(outcomes(2)).toMatchObject([{ cause: 'target' }]);
  });

  test('a flood of old ones goes on record in portions, the oldest first', () => {
    const { followed, outcomes } = scene();
    const old = Array.from({ length: 450 }, (_, index) => signalAt(index - 10_000, 'ETH-USD'));
    followed.takeUp(
      old.map((signal) => row(signal)),
      [],
    );
    const portions: string[][] = [];
    for (let cycle = 0; cycle < 4; cycle += 1) {
      const due = outcomes(cycle / 12);
      portions.push(due.map(({ signalId }) => signalId));
      followed.recorded({ events: [], outcomes: due });
    }
    expect(portions.map(({ length }) => length)).toEqual([200, 200, 50, 0]);
    expect(portions.flat()).toEqual(old.map(({ id }) => id));
  });

  test('while no bar comes nothing is looked at', () => {
    const { desk, followed, trade, outcomes } = scene();
    followed.recorded({ events: [opened(signalAt(0))], outcomes: [] });
    trade(bar(0));
    outcomes(1);
    const bars = vi.spyOn(desk.market, 'bars');
    for (let step = 0; step < 10; step += 1) expect(outcomes(1 + step / 12)).toEqual([]);
    expect(bars).not.toHaveBeenCalled();
    trade(bar(1));
    outcomes(2);
    expect(bars).toHaveBeenCalledExactlyOnceWith(1);
  });
});
