import { describe, expect, test } from 'vitest';
import { HEDGE_DEFAULTS } from '../core/gateway-options.ts';
import { type HedgeGround, hedgeAtMs } from './hedge.ts';
import type { Job } from './job.ts';
import { asksFor, putEach, setUp } from './toy-gateway.testing.ts';
import { pricesFor, type ToyAnswer, toyQuotes } from './toy-source.testing.ts';

const FREE: HedgeGround = { latencyP95Ms: 40, isFree: true };

function jobOf(method: 'GET' | 'POST', deadlineAtMs: number): Job {
  const flights = [{ deadlineAtMs }] as unknown as Job['flights'];
  return { endpoint: toyQuotes, flights, request: { method, url: '', headers: {}, body: null }, weight: 1 };
}

describe('a request is sent a second time', () => {
  test.each<{
    title: string;
    method?: 'GET' | 'POST';
    ground?: Partial<HedgeGround>;
    deadlineAtMs?: number;
    atMs: number | null;
  }>([
    { title: 'at twice the 95 % of its latency', atMs: 1_080 },
    { title: 'not where it may be billed or counted', ground: { isFree: false }, atMs: null },
    { title: 'not where it may change something', method: 'POST', atMs: null },
    { title: 'not before its latency is known', ground: { latencyP95Ms: null }, atMs: null },
    { title: 'not where the second answer came too late', deadlineAtMs: 1_110, atMs: null },
  ])('$title', ({ method = 'GET', ground = {}, deadlineAtMs = 4_000, atMs }) => {
    expect(hedgeAtMs(jobOf(method, deadlineAtMs), { ...FREE, ...ground }, 1_000, HEDGE_DEFAULTS)).toBe(atMs);
  });
});

/** One question every 100 ms; the latencies of the answers, in ms. Every hundredth request hangs. */
async function latenciesWith(
  hedge: typeof HEDGE_DEFAULTS | null,
  { requests = 600, priceUsdPerCall = 0 } = {},
) {
  const subject = setUp({
    answer: (request, count): ToyAnswer | null =>
      count % 100 === 0 ? null : { ...pricesFor(request), delayMs: 20 + (count % 7) },
    options: { priceUsdPerCall },
    gateway: { hedge },
  });
  const { clock, gateway, http } = subject;
  const latenciesMs: number[] = [];
  for (let i = 0; i < requests; i += 1) {
    const askedAtMs = clock.nowMs();
    const [asked] = putEach(gateway, asksFor(['AAPL'], clock));
    void asked?.then(() => latenciesMs.push(clock.nowMs() - askedAtMs));
    await clock.advanceTo(askedAtMs + 3_100);
  }
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return {
    subject,
    p50: sorted[Math.floor(sorted.length / 2)] ?? 0,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    extraLoad: http.seen.length / requests - 1,
  };
}

describe('where one call in a hundred hangs', () => {
  test('the second request makes the hundredth as fast as two others', async () => {
    const off = await latenciesWith(null);
    const on = await latenciesWith(HEDGE_DEFAULTS);
    expect(off.p99).toBeGreaterThanOrEqual(2_000);
    expect(on.p99).toBeLessThanOrEqual(100);
    expect(on.p50).toBe(off.p50);
    expect(on.extraLoad).toBeLessThanOrEqual(0.02);
  });

  test('both requests are counted', async () => {
    const { subject } = await latenciesWith(HEDGE_DEFAULTS);
    expect(subject.gateway.health()[0]?.requests).toBe(subject.http.seen.length);
    expect(subject.http.seen.length).toBeGreaterThan(600);
  });

  test('a call that costs money is never sent twice', async () => {
    const { extraLoad } = await latenciesWith(HEDGE_DEFAULTS, { priceUsdPerCall: 0.001 });
    expect(extraLoad).toBe(0);
  });
});

test('of forty that hang at once, no more are sent twice than a tenth of what was asked of late', async () => {
  const { clock, gateway, http } = setUp({
    answer: (request, count) => (count > 30 ? null : { ...pricesFor(request), delayMs: 20 }),
    options: { priceUsdPerCall: 0 },
    gateway: { hedge: HEDGE_DEFAULTS, batching: false },
  });
  for (let i = 0; i < 30; i += 1) {
    void gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(clock.nowMs() + 50);
  }
  const symbols = Array.from(
    { length: 40 },
    (_, i) => `A${String.fromCharCode(65 + (i % 26))}${i < 26 ? '' : 'B'}`,
  );
  void gateway.ask(asksFor(symbols, clock));
  await clock.advanceTo(clock.nowMs() + 1_000);
  expect(http.seen.length - 70).toBeGreaterThan(1);
  expect(http.seen.length - 70).toBeLessThanOrEqual(7);
});

test.each([
  { max: 60, sent: 31 },
  { max: 1_000, sent: 32 },
])('of $max a minute, thirty of which are used, a late one makes it $sent', async ({ max, sent }) => {
  const { clock, gateway, http } = setUp({
    answer: (request, count) => (count === 31 ? null : { ...pricesFor(request), delayMs: 20 }),
    options: { priceUsdPerCall: 0, limits: [{ max, windowMs: 60_000, counting: 'sliding' }] },
    gateway: { hedge: HEDGE_DEFAULTS },
  });
  for (let i = 0; i < 31; i += 1) {
    void gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(clock.nowMs() + 50);
  }
  await clock.advanceTo(clock.nowMs() + 3_000);
  expect(http.seen).toHaveLength(sent);
});
