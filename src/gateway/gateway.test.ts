import { describe, expect, test } from 'vitest';
import type { FailureKind } from '../core/failure.ts';
import { GATEWAY_DEFAULTS } from '../core/gateway-options.ts';
import type { HttpRequest } from '../core/http.ts';
import type { Source } from '../core/source.ts';
import { answersWithin, asksFor, outcome, putEach, START_MS, SYMBOLS, setUp } from './toy-gateway.testing.ts';
import {
  priceOf,
  pricesFor,
  TOY_OPTIONS,
  type ToyAnswer,
  toyQuotes,
  toySource,
} from './toy-source.testing.ts';

describe('batching', () => {
  test('questions of one tick travel together up to the maximum of the endpoint, and each gets its own price', async () => {
    const { clock, http, gateway } = setUp();
    const answers = await answersWithin(clock, gateway.ask(asksFor(SYMBOLS, clock)));
    expect(http.seen.map(({ url }) => new URL(url).searchParams.get('symbols'))).toEqual([
      'AAPL,MSFT,NVDA,TSLA',
      'AMZN,META',
    ]);
    expect(
      answers.map(
        (answer) =>
          answer.kind === 'fresh' && answer.view.kind === 'market' && answer.view.quote.instrumentId,
      ),
    ).toEqual(SYMBOLS);
  });

  test('separate calls of one tick share a request', async () => {
    const { clock, http, gateway } = setUp();
    const answers = Promise.all([
      ...putEach(gateway, asksFor(['AAPL'], clock)),
      ...putEach(gateway, asksFor(['MSFT'], clock)),
    ]);
    await answersWithin(clock, answers);
    expect(http.seen).toHaveLength(1);
  });

  test.each([
    { batchWaitMs: 0, requests: 2 },
    { batchWaitMs: 5, requests: 1 },
  ])(
    'questions 3 ms apart take $requests requests when company is waited for $batchWaitMs ms',
    async ({ batchWaitMs, requests }) => {
      const { clock, http, gateway } = setUp({ gateway: { batchWaitMs } });
      const first = gateway.ask(asksFor(['AAPL'], clock));
      await clock.advanceTo(START_MS + 3);
      const second = gateway.ask(asksFor(['MSFT'], clock));
      await answersWithin(
        clock,
        Promise.all([first, second]).then(([one, other]) => [...one, ...other]),
      );
      expect(http.seen).toHaveLength(requests);
    },
  );

  test('switched off, every question takes a request of its own', async () => {
    const { clock, http, gateway } = setUp({ gateway: { batching: false } });
    await answersWithin(clock, gateway.ask(asksFor(SYMBOLS, clock)));
    expect(http.seen).toHaveLength(SYMBOLS.length);
  });

  test('an address that would grow too long is sent in parts', async () => {
    const endpoint = { ...toyQuotes, batchMax: 100 };
    const padded: Source = {
      ...toySource,
      endpoints: [
        {
          ...endpoint,
          request: (batch, settings, page) => {
            const request = endpoint.request(batch, settings, page);
            return { ...request, url: `${request.url}&pad=${'x'.repeat(1_500 * batch.length)}` };
          },
        },
      ],
    };
    const { clock, http, gateway } = setUp({ source: padded });
    const answers = await answersWithin(clock, gateway.ask(asksFor(SYMBOLS, clock)));
    expect(answers.every(({ kind }) => kind === 'fresh')).toBe(true);
    expect(Math.max(...http.seen.map(({ url }) => url.length))).toBeLessThanOrEqual(4_000);
  });
});

