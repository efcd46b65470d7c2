import { describe, expect, test } from 'vitest';
import type { Answer, DataFault } from '../core/answer.ts';
import type { HttpRequest } from '../core/http.ts';
import { putEach, START_MS, SYMBOLS, setUp } from './toy-gateway.testing.ts';
import { priceOf, pricesFor, type ToyAnswer, toyQuotes } from './toy-source.testing.ts';

/** A gateway before a provider whose answers depend on the time since the start. */
function service(answer: (request: HttpRequest, atMs: number) => ToyAnswer | null) {
  const subject: ReturnType<typeof setUp> = setUp({
    answer: (request) => answer(request, subject.clock.elapsedMs()),
  });
  return subject;
}

/** Asks for all symbols in every cycle of 5 s; the answers of each cycle with the moment they came. */
async function run(
  { clock, gateway }: ReturnType<typeof service>,
  cycles: number,
  symbols: readonly string[] = SYMBOLS,
): Promise<{ atMs: number; answer: Answer }[]> {
  const found: { atMs: number; answer: Answer }[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const slotAtMs = START_MS + cycle * 5_000;
    await clock.advanceTo(slotAtMs);
    const asks = symbols.map((id) => ({
      sourceId: 'toy',
      question: priceOf(id),
      deadlineAtMs: slotAtMs + 3_000,
    }));
    for (const answer of putEach(gateway, asks)) {
      void answer.then((settled) => found.push({ atMs: clock.elapsedMs(), answer: settled }));
    }
    await clock.advanceTo(slotAtMs + 4_999);
  }
  return found;
}

describe('a provider that is down for ten minutes', () => {
  const UP_AT_MS = 600_000;
  test.each<{ title: string; down: ToyAnswer | null }>([
    { title: 'with server errors', down: { status: 500, body: { error: 'down' } } },
    { title: 'hanging', down: null },
    { title: 'refusing connections', down: { failed: { reason: 'connection', unsent: true } } },
    { title: 'with garbage', down: { body: '<html>' } },
  ])('$title, is asked by one request a cycle, and is used again within one cycle', async ({ down }) => {
    const subject = service((request, atMs) => (atMs < UP_AT_MS ? down : pricesFor(request)));
    const found = await run(subject, 125);
    const whileDown = subject.http.seen.length - 5 * 2;
    // Two batches were due in each of the 120 cycles; with the breaker open one of them finds out for both.
    expect(whileDown).toBeLessThanOrEqual(135);
    const firstGoodMs = Math.min(
      ...found.filter(({ answer }) => answer.kind === 'fresh').map(({ atMs }) => atMs),
    );
    expect(firstGoodMs - UP_AT_MS).toBeLessThanOrEqual(5_000);
    expect(found).toHaveLength(125 * SYMBOLS.length);
  });
});

test('a key that is refused is tried once in five minutes', async () => {
  const subject = service(() => ({ status: 401, body: { error: 'auth' } }));
  await run(subject, 120);
  expect(subject.http.seen.length).toBeLessThanOrEqual(2 * 2);
  expect(subject.gateway.health()).toMatchObject([{ state: 'auth' }]);
});

test('a quota that is used up is tried at most twice in ten minutes, for longer and longer pauses', async () => {
  const subject = service(() => ({ status: 429, body: { error: 'quota' } }));
  await run(subject, 720, ['AAPL']);
  expect(subject.http.seen.length).toBeLessThanOrEqual(5);
  expect(subject.gateway.health()).toMatchObject([{ state: 'quota' }]);
});

test('one failure in a hundred is not noticed by any asker', async () => {
  let count = 0;
  const subject = service((request) => {
    count += 1;
    return count % 100 === 0 ? { status: 503, body: { error: 'down' } } : pricesFor(request);
  });
  const found = await run(subject, 200);
  expect(found.every(({ answer }) => answer.kind === 'fresh')).toBe(true);
});

test('local overload is not the provider’s fault: 25,000 symbols at once open no breaker and all are answered', async () => {
  const { clock, gateway } = setUp({
    answer: (request) => ({ ...pricesFor(request), delayMs: 120 }),
    source: { endpoints: [{ ...toyQuotes, batchMax: 10 }] },
    options: { timeoutMs: 500 },
  });
  const letters = (i: number): string =>
    String.fromCharCode(...[0, 1, 2, 3, 4].map((place) => 65 + (Math.floor(i / 26 ** place) % 26)));
  const asks = Array.from({ length: 25_000 }, (_, i) => ({
    sourceId: 'toy',
    question: priceOf(letters(i)),
    deadlineAtMs: START_MS + 5_000,
  }));
  const answers = gateway.ask(asks);
  await clock.advanceTo(START_MS + 5_000);
  const kinds = new Set((await answers).map(({ kind }) => kind));
  expect([...kinds]).toEqual(['fresh']);
  expect(gateway.health()).toMatchObject([{ state: 'ok', requests: 2_500 }]);
});

describe('a source whose answers come, but are of no use', () => {
  test('as it hangs nearly as long as it may, is left alone, and used again within 5 s of its return', async () => {
    const [slowAtMs, wellAtMs] = [300_000, 420_000];
    const probedAtMs: number[] = [];
    const subject: ReturnType<typeof service> = service((request, atMs) => {
      if (subject.gateway.health()[0]?.breakers[0]?.state === 'probing') probedAtMs.push(atMs);
      return { ...pricesFor(request), delayMs: atMs >= slowAtMs && atMs < wellAtMs ? 1_900 : 20 };
    });
    const found = await run(subject, 120);
    expect(probedAtMs.length).toBeGreaterThan(0);
    expect(Math.min(...probedAtMs)).toBeGreaterThan(slowAtMs);
    expect(Math.max(...probedAtMs)).toBeLessThanOrEqual(wellAtMs + 5_000);
    const backMs = Math.min(
      ...found
        .filter(({ atMs, answer }) => atMs >= wellAtMs && answer.kind === 'fresh')
        .map(({ atMs }) => atMs),
    );
    expect(backMs - wellAtMs).toBeLessThanOrEqual(5_000);
  });

  test('as its data are frozen, is asked by one request every two seconds until they are not', async () => {
    const subject = service((request) => pricesFor(request));
    const { clock, gateway, http } = subject;
    let fault: DataFault | null = 'frozen';
    const look = async (): Promise<void> => {
      const asked = gateway.ask(
        SYMBOLS.slice(0, 4).map((id) => ({
          sourceId: 'toy',
          question: priceOf(id),
          deadlineAtMs: clock.nowMs() + 900,
        })),
      );
      await clock.advanceTo(clock.nowMs() + 1_000);
      for (const answer of await asked) if ('view' in answer) gateway.judged(answer.provenance, fault);
    };
    for (let i = 0; i < 5; i += 1) await look();
    expect(gateway.health()[0]).toMatchObject({
      score: 0,
      breakers: [{ endpoint: 'quotes', state: 'open' }],
    });
    http.seen.length = 0;
    for (let i = 0; i < 20; i += 1) await look();
    expect(http.seen.length).toBeLessThanOrEqual(10);
    fault = null;
    for (let i = 0; i < 3; i += 1) await look();
    http.seen.length = 0;
    for (let i = 0; i < 10; i += 1) await look();
    expect(http.seen).toHaveLength(10);
  });
});
