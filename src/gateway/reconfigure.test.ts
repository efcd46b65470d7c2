import { describe, expect, test } from 'vitest';
import { GATEWAY_DEFAULTS } from '../core/gateway-options.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { SourceOptions } from '../core/options.ts';
import type { Source } from '../core/source.ts';
import { answersWithin, asksFor, outcome, SYMBOLS, setUp } from './toy-gateway.testing.ts';
import { pricesFor, TOY_OPTIONS, toyQuotes, toySource } from './toy-source.testing.ts';

const keyed: Source = {
  ...toySource,
  keys: { apiKey: { env: 'TOY_KEY', required: true } },
  endpoints: [
    {
      ...toyQuotes,
      request: (batch, settings, page) => ({
        ...toyQuotes.request(batch, settings, page),
        headers: { 'x-key': settings.keys.apiKey ?? '' },
      }),
    },
  ],
};

const PER_MINUTE = { max: 3, windowMs: 60_000, counting: 'sliding' } as const;
const NO_BUDGET = { usdPerDay: null, usdPerMonth: null, callsPerDay: null, callsPerMonth: null };

/** A gateway with one source, and the means to configure it anew. */
function stage(options: Partial<SourceOptions>, answer = pricesFor) {
  const before = { ...TOY_OPTIONS, keys: { apiKey: 'old' }, ...options };
  const made = setUp({ sources: [{ source: keyed, options: before }], answer });
  const { clock, gateway, http } = made;
  const change = (next: Partial<SourceOptions>, source = keyed): void =>
    gateway.reconfigure({
      sources: [{ source, options: { ...before, ...next } }],
      symbols: SYMBOLS.map(instrumentOf),
      options: GATEWAY_DEFAULTS,
    });
  const askFor = async (symbol: string, withinMs?: number): Promise<string | undefined> => {
    const [answered] = await answersWithin(clock, gateway.ask(asksFor([symbol], clock, withinMs)), 100);
    return outcome(answered);
  };
  const keysSeen = (): (string | undefined)[] => http.seen.map(({ headers }) => headers['x-key']);
  return { ...made, change, askFor, keysSeen };
}

describe('a gateway that is configured anew', () => {
  test('ends what is under way with the old key and asks the rest with the new one', async () => {
    const { clock, gateway, change, keysSeen } = stage({}, (request) => ({
      ...pricesFor(request),
      delayMs: 500,
    }));
    const under = gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(clock.nowMs() + 100);
    change({ keys: { apiKey: 'new' } });
    const after = gateway.ask(asksFor(['MSFT'], clock));
    await clock.advanceTo(clock.nowMs() + 2_000);
    expect([...(await under), ...(await after)].map(outcome)).toEqual(['fresh', 'fresh']);
    expect(keysSeen()).toEqual(['old', 'new']);
  });

  test('counts a limit on, whether the key or the limit itself changed', async () => {
    const { change, askFor } = stage({ limits: [PER_MINUTE] });
    expect(await askFor('AAPL', 50)).toBe('fresh');
    expect(await askFor('MSFT', 50)).toBe('fresh');
    change({ limits: [PER_MINUTE], keys: { apiKey: 'new' } });
    expect(await askFor('NVDA', 50)).toBe('fresh');
    expect(await askFor('TSLA', 50)).toBe('refused rateLimited');
    change({ limits: [{ ...PER_MINUTE, max: 4 }] });
    expect(await askFor('AMZN', 50)).toBe('fresh');
    expect(await askFor('META', 50)).toBe('refused rateLimited');
    change({ limits: [{ ...PER_MINUTE, windowMs: 30_000 }] });
    expect(await askFor('AAPL', 50)).toBe('refused rateLimited');
  });

  test('keeps what is spent of a budget, also while the source is away', async () => {
    const budget = { ...NO_BUDGET, callsPerDay: 2 };
    const { gateway, change, askFor } = stage({ budget });
    expect(await askFor('AAPL')).toBe('fresh');
    gateway.reconfigure({ sources: [], symbols: [], options: GATEWAY_DEFAULTS });
    expect(await askFor('AAPL')).toBe('refused disabled');
    change({ budget: { ...NO_BUDGET, callsPerDay: 2, usdPerDay: 5 } });
    expect(gateway.health()[0]?.budget?.callsLeftToday).toBe(1);
    expect(await askFor('MSFT')).toBe('fresh');
    expect(await askFor('NVDA')).toBe('refused budget');
    expect(gateway.health()[0]?.requests).toBe(2);
  });

  test('puts a bill right that comes after the change', async () => {
    const budget = { ...NO_BUDGET, usdPerDay: 1 };
    const { clock, gateway, change } = stage({ budget, priceUsdPerCall: 0.5 }, (request) => ({
      ...pricesFor(request),
      delayMs: 500,
    }));
    const under = gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(clock.nowMs() + 100);
    expect(gateway.health()[0]?.budget?.usdLeftToday).toBe(0.5);
    change({ budget, priceUsdPerCall: 0.5, keys: { apiKey: 'new' } });
    await answersWithin(clock, under);
    expect(gateway.health()[0]?.budget?.usdLeftToday).toBe(0.5);
    change({ budget: { ...NO_BUDGET, usdPerDay: 3 }, priceUsdPerCall: 0.5 });
    expect(gateway.health()[0]?.budget?.usdLeftToday).toBe(2.5);
  });

  test('asks anew where the old key was refused', async () => {
    const { change, askFor } = stage({}, (request) =>
      request.headers['x-key'] === 'old' ? { body: { error: 'auth' } } : pricesFor(request),
    );
    expect(await askFor('AAPL')).toBe('failed auth');
    expect(await askFor('AAPL')).toBe('refused breakerOpen');
    change({ keys: { apiKey: 'new' } });
    expect(await askFor('AAPL')).toBe('fresh');
  });

  test('leaves a source alone of which only the weight changed', async () => {
    const { clock, gateway, change, http } = stage({}, (request) => ({
      ...pricesFor(request),
      delayMs: 500,
    }));
    const under = gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(clock.nowMs() + 100);
    change({ weight: 7 });
    const joined = gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(clock.nowMs() + 2_000);
    expect([...(await under), ...(await joined)].map(outcome)).toEqual(['fresh', 'fresh']);
    expect(http.seen).toHaveLength(1);
  });

  test('lets what waits for a connection leave, though the slot is freed on the other side of the change', async () => {
    const { clock, gateway, change, keysSeen } = stage({ concurrency: 1 }, (request) => ({
      ...pricesFor(request),
      delayMs: 300,
    }));
    const asked = ['AAPL', 'MSFT'].map((symbol) => gateway.ask(asksFor([symbol], clock)));
    await clock.advanceTo(clock.nowMs() + 100);
    change({ concurrency: 1, keys: { apiKey: 'new' } });
    asked.push(gateway.ask(asksFor(['NVDA'], clock)));
    await clock.advanceTo(clock.nowMs() + 2_000);
    expect((await Promise.all(asked)).flat().map(outcome)).toEqual(['fresh', 'fresh', 'fresh']);
    expect(keysSeen()).toContain('new');
  });
});