describe('one bad symbol', () => {
  const turnedAway =
    (error: FailureKind) =>
    ({ url }: HttpRequest): ToyAnswer =>
      url.includes('BAD') ? { body: { error } } : pricesFor({ url } as HttpRequest);
  const withBadSymbol = turnedAway('badRequest');

  test.each<FailureKind>(['badRequest', 'unknownSymbol'])(
    'costs the others nothing where all are turned away as %s: the batch is split until it stands alone',
    async (kind) => {
      const { clock, gateway } = setUp({ answer: turnedAway(kind) });
      const asked = gateway.ask(asksFor(['AAPL', 'MSFT', 'BAD', 'TSLA'], clock));
      const answers = await answersWithin(clock, asked);
      expect(answers.map(outcome)).toEqual(['fresh', 'fresh', `failed ${kind}`, 'fresh']);
    },
  );

  test('is then parked, and asked again alone when its time has come', async () => {
    const { clock, http, gateway } = setUp({ answer: withBadSymbol });
    await answersWithin(clock, gateway.ask(asksFor(['AAPL', 'BAD'], clock)));
    const before = http.seen.length;
    const parked = await answersWithin(clock, gateway.ask(asksFor(['AAPL', 'BAD'], clock)));
    expect(parked.map(outcome)).toEqual(['fresh', 'refused parked']);
    expect(http.seen.length - before).toBe(1);
    await clock.advanceTo(START_MS + GATEWAY_DEFAULTS.parking.recheckMs + 60_000);
    const rechecked = await answersWithin(clock, gateway.ask(asksFor(['AAPL', 'BAD'], clock)));
    expect(rechecked.map(outcome)).toEqual(['fresh', 'failed badRequest']);
    expect(
      http.seen
        .slice(-2)
        .map(({ url }) => new URL(url).searchParams.get('symbols'))
        .toSorted((a, b) => String(a).localeCompare(String(b))),
    ).toEqual(['AAPL', 'BAD']);
  });
});

describe('coalescing', () => {
  test('equal questions under way share one exchange, however late the second comes', async () => {
    const { clock, http, gateway } = setUp();
    const first = gateway.ask(asksFor(['AAPL'], clock));
    await clock.advanceTo(START_MS + 5);
    const second = gateway.ask(asksFor(['AAPL'], clock));
    const answers = await answersWithin(
      clock,
      Promise.all([first, second]).then((both) => both.flat()),
    );
    expect(http.seen).toHaveLength(1);
    expect(answers[0]).toEqual(answers[1]);
  });

  test('a patient asker keeps a question waiting that an impatient one had given up', async () => {
    const { clock, http, gateway } = setUp({
      gateway: { connectionsMax: 1, batching: false },
      answer: (request) => ({ ...pricesFor(request), delayMs: 500 }),
    });
    const answers = Promise.all([
      ...putEach(gateway, asksFor(['MSFT'], clock, 2_000)),
      ...putEach(gateway, asksFor(['AAPL'], clock, 300)),
      ...putEach(gateway, asksFor(['AAPL'], clock, 2_000)),
    ]);
    expect((await answersWithin(clock, answers)).map(outcome)).toEqual([
      'fresh',
      'refused deadline',
      'fresh',
    ]);
    expect(http.seen).toHaveLength(2);
  });

  test('an answered question is asked anew', async () => {
    const { clock, http, gateway } = setUp();
    await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock)));
    await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock)));
    expect(http.seen).toHaveLength(2);
  });
});

