import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fault, FaultKind } from '../lab/faults.ts';
import { NOON_MS, testLab } from '../lab/lab.testing.ts';
import { labBaseUrl, labHttp } from '../lab/lab-http.ts';
import { checkPrice, type GateMemory } from '../src/consensus/gates.ts';
import type { WatchQuote } from '../src/consensus/watch-price.ts';
import type { Answer } from '../src/core/answer.ts';
import { GATEWAY_DEFAULTS, type RetryOptions } from '../src/core/gateway-options.ts';
import { instrumentOf } from '../src/core/instrument.ts';
import { GATE_DEFAULTS, SOURCE_DEFAULTS } from '../src/core/options.ts';
import type { Question } from '../src/core/question.ts';
import { sessionAt } from '../src/core/sessions/session.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { retryWaitMs } from '../src/gateway/retry.ts';
import { createSeededRandom } from '../src/platform/seeded-random.ts';
import { createVirtualClock } from '../src/platform/virtual-clock.ts';
import { SOURCES } from '../src/sources/catalogue.ts';
import { believableBars } from '../src/sources/door/bar-quality.ts';
import { zonedMs } from '../src/sources/door/zoned-time.ts';

/** Faults 33 to 44, time and symbols: through the real gateway before emulators, or at the door that has to hold them. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Alpaca and Finnhub with the same faults, asked about one instrument whenever wanted. */
function feed(faults: readonly Fault[]) {
  const lab = testLab({ id: 'alpaca', faults }, { id: 'finnhub', faults });
  const clock = createVirtualClock(NOON_MS);
  const ids = ['alpaca', 'finnhub'] as const;
  const gateway = createGateway({
    sources: ids.map((id) => {
      const source = SOURCES[id];
      if (source === undefined) throw new RangeError(id);
      const keys = Object.fromEntries(Object.keys(source.keys).map((name) => [name, 'demo']));
      const { operator, options, limits } = source;
      const own = { id, kind: id, operator, analyst: 'none', keys, options, limits, priceUsdPerCall: 0 };
      return { source, options: { ...SOURCE_DEFAULTS, ...own, baseUrl: labBaseUrl(lab, id), ttlMs: 60_000 } };
    }),
    symbols: [],
    memory: null,
    http: labHttp(lab, clock),
    clock,
    random: createSeededRandom('feeds'),
    options: { ...GATEWAY_DEFAULTS, retry: null },
    redact: (text) => text,
  });
  const askAll = async (symbols: readonly string[]): Promise<Answer[]> => {
    const asks = symbols.flatMap((symbol) =>
      ids.map((sourceId) => ({
        sourceId,
        question: { kind: 'market', instrument: instrumentOf(symbol) } satisfies Question,
        deadlineAtMs: clock.nowMs() + 3_000,
      })),
    );
    const answers = gateway.ask(asks);
    await clock.advanceTo(clock.nowMs() + 4_000);
    return answers;
  };
  let memory: GateMemory | null = null;
  /** The price that the gates make of both answers, or why there is none. */
  const look = async (): Promise<string> => {
    const answers = await askAll(['AAPL']);
    const quotes = answers.flatMap((answer, i): WatchQuote[] =>
      answer.kind === 'fresh' && answer.view.kind === 'market'
        ? [{ sourceId: ids[i] ?? '', operator: ids[i] ?? '', weight: 1, quote: answer.view.quote }]
        : [],
    );
    const check = checkPrice({
      instrument: instrumentOf('AAPL'),
      quotes,
      memory,
      nowMs: clock.nowMs(),
      options: GATE_DEFAULTS,
      priceToleranceBps: 50,
      priceOperatorsMin: 2,
    });
    memory = check.memory;
    if (check.kind === 'pass') return 'pass';
    return check.reason === 'noPrice' ? (check.leftOut[0]?.reason ?? 'noPrice') : check.reason;
  };
  return { clock, gateway, askAll, look };
}

describe('a feed that lies about its time is no price', () => {
  test.each<{ fault: string; faults: readonly Fault[]; reason: string }>([
    {
      fault: '33 the same payload for ever, with a 200',
      faults: [{ kind: 'stale', fromMs: NOON_MS }],
      reason: 'stalePrice',
    },
    {
      fault: '38 a halt: the price stands still under new times',
      faults: [{ kind: 'frozen', fromMs: NOON_MS }],
      reason: 'halted',
    },
    {
      fault: '41 a renamed symbol that keeps its last price',
      faults: [{ kind: 'frozen', fromMs: NOON_MS - HOUR_MS }],
      reason: 'halted',
    },
    {
      fault: '39 a clock that is ahead',
      faults: [{ kind: 'timeShift', ms: 30_000 }],
      reason: 'futurePrice',
    },
  ])('fault $fault: $reason', async ({ faults, reason }) => {
    const { clock, look } = feed(faults);
    const seen = new Set<string>();
    for (let minute = 0; minute < 25; minute += 1) {
      seen.add(await look());
      await clock.advanceTo(NOON_MS + (minute + 1) * MINUTE_MS);
    }
    expect([...seen].at(-1)).toBe(reason);
    expect(await look()).toBe(reason);
  });
});

