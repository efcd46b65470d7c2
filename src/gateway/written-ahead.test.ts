import { describe, expect, test } from 'vitest';
import type { BudgetOptions } from '../core/options.ts';
import type { LimitWindow } from '../core/source.ts';
import {
  DAY_MS,
  drain,
  FIVE_A_DAY,
  jobOf,
  lifeOf,
  memoryOf,
  type Settings,
  START_MS,
} from './source-life.testing.ts';

describe('what is written ahead of a large allowance covers no more than it says', () => {
  const budget: BudgetOptions = {
    usdPerDay: null,
    usdPerMonth: null,
    callsPerDay: 400,
    callsPerMonth: null,
  };
  const window: LimitWindow = { max: 400, windowMs: DAY_MS, counting: 'fixed' };

  test.each<{ title: string; settings: Settings }>([
    { title: 'of a budget', settings: { budget, limits: [] } },
    { title: 'of a window', settings: { budget: null, limits: [window] } },
  ])('not a request of the next day $title', ({ settings }) => {
    const memory = memoryOf();
    const first = lifeOf(settings, memory, START_MS);
    const send = (atMs: number): void => {
      expect(first.check(jobOf(1), atMs).kind).toBe('go');
      first.leave(jobOf(1), atMs);
    };
    const nextDayMs = Date.UTC(2026, 1, 1) + 5_000;
    send(nextDayMs - 10_000);
    send(nextDayMs);
    send(nextDayMs);
    const { sent } = drain(lifeOf(settings, memory, nextDayMs), nextDayMs);
    expect(2 + sent).toBeLessThanOrEqual(400);
  });

  test('not more requests because they are light', () => {
    const settings = { budget, limits: [{ ...window, max: 4_000 }] };
    const memory = memoryOf();
    const first = lifeOf(settings, memory, START_MS);
    for (const weight of [10, 1, 1, 1, 1, 1, 1, 1, 1]) {
      expect(first.check(jobOf(weight), START_MS).kind).toBe('go');
      first.leave(jobOf(weight), START_MS);
    }
    expect(9 + drain(lifeOf(settings, memory, START_MS), START_MS).sent).toBeLessThanOrEqual(400);
  });

  test('not more weight because the requests are few', () => {
    const settings = { budget: null, limits: [{ ...window, max: 600 }] };
    const memory = memoryOf();
    const first = lifeOf(settings, memory, START_MS);
    for (const weight of [1, 50, 50]) {
      expect(first.check(jobOf(weight), START_MS).kind).toBe('go');
      first.leave(jobOf(weight), START_MS);
    }
    expect(101 + drain(lifeOf(settings, memory, START_MS), START_MS).sent).toBeLessThanOrEqual(600);
  });
});

test('what cannot be written down is not spent, and is tried again', () => {
  const memory = memoryOf();
  const life = lifeOf({ budget: FIVE_A_DAY, limits: [] }, memory, START_MS);
  memory.trouble = 'ENOSPC: no space left on device';
  const refused = life.check(jobOf(1), START_MS);
  expect(refused).toMatchObject({ kind: 'refuse', failure: { kind: 'budget' } });
  expect(refused.kind === 'refuse' && refused.failure.detail).toContain('ENOSPC');
  memory.trouble = null;
  expect(life.check(jobOf(1), START_MS).kind).toBe('go');
});

test.each<{ title: string; limits: LimitWindow[]; sent: number; writes: number }>([
  {
    title: 'for every tenth of a minute’s allowance',
    limits: [{ max: 50, windowMs: 60_000, counting: 'sliding' }],
    sent: 50,
    writes: 9,
  },
  {
    title: 'once for a window of a second',
    limits: [{ max: 50, windowMs: 1_000, counting: 'sliding' }],
    sent: 50,
    writes: 1,
  },
])('a source writes $title', ({ limits, sent, writes }) => {
  const memory = memoryOf();
  const life = lifeOf({ budget: null, limits }, memory, START_MS);
  expect(drain(life, START_MS).sent).toBe(sent);
  expect(memory.writes).toBe(writes);
});

test('a source without limits and budget never writes', () => {
  const memory = memoryOf();
  const life = lifeOf({ budget: null, limits: [] }, memory, START_MS);
  const job = jobOf(1);
  expect(life.check(job, START_MS).kind).toBe('go');
  life.leave(job, START_MS);
  life.close(START_MS);
  expect(memory.writes).toBe(0);
});

test('a minute’s allowance is spent even where it cannot be written down', () => {
  const memory = memoryOf();
  memory.trouble = 'ENOSPC: no space left on device';
  const limits: LimitWindow[] = [{ max: 50, windowMs: 60_000, counting: 'sliding' }];
  expect(drain(lifeOf({ budget: null, limits }, memory, START_MS), START_MS).sent).toBe(50);
});
