import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FailureKind, failure } from '../core/failure.ts';
import { FIXED_DELAY_RETRY, GATEWAY_DEFAULTS, type RetryOptions } from '../core/gateway-options.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { type Exchange, type Fate, heldBack, type Job } from './job.ts';
import { isRetryable, RetryAllowance, retrying, retryWaitMs } from './retry.ts';
import { toyFlight, toyQuotes } from './toy-source.testing.ts';

const START_MS = Date.UTC(2026, 0, 5, 15);
const OPTIONS = GATEWAY_DEFAULTS.retry as RetryOptions;

function jobOf(method: 'GET' | 'POST' = 'GET', withinMs = 3_000): Job {
  const request = { method, url: 'https://toy.test/', headers: {}, body: null };
  const flight = toyFlight('AAPL', START_MS + withinMs);
  return { endpoint: toyQuotes, flights: [flight], request, weight: 1 };
}

function ended(kind: FailureKind | null, fate: Fate = 'answered', status: number | null = null): Exchange {
  const exchange = heldBack(jobOf(), failure(kind ?? 'noData', ''), START_MS);
  return { ...exchange, failure: kind === null ? null : exchange.failure, fate, status };
}

describe('without backoff', () => {
  test.each([1, 2, 3])('attempt %i waits the fixed delay, whatever chance says', (attempt) => {
    expect([0, 0.5, 1].map((chance) => retryWaitMs(attempt, FIXED_DELAY_RETRY, chance))).toEqual([
      1_000, 1_000, 1_000,
    ]);
  });

  test('every failure may be retried', () => {
    const allowance = new RetryAllowance(FIXED_DELAY_RETRY.extraLoadMax);
    allowance.earn(START_MS);
    expect(Array.from({ length: 100 }, () => allowance.spend())).not.toContain(false);
  });
});

describe('what may be sent twice', () => {
  test.each<{ method: 'GET' | 'POST'; kind: FailureKind | null; fate?: Fate; status?: number; may: boolean }>(
    [
      { method: 'GET', kind: null, may: false },
      { method: 'GET', kind: 'down', status: 500, may: true },
      { method: 'GET', kind: 'connection', fate: 'lost', may: true },
      { method: 'GET', kind: 'timeout', fate: 'lost', may: false },
      { method: 'GET', kind: 'limit', status: 429, may: true },
      { method: 'GET', kind: 'quota', status: 429, may: false },
      { method: 'GET', kind: 'badRequest', status: 400, may: false },
      { method: 'GET', kind: 'auth', status: 401, may: false },
      { method: 'GET', kind: 'blocked', status: 403, may: false },
      { method: 'GET', kind: 'unknownSymbol', status: 404, may: false },
      { method: 'GET', kind: 'down', fate: 'heldBack', may: false },
      { method: 'GET', kind: 'breakerOpen', fate: 'heldBack', may: false },
      { method: 'POST', kind: 'down', status: 500, may: false },
      { method: 'POST', kind: 'connection', fate: 'lost', may: false },
      { method: 'POST', kind: 'timeout', fate: 'lost', may: false },
      { method: 'POST', kind: 'connection', fate: 'unsent', may: true },
      { method: 'POST', kind: 'limit', status: 429, may: true },
      { method: 'POST', kind: 'down', status: 503, may: true },
    ],
  )('$method ended $kind $fate $status: $may', ({ method, kind, fate, status, may }) => {
    expect(isRetryable(jobOf(method).request, ended(kind, fate, status ?? null))).toBe(may);
  });
});

test('the wait is anything up to a bound that doubles: 50 ms at first', () => {
  const bounds = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryWaitMs(attempt, OPTIONS, 1));
  expect(bounds).toEqual([50, 100, 200, 400, 800, 1_000, 1_000]);
  expect(retryWaitMs(1, OPTIONS, 0)).toBe(0);
});

describe('the allowance', () => {
  test('adds no more than its share to any traffic that fails, beyond one retry', () => {
    const anyGaps = fc.array(fc.oneof(fc.constant(0), fc.nat(50), fc.nat(20_000)), {
      minLength: 1,
      maxLength: 400,
    });
    fc.assert(
      fc.property(anyGaps, (gapsMs) => {
        const allowance = new RetryAllowance(0.1);
        let nowMs = START_MS;
        let retries = 0;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          allowance.earn(nowMs);
          if (allowance.spend()) retries += 1;
        }
        expect(retries).toBeLessThanOrEqual(1 + gapsMs.length * 0.1);
      }),
    );
  });

  test('lets a burst of 600 requests repeat its 1 % of failures', () => {
    const allowance = new RetryAllowance(0.1);
    for (let i = 0; i < 600; i += 1) allowance.earn(START_MS);
    for (let i = 0; i < 6; i += 1) expect(allowance.spend()).toBe(true);
  });

  test('does not save up a quiet day for an outage', () => {
    const allowance = new RetryAllowance(0.1);
    for (let i = 0; i < 10_000; i += 1) allowance.earn(START_MS + i * 5_000);
    expect([allowance.spend(), allowance.spend()]).toEqual([true, false]);
  });
});

describe('a request that failed by chance', () => {
  async function send(answers: readonly Exchange[], job = jobOf(), options = OPTIONS) {
    const clock = createVirtualClock(START_MS);
    const sentAtMs: number[] = [];
    let retries = 0;
    const answer = async (): Promise<Exchange> => {
      sentAtMs.push(clock.elapsedMs());
      return answers[Math.min(sentAtMs.length, answers.length) - 1] as Exchange;
    };
    const parts = { clock, random: createSeededRandom('retry'), allowance: new RetryAllowance(10) };
    const again = retrying(options, parts, answer, () => {
      retries += 1;
    });
    const result = again(job);
    await clock.advanceTo(START_MS + 5_000);
    const exchange = await result;
    expect(retries).toBe(sentAtMs.length - 1);
    return { exchange, sentAtMs };
  }

  test('is sent again after at most 50 ms', async () => {
    const { exchange, sentAtMs } = await send([ended('down', 'answered', 500), ended(null)]);
    expect(exchange.failure).toBeNull();
    expect(sentAtMs).toHaveLength(2);
    expect(sentAtMs[1]).toBeLessThanOrEqual(50);
  });

  test('is given up after two more attempts', async () => {
    const { exchange, sentAtMs } = await send([ended('down')]);
    expect(exchange.failure?.kind).toBe('down');
    expect(sentAtMs).toHaveLength(3);
  });

  test('is not repeated when the deadline is near', async () => {
    const { sentAtMs } = await send([ended('down')], jobOf('GET', 1), {
      ...OPTIONS,
      firstWaitMs: 10_000,
      waitMsMax: 10_000,
    });
    expect(sentAtMs).toHaveLength(1);
  });

  test('keeps what was found at the provider when the repetition is held back', async () => {
    const { exchange } = await send([ended('down'), ended('breakerOpen', 'heldBack')]);
    expect(exchange.failure?.kind).toBe('down');
  });
});
