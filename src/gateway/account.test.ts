import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceOptions } from '../core/options.ts';
import type { LimitWindow } from '../core/source.ts';
import { accountOwner } from './account.ts';
import { type Setup, setUp } from './toy-gateway.testing.ts';
import { priceOf, TOY_OPTIONS, toySource } from './toy-source.testing.ts';

const sourceOf = (id: string, fields: Partial<SourceOptions> = {}): SourceOptions => ({
  ...TOY_OPTIONS,
  id,
  keys: { apiKey: 'k-1' },
  ...fields,
});

const http = {} as NonNullable<SourceOptions['http']>;

test.each<{ title: string; fields: Partial<SourceOptions>; owner: string }>([
  { title: 'kind and key', fields: {}, owner: 'first' },
  { title: 'kind only', fields: { keys: { apiKey: 'k-2' } }, owner: 'second' },
  { title: 'key only', fields: { kind: 'other' }, owner: 'second' },
  { title: 'kind and key at another place', fields: { baseUrl: 'https://else.test' }, owner: 'second' },
  {
    title: 'nothing but the word of the file',
    fields: { kind: 'other', sharesLimitsWith: 'first' },
    owner: 'first',
  },
  { title: 'that it is declared', fields: { http }, owner: 'second' },
])('two sources that have in common $title are counted with $owner', ({ fields, owner }) => {
  const [first, second] = [sourceOf('first'), sourceOf('second', fields)];
  expect(accountOwner(second, [first, second]).id).toBe(owner);
  expect(accountOwner(first, [first, second]).id).toBe('first');
});

test('one that is like a source which shares the limits of a third is counted with the third', () => {
  const all = [sourceOf('a', { sharesLimitsWith: 'c' }), sourceOf('b'), sourceOf('c', { kind: 'other' })];
  expect(all.map((source) => accountOwner(source, all).id)).toEqual(['c', 'c', 'c']);
});

describe('two sources on one key', () => {
  const LIMIT: LimitWindow = { max: 5, windowMs: 10_000, counting: 'sliding' };

  function pair(fields: Partial<SourceOptions>, setup: Setup = {}) {
    const options = [sourceOf('one', { limits: [LIMIT] }), sourceOf('two', { limits: [LIMIT], ...fields })];
    return setUp({ ...setup, sources: options.map((one) => ({ source: toySource, options: one })) });
  }

  /** When (ms) each request came to the provider, asked for at the given gaps by both in turn. */
  async function arrivalsOf(subject: ReturnType<typeof pair>, gapsMs: readonly number[]): Promise<number[]> {
    const { clock, gateway, http: provider } = subject;
    const atMs: number[] = [];
    const seen = (): void => {
      while (atMs.length < provider.seen.length) atMs.push(clock.nowMs());
    };
    for (const [i, gapMs] of gapsMs.entries()) {
      const sourceId = i % 2 === 0 ? 'one' : 'two';
      const deadlineAtMs = clock.nowMs() + 30_000;
      void gateway.ask([{ sourceId, question: priceOf('AAPL'), deadlineAtMs }]);
      const untilMs = clock.nowMs() + gapMs;
      while (clock.nowMs() < untilMs) {
        await clock.advanceTo(Math.min(untilMs, clock.nowMs() + 100));
        seen();
      }
    }
    return atMs;
  }

  const most = (atMs: readonly number[]): number =>
    Math.max(
      0,
      ...atMs.map((from) => atMs.filter((at) => at >= from && at < from + LIMIT.windowMs - 100).length),
    );

  test('stay within its limit together, by the provider’s own count', async () => {
    const gaps = fc.array(fc.nat(4_000), { minLength: 8, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(gaps, async (gapsMs) => {
        expect(most(await arrivalsOf(pair({}), gapsMs))).toBeLessThanOrEqual(LIMIT.max);
      }),
      { numRuns: 20 },
    );
  });

  test('have each its own where the keys differ', async () => {
    const gapsMs = Array.from({ length: 20 }, () => 100);
    expect(most(await arrivalsOf(pair({ keys: { apiKey: 'k-2' } }), gapsMs))).toBe(2 * LIMIT.max);
  });

  test('have each its own health', async () => {
    const subject = pair({});
    await arrivalsOf(subject, [1_000]);
    expect(subject.gateway.health().map(({ requests, state }) => [requests, state])).toEqual([
      [1, 'ok'],
      [0, 'unasked'],
    ]);
  });

  test('spend one budget', async () => {
    const budget = { usdPerDay: null, usdPerMonth: null, callsPerDay: 3, callsPerMonth: null };
    const options = [sourceOf('one', { budget }), sourceOf('two')];
    const subject = setUp({ sources: options.map((one) => ({ source: toySource, options: one })) });
    await arrivalsOf(subject, [500, 500, 500, 500, 500]);
    expect(subject.http.seen).toHaveLength(3);
    expect(subject.gateway.health().map((health) => health.budget?.callsLeftToday)).toEqual([0, 0]);
  });
});