describe('a connection that is open and dead', () => {
  test.each<{ fault: string; kind: FaultKind; end: string }>([
    { fault: '34 nothing comes', kind: { kind: 'hang' }, end: 'timeout' },
    { fault: '34 the answer never ends', kind: { kind: 'trickle' }, end: 'timeout' },
    { fault: '35 it is cut again and again', kind: { kind: 'reset' }, end: 'connection' },
  ])('fault $fault: $end, counted, and used again when it lives', async ({ kind, end }) => {
    const { clock, gateway, askAll } = feed([{ ...kind, toMs: NOON_MS + 10 * MINUTE_MS }]);
    const [dead] = await askAll(['AAPL']);
    expect(dead).toMatchObject({ kind: 'failed', failure: { kind: end } });
    expect(gateway.health()[0]?.failedByKind).toEqual({ [end]: 1 });
    await clock.advanceTo(NOON_MS + 10 * MINUTE_MS);
    expect((await askAll(['AAPL']))[0]?.kind).toBe('fresh');
  });

  test('fault 35 a wait without jitter at its cap: no attempt waits the same time for all', () => {
    const options = GATEWAY_DEFAULTS.retry as RetryOptions;
    const attempt = fc.integer({ min: 1, max: 60 });
    const chance = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(attempt, chance, (n, share) => {
        const waitMs = retryWaitMs(n, options, share);
        expect(waitMs).toBeLessThanOrEqual(options.waitMsMax);
        expect(waitMs).toBeLessThanOrEqual(Math.ceil(share * options.waitMsMax));
      }),
    );
  });
});

describe('days that are not like others', () => {
  const at = (text: string): string => sessionAt('stock', Date.parse(text)).phase;
  test.each([
    {
      fault: '36 the US changed its clocks, Europe did not',
      before: '2026-03-09T13:29:59Z',
      open: '2026-03-09T13:30:00Z',
    },
    { fault: '36 the week before', before: '2026-03-06T14:29:59Z', open: '2026-03-06T14:30:00Z' },
    { fault: '36 the autumn change', before: '2026-11-02T14:29:59Z', open: '2026-11-02T14:30:00Z' },
  ])('fault $fault: the session opens at 09:30 in New York', ({ before, open }) => {
    expect([at(before), at(open)]).toEqual(['pre', 'open']);
  });

  test.each([
    { fault: '37 a half day', moment: '2026-11-27T18:00:00Z', phase: 'post' },
    { fault: '37 a holiday', moment: '2026-12-25T16:00:00Z', phase: 'closed' },
  ])('fault $fault: $phase', ({ moment, phase }) => {
    expect(at(moment)).toBe(phase);
  });

  test.each([
    { fault: '40 the hour that comes twice', text: '2026-11-01 01:30:00' },
    { fault: '40 the hour that does not come', text: '2026-03-08 02:30:00' },
  ])('fault $fault is no time', ({ text }) => {
    expect(zonedMs(text, 'America/New_York')).toBeNull();
    expect(zonedMs(text.replace(/ \d\d/, ' 12'), 'America/New_York')).not.toBeNull();
  });
});

describe('symbols', () => {
  test('fault 42 one instrument answered for another: a name and a counter, never its price', async () => {
    const { gateway, askAll } = feed([{ kind: 'wrongSymbol' }]);
    const [answer] = await askAll(['AAPL']);
    expect(answer?.kind).toBe('failed');
    const kind = answer?.kind === 'failed' ? answer.failure.kind : '';
    expect(['mismatch', 'noData']).toContain(kind);
    expect(gateway.health()[0]?.failedByKind).toEqual({ [kind]: 1 });
  });

  test('fault 43 adjusted and unadjusted bars in one series: the series is held back', () => {
    const bars = Array.from({ length: 60 }, (_, i) => {
      const price = i < 30 ? 645.7 : 92.4;
      return {
        openAtMs: i * MINUTE_MS,
        intervalMs: MINUTE_MS,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1,
      };
    });
    const { bars: kept, heldBack } = believableBars(bars);
    expect(kept).toEqual([]);
    expect(heldBack[0]).toMatch(/split, unit or symbol/);
  });

  test('fault 44 one of seven symbols unknown: it alone fails and is parked, the others are answered', async () => {
    const { gateway, askAll } = feed([]);
    const symbols = ['AAPL', 'NVDA', 'ZZZZZ', 'BRK.B'];
    const first = (await askAll(symbols)).filter((_, i) => i % 2 === 0);
    expect(first.map(({ kind }) => kind)).toEqual(['fresh', 'fresh', 'failed', 'fresh']);
    const [kind] = Object.keys(gateway.health()[0]?.failedByKind ?? {});
    expect(['unknownSymbol', 'noData']).toContain(kind);
    expect(gateway.health()[0]?.failedByKind).toEqual({ [kind ?? '']: 1 });
  });
});
