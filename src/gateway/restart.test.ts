import { describe, expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import type { LimitWindow } from '../core/source.ts';
import {
  DAY_MS,
  drain,
  exchanged,
  FIVE_A_DAY,
  jobOf,
  lifeOf,
  memoryOf,
  START_MS,
} from './source-life.testing.ts';
import { TOY_OPTIONS } from './toy-source.testing.ts';

describe('a restart', () => {
  test('wastes nothing of a small allowance, whether the end was orderly or not', () => {
    for (const end of ['crash', 'close']) {
      const memory = memoryOf();
      const first = lifeOf({ budget: FIVE_A_DAY, limits: [] }, memory, START_MS);
      for (const job of [jobOf(1), jobOf(1)]) {
        expect(first.check(job, START_MS).kind).toBe('go');
        first.leave(job, START_MS);
      }
      if (end === 'close') first.close(START_MS);
      const second = lifeOf({ budget: FIVE_A_DAY, limits: [] }, memory, START_MS + 1_000);
      expect(drain(second, START_MS + 1_000)).toMatchObject({
        sent: 3,
        end: { kind: 'refuse', failure: { kind: 'budget', retryAfterMs: 599_000 } },
      });
    }
  });

  test('by a crash wastes at most a two-hundredth of a large allowance, which is not written for every call', () => {
    const budget = { ...FIVE_A_DAY, callsPerDay: 2_000 };
    const memory = memoryOf();
    const first = lifeOf({ budget, limits: [] }, memory, START_MS);
    const job = jobOf(1);
    expect(first.check(job, START_MS).kind).toBe('go');
    first.leave(job, START_MS);
    const { sent } = drain(lifeOf({ budget, limits: [] }, memory, START_MS), START_MS);
    expect(sent).toBeGreaterThanOrEqual(2_000 - 11);
    expect(memory.writes).toBeLessThanOrEqual(210);
  });

  test('obeys the pause that the provider asked for before', () => {
    const memory = memoryOf();
    const settings = { budget: null, limits: [{ max: 9, windowMs: 1_000, counting: 'sliding' as const }] };
    const first = lifeOf(settings, memory, START_MS);
    const job = jobOf(1);
    first.leave(job, START_MS);
    const banned = failure('limit', 'HTTP 418', 7_200_000);
    first.back(job, { ...exchanged(job, 'answered', 0, START_MS), failure: banned }, START_MS);
    const second = lifeOf(settings, memory, START_MS + 60_000);
    const verdict = second.check(jobOf(1), START_MS + 60_000);
    expect(verdict).toMatchObject({ kind: 'wait', failureKind: 'rateLimited' });
    expect(verdict.kind === 'wait' && verdict.untilMs).toBeGreaterThanOrEqual(START_MS + 7_200_000);
  });

  test('keeps the pace: a crash brings no turn forward', () => {
    const memory = memoryOf();
    const settings = { budget: null, limits: [{ max: 24, windowMs: DAY_MS, counting: 'sliding' as const }] };
    const midnightMs = Date.UTC(2026, 1, 2);
    const first = drain(lifeOf(settings, memory, midnightMs, true), midnightMs);
    expect(first.sent).toBe(3);
    for (let crash = 1; crash < 10; crash += 1) {
      const atMs = midnightMs + crash * 60_000;
      expect(drain(lifeOf(settings, memory, atMs, true), atMs).sent).toBe(0);
    }
  });

  test('that finds its memory unreadable counts everything as spent, once: until the day is over', () => {
    const memory = memoryOf();
    memory.found = { kind: 'unreadable', detail: 'spent.json: half of it is missing' };
    const settings = {
      budget: FIVE_A_DAY,
      limits: [{ max: 25, windowMs: DAY_MS, counting: 'fixed' as const }],
    };
    const first = lifeOf(settings, memory, START_MS);
    expect(drain(first, START_MS)).toMatchObject({ sent: 0, end: { failure: { kind: 'budget' } } });
    expect(memory.found.kind).toBe('found');
    const tomorrowMs = START_MS + 660_000;
    expect(drain(lifeOf(settings, memory, tomorrowMs), tomorrowMs).sent).toBe(5);
  });
});

test('where one request may be under way at a time, that of the life before is waited for', () => {
  const memory = memoryOf();
  const settings = { budget: null, limits: [], concurrency: 1 };
  expect(lifeOf(settings, memory, START_MS).check(jobOf(1), START_MS).kind).toBe('go');
  const second = lifeOf(settings, memory, START_MS + 300);
  const idleAtMs = START_MS + 300 + TOY_OPTIONS.timeoutMs;
  expect(second.check(jobOf(1), START_MS + 300)).toMatchObject({ kind: 'wait', untilMs: idleAtMs });
  expect(second.check(jobOf(1), idleAtMs).kind).toBe('go');
});

test('after a crash in the middle of a minute what is left of its allowance can be used, less what was written ahead', () => {
  for (const counting of ['sliding', 'fixed'] as const) {
    const memory = memoryOf();
    const limits: LimitWindow[] = [{ max: 60, windowMs: 60_000, counting }];
    const first = lifeOf({ budget: null, limits }, memory, START_MS + 5_000);
    for (let i = 0; i < 20; i += 1) {
      expect(first.check(jobOf(1), START_MS + 5_000).kind).toBe('go');
      first.leave(jobOf(1), START_MS + 5_000);
    }
    const again = drain(lifeOf({ budget: null, limits }, memory, START_MS + 20_000), START_MS + 20_000);
    expect(again.sent).toBeLessThanOrEqual(40);
    expect(again.sent).toBeGreaterThanOrEqual(40 - 6);
  }
});

test('what was noted longer ago than any month is forgotten, a source that is not configured now is not', () => {
  const memory = memoryOf();
  const noted = { pausedUntilMs: 0, windows: [], paces: [], spent: null };
  memory.found = {
    kind: 'found',
    memories: {
      old: { ...noted, notedAtMs: START_MS - 33 * DAY_MS },
      other: { ...noted, notedAtMs: START_MS - 5 * DAY_MS },
    },
  };
  drain(lifeOf({ budget: FIVE_A_DAY, limits: [] }, memory, START_MS), START_MS);
  expect(memory.found.kind === 'found' && Object.keys(memory.found.memories)).toEqual(['other', 'toy']);
});