describe('deadlines', () => {
  test('a hanging source ends as a timeout at the deadline and delays no other', async () => {
    const { clock, gateway } = setUp({
      answer: (request) => (request.url.includes('slow.test') ? null : pricesFor(request)),
      sources: ['toy', 'slow'].map((id) => ({
        source: toySource,
        options: { ...TOY_OPTIONS, id, baseUrl: `https://${id}.test`, timeoutMs: 60_000 },
      })),
    });
    const deadlineAtMs = START_MS + 1_000;
    const settledAtMs: number[] = [];
    const asks = ['slow', 'toy'].map((sourceId) => ({ sourceId, question: priceOf('AAPL'), deadlineAtMs }));
    const answers = putEach(gateway, asks).map((answer) =>
      answer.then((settled) => {
        settledAtMs.push(clock.nowMs() - START_MS);
        return settled;
      }),
    );
    await clock.advanceTo(deadlineAtMs);
    expect((await Promise.all(answers)).map(outcome)).toEqual(['failed timeout', 'fresh']);
    expect(settledAtMs).toEqual([10, 1_000]);
  });

  test('the exchange gets the time of the source, but never more than is left', async () => {
    const { clock, http, gateway } = setUp({ options: { timeoutMs: 2_000 } });
    await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock, 3_000)));
    await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock, 700)));
    expect(http.timeoutsMs).toEqual([2_000, 700]);
  });

  test('a question whose deadline has passed is not sent', async () => {
    const { clock, http, gateway } = setUp();
    const answers = await answersWithin(clock, gateway.ask(asksFor(['AAPL'], clock, 0)));
    expect(answers.map(outcome)).toEqual(['refused deadline']);
    expect(http.seen).toHaveLength(0);
  });

  test('one wake-up serves all that wait, and closing ends it', async () => {
    const { clock, gateway } = setUp({ answer: () => null });
    let wakeUps = 0;
    const at = clock.at.bind(clock);
    Object.assign(clock, {
      at: (atMs: number, run: () => void) => {
        wakeUps += 1;
        return at(atMs, run);
      },
    });
    const answers = SYMBOLS.map((id, i) => gateway.ask(asksFor([id], clock, 1_000 + 100 * i)));
    expect(wakeUps).toBe(1);
    await answersWithin(
      clock,
      Promise.all(answers).then((all) => all.flat()),
    );
    void gateway.ask(asksFor(['AAPL'], clock, 60_000));
    await clock.advanceTo(clock.nowMs() + 5_000);
    await gateway.close();
    expect(clock.nextAtMs()).toBeNull();
  });
});

test('a question about each symbol may wait, however small the bound of the queue', async () => {
  const { clock, gateway } = setUp({ gateway: { queueMax: 1, batching: false, connectionsMax: 1 } });
  const answers = await answersWithin(clock, gateway.ask(asksFor(SYMBOLS, clock)));
  expect(answers.map(outcome)).toEqual(SYMBOLS.map(() => 'fresh'));
});

describe('what cannot be asked', () => {
  test.each([
    { title: 'a source switched off', setup: { options: { enabled: false } }, id: 'AAPL' },
    {
      title: 'a source without its required key',
      setup: { source: { keys: { apiKey: { env: 'TOY_KEY', required: true } } } },
      id: 'AAPL',
    },
    { title: 'a question that no endpoint accepts', setup: {}, id: 'BTC-USD' },
  ])('$title refuses without a request', async ({ setup, id }) => {
    const { clock, http, gateway } = setUp(setup);
    const answers = await answersWithin(clock, gateway.ask(asksFor([id], clock)));
    expect(answers.map(outcome)).toEqual(['refused disabled']);
    expect(http.seen).toHaveLength(0);
  });

  test('an unknown source is named', async () => {
    const { clock, gateway } = setUp();
    const [answer] = await gateway.ask([
      { sourceId: 'nobody', question: priceOf('AAPL'), deadlineAtMs: clock.nowMs() + 1 },
    ]);
    expect(answer).toMatchObject({
      kind: 'refused',
      failure: { kind: 'disabled', detail: 'no source is called nobody' },
    });
  });
});

test('what waits and what is parked is counted, and no longer once it is over', async () => {
  const { clock, gateway } = setUp({
    gateway: { connectionsMax: 1, batching: false },
    answer: (request) =>
      request.url.includes('BAD')
        ? { body: { error: 'unknownSymbol' } }
        : { ...pricesFor(request), delayMs: 100 },
  });
  const sizes = () => gateway.sizes().map(({ component, entries }) => `${component} ${entries}`);
  const asked = gateway.ask(asksFor(['AAPL', 'MSFT', 'BAD'], clock));
  await clock.advanceTo(START_MS + 10);
  expect(sizes()).toEqual(['queue 2', 'coalescer 3', 'parking 0']);
  await answersWithin(clock, asked);
  expect(sizes()).toEqual(['queue 0', 'coalescer 0', 'parking 1']);
});
