import { describe, expect, test } from 'vitest';
import type { Ask } from '../core/answer.ts';
import type { HttpRequest } from '../core/http.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { Source } from '../core/source.ts';
import type { VirtualClock } from '../platform/virtual-clock.ts';
import { answersWithin, asksFor, outcome, START_MS, setUp } from './toy-gateway.testing.ts';
import { priceOf, pricesFor, type ToyAnswer, toyQuotes } from './toy-source.testing.ts';

describe('what comes back', () => {
  const throwing = (what: 'request' | 'parse'): Partial<Source> => ({
    endpoints: [
      {
        ...toyQuotes,
        [what]: () => {
          throw new Error('bug with s3cret\nand more');
        },
      },
    ],
  });

  test.each([
    {
      title: 'an exception while reading',
      setup: { source: throwing('parse') },
      expected: 'failed badPayload',
    },
    {
      title: 'an exception while asking',
      setup: { source: throwing('request') },
      expected: 'failed badPayload',
    },
    {
      title: 'text that is no JSON',
      setup: { answer: () => ({ body: '<html>' }) },
      expected: 'failed badPayload',
    },
    {
      title: 'a body too large',
      setup: { answer: () => ({ failed: { reason: 'tooLarge' as const } }) },
      expected: 'failed tooLarge',
    },
    {
      title: 'a redirect',
      setup: { answer: () => ({ failed: { reason: 'redirect' as const } }) },
      expected: 'failed redirect',
    },
    {
      title: 'a symbol left out',
      setup: { answer: () => ({ body: { MSFT: 5 } }) },
      expected: 'failed noData',
    },
    {
      title: 'a price of another symbol',
      setup: {
        source: {
          endpoints: [
            {
              ...toyQuotes,
              parse: (response, batch, settings) =>
                toyQuotes.parse(
                  { ...response, body: '{"MSFT":5}' },
                  batch.map(() => priceOf('MSFT')),
                  settings,
                ),
            },
          ],
        } satisfies Partial<Source>,
      },
      expected: 'failed mismatch',
    },
  ])('$title ends as $expected', async ({ setup, expected }) => {
    const { clock, gateway } = setUp(setup);
    const [answer] = await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock)));
    expect(outcome(answer)).toBe(expected);
  });

  test('details are one line without secrets', async () => {
    const { clock, gateway } = setUp({ source: throwing('parse') });
    const [answer] = await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock)));
    expect(answer).toMatchObject({
      failure: { detail: 'source toy failed in reading the answer: bug with *** and more' },
    });
  });

  test('an answer says where it comes from', async () => {
    const { clock, gateway } = setUp();
    const [answer] = await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock)));
    expect(answer).toMatchObject({
      kind: 'fresh',
      latencyMs: 10,
      provenance: {
        sourceId: 'toy',
        endpoint: 'quotes',
        eventAtMs: null,
        receivedAtMs: START_MS + 10,
        digest: '9241b870b8897c63',
      },
    });
  });
});

describe('pages', () => {
  const ask = (clock: VirtualClock): Ask => ({
    sourceId: 'toy',
    question: {
      kind: 'bars',
      instrument: instrumentOf('BTC-USD'),
      intervalMs: 60_000,
      fromMs: 0,
      toMs: START_MS,
    },
    deadlineAtMs: clock.nowMs() + 3_000,
  });
  const pageOf = ({ url }: HttpRequest): number => Number(new URL(url).searchParams.get('page') || '1');

  test('are followed and put together in order', async () => {
    const { clock, gateway } = setUp({
      answer: (request) => {
        const page = pageOf(request);
        return { body: { closes: [[page * 60_000, page]], next: page < 3 ? `${page + 1}` : null } };
      },
    });
    const [answer] = await answersWithin(clock, gateway.ask([ask(clock)]));
    expect(
      answer?.kind === 'fresh' && answer.view.kind === 'bars' && answer.view.bars.map(({ close }) => close),
    ).toEqual([1, 2, 3]);
  });

  test.each([
    {
      title: 'a page that fails',
      expected: 'failed down',
      answer: (page: number): ToyAnswer =>
        page === 2 ? { status: 500 } : { body: { closes: [], next: '2' } },
    },
    {
      title: 'pages without end',
      expected: 'failed tooLarge',
      answer: (page: number): ToyAnswer => ({ body: { closes: [], next: `${page + 1}` } }),
    },
    {
      title: 'a page that names itself',
      expected: 'failed badPayload',
      answer: (): ToyAnswer => ({ body: { closes: [], next: '2' } }),
    },
  ])('$title leaves no half answer', async ({ answer, expected }) => {
    const { clock, gateway } = setUp({ answer: (request) => answer(pageOf(request)) });
    const [found] = await answersWithin(clock, gateway.ask([ask(clock)]));
    expect(outcome(found)).toBe(expected);
  });
});

describe('health', () => {
  test('counts requests, answers, failures and money, and knows the state', async () => {
    const { clock, gateway } = setUp({
      answer: (request, count) => (count === 2 ? { body: { error: 'quota' } } : pricesFor(request)),
    });
    expect(gateway.health()).toMatchObject([{ state: 'unasked', requests: 0, latencyP50Ms: null }]);
    await answersWithin(clock, gateway.ask(asksFor(['AAPL', 'MSFT'], clock)));
    expect(gateway.health()).toMatchObject([
      { state: 'ok', requests: 1, answered: 2, spentUsd: 0.01, latencyP50Ms: 10 },
    ]);
    await answersWithin(clock, gateway.ask(asksFor(['AAPL', 'MSFT'], clock)));
    expect(gateway.health()).toMatchObject([
      {
        state: 'quota',
        requests: 2,
        answered: 2,
        failedByKind: { quota: 2 },
        spentUsd: 0.01,
        lastFailure: { kind: 'quota' },
      },
    ]);
  });

  test('a closing gateway refuses what has not left', async () => {
    const { clock, gateway } = setUp({ gateway: { connectionsMax: 1, batching: false } });
    const answers = gateway.ask(asksFor(['AAPL', 'MSFT'], clock));
    await clock.advanceTo(START_MS);
    await gateway.close();
    expect((await answersWithin(clock, answers)).map(outcome)).toEqual(['fresh', 'refused disabled']);
  });
});
