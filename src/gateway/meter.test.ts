import { expect, test } from 'vitest';
import type { Meter, RequestEnd } from '../core/meter.ts';
import { answersWithin, asksFor, setUp } from './toy-gateway.testing.ts';
import { pricesFor } from './toy-source.testing.ts';

function recording() {
  const requests: RequestEnd[] = [];
  const outcomes: string[] = [];
  const counts = { retries: 0, coalesced: 0 };
  const meter: Meter = {
    request: (_source, end) => requests.push(end),
    retry: () => {
      counts.retries += 1;
    },
    coalesced: () => {
      counts.coalesced += 1;
    },
    answer: (source, answer) =>
      outcomes.push(`${source} ${'failure' in answer ? answer.failure.kind : answer.kind}`),
    cycle: () => undefined,
    published: () => undefined,
    lost: () => undefined,
    shadow: () => undefined,
  };
  return { meter, requests, outcomes, counts };
}

test('each request that left is told once, with its status, its questions and its bill', async () => {
  const { meter, requests, outcomes, counts } = recording();
  const { clock, gateway, http } = setUp({
    meter,
    options: { priceUsdPerCall: 0.01 },
    answer: (request, count) => (count === 1 ? { status: 503, body: { error: 'down' } } : pricesFor(request)),
  });
  const asks = asksFor(['AAPL', 'MSFT', 'AAPL'], clock);
  await answersWithin(clock, gateway.ask(asks));
  expect(http.seen).toHaveLength(2);
  expect(requests.map(({ status, failure, questions }) => [status, failure, questions])).toEqual([
    [503, 'down', 2],
    [200, null, 2],
  ]);
  expect(counts).toEqual({ retries: 1, coalesced: 1 });
  expect(outcomes).toEqual(['toy fresh', 'toy fresh', 'toy fresh']);
});

test('what never left is an answer and no request', async () => {
  const { meter, requests, outcomes } = recording();
  const budget = { usdPerDay: null, usdPerMonth: null, callsPerDay: 0, callsPerMonth: null };
  const { clock, gateway } = setUp({ meter, options: { budget } });
  await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock)));
  expect(requests).toEqual([]);
  expect(outcomes).toEqual(['toy budget']);
});

test('a request that our deadline cut off has no status', async () => {
  const { meter, requests, outcomes } = recording();
  const { clock, gateway } = setUp({ meter, answer: () => null, options: { timeoutMs: 1_000 } });
  await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock)));
  expect(requests.map(({ status, failure }) => [status, failure])).toEqual([[null, 'timeout']]);
  expect(outcomes).toEqual(['toy timeout']);
});
