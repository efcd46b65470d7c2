import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../core/http.ts';
import type { LimitWindow } from '../core/source.ts';
import { levelAfterRefusal } from './learned-level.ts';
import { START_MS, setUp } from './toy-gateway.testing.ts';
import { priceOf, pricesFor, type ToyAnswer } from './toy-source.testing.ts';

const WINDOW_MS = 5_000;
const MAX = 40;
const PERIOD_WINDOWS = 20;
const CUTS = 20;

type Seen = { readonly atMs: number; readonly isRefused: boolean };

/** A provider that allows half of what it documents in every second period, and says no more than 429. */
async function runUnderBacklog(counting: LimitWindow['counting']): Promise<Seen[]> {
  const seen: Seen[] = [];
  const counted: number[] = [];
  const answer = (request: HttpRequest): ToyAnswer => {
    const atMs = clock.elapsedMs();
    const isCut = Math.floor(atMs / (PERIOD_WINDOWS * WINDOW_MS)) % 2 === 1;
    const windowBeganMs =
      counting === 'fixed' ? Math.floor(atMs / WINDOW_MS) * WINDOW_MS : atMs - WINDOW_MS + 1;
    while ((counted[0] ?? Number.POSITIVE_INFINITY) < windowBeganMs) counted.shift();
    const isRefused = counted.length >= (isCut ? MAX / 2 : MAX);
    if (!isRefused) counted.push(atMs);
    seen.push({ atMs, isRefused });
    return { ...(isRefused ? { status: 429, body: { error: 'limit' } } : pricesFor(request)), delayMs: 60 };
  };
  const { clock, gateway }: ReturnType<typeof setUp> = setUp({
    answer,
    options: { limits: [{ max: MAX, windowMs: WINDOW_MS, counting }] },
    gateway: { batching: false },
  });
  const symbols = Array.from({ length: MAX + 5 }, (_, i) =>
    String.fromCharCode(65 + (i % 26), 65 + Math.floor(i / 26)),
  );
  for (let atMs = 0; atMs < (2 * CUTS + 1) * PERIOD_WINDOWS * WINDOW_MS; atMs += 1_000) {
    await clock.advanceTo(START_MS + atMs);
    const deadlineAtMs = START_MS + atMs + 4_500;
    void gateway.ask(symbols.map((id) => ({ sourceId: 'toy', question: priceOf(id), deadlineAtMs })));
  }
  return seen;
}

describe.each<LimitWindow['counting']>(['fixed', 'sliding'])(
  'a limit halved without notice, %s',
  (counting) => {
    test('is found out with few refusals, kept to, and left behind when the old one is back', {
      timeout: 60_000,
    }, async () => {
      const seen = await runUnderBacklog(counting);
      const periodMs = PERIOD_WINDOWS * WINDOW_MS;
      for (let cut = 0; cut < CUTS; cut += 1) {
        const cutAtMs = (2 * cut + 1) * periodMs;
        const during = seen.filter(({ atMs }) => atMs >= cutAtMs && atMs < cutAtMs + periodMs);
        const first = during.find(({ isRefused }) => isRefused);
        if (first === undefined) throw new Error(`cut ${cut} went unnoticed`);
        // Those under way when the first refusal arrives cannot be called back; after that one for ten windows.
        const later = during.filter(({ atMs, isRefused }) => isRefused && atMs > first.atMs + 60);
        expect(later.length).toBeLessThanOrEqual(PERIOD_WINDOWS / 10);
        const kept = during.filter(({ atMs }) => atMs > cutAtMs + 2 * WINDOW_MS).length;
        expect(kept / ((MAX / 2) * (PERIOD_WINDOWS - 2))).toBeGreaterThanOrEqual(0.7);

        const backAtMs = cutAtMs + periodMs;
        const full = seen.filter(
          ({ atMs }) => atMs >= backAtMs + 10 * WINDOW_MS && atMs < backAtMs + periodMs,
        );
        expect(full.length / (MAX * (PERIOD_WINDOWS - 10))).toBeGreaterThanOrEqual(0.9);
      }
    });
  },
);

describe('the learned level', () => {
  const WINDOW = { max: 100, windowMs: 60_000 };
  test.each([
    {
      title: 'is half at the first refusal, whatever went through before',
      before: null,
      passed: 90,
      level: 50,
    },
    { title: 'sinks with a refusal below it', before: 50, passed: 30, level: 25 },
    { title: 'stays when a trial just beyond it is refused', before: 50, passed: 50, level: 50 },
    { title: 'rises to where a trial was refused, less a tenth', before: 50, passed: 80, level: 72 },
    { title: 'leaves at least one', before: 1, passed: 0, level: 1 },
    {
      title: 'does not rise by what may have left the window already',
      before: 50,
      passed: 80,
      surely: 50,
      level: 50,
    },
  ])('$title', ({ before, passed, surely = passed, level }) => {
    const learned = before === null ? null : { level: before, tryAgainAtMs: 0 };
    expect(levelAfterRefusal(learned, { most: passed, least: surely }, WINDOW, 1_000)).toEqual({
      level,
      tryAgainAtMs: 541_000,
    });
  });
});
