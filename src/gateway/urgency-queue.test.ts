import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Urgency, UrgencyQueue } from './urgency-queue.ts';

type Item = Urgency & { readonly weight: number; readonly seq: number };

test.each([
  { title: 'few deadlines', deadlinesMs: 6, beginMs: 0 },
  { title: 'as many deadlines as items', deadlinesMs: 1_000_000, beginMs: Date.UTC(2026, 0, 5) },
])(
  'with $title it is a list kept sorted by deadline, then by priority, then by arrival',
  ({ deadlinesMs, beginMs }) => {
    const anyDeadline = fc.nat(deadlinesMs).map((ms) => beginMs + ms);
    const anyPriority = fc.constantFrom(0, 0.25, 0.250_000_001, 1, 7.5);
    const anyUrgency = fc.record({ deadlineAtMs: anyDeadline, priority: anyPriority });
    const anyStep = fc.oneof(
      fc.record({ deadlineAtMs: anyDeadline, priority: anyPriority, weight: fc.integer({ min: 1, max: 5 }) }),
      fc.constant('take' as const),
    );
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 200 }), anyUrgency, (steps, asked) => {
        const queue = new UrgencyQueue<Item>(({ weight }) => weight);
        let list: Item[] = [];
        for (const [seq, step] of steps.entries()) {
          if (step === 'take') {
            expect(queue.takeFirst()).toBe(list[0]);
            list = list.slice(1);
          } else {
            const item = { ...step, seq };
            queue.add(item);
            list = [...list, item].sort(
              (a, b) => a.deadlineAtMs - b.deadlineAtMs || b.priority - a.priority || a.seq - b.seq,
            );
          }
          expect(queue.first()).toBe(list[0]);
          expect(queue.size).toBe(list.length);
          const ahead = list.filter(
            ({ deadlineAtMs, priority }) =>
              deadlineAtMs < asked.deadlineAtMs ||
              (deadlineAtMs === asked.deadlineAtMs && priority >= asked.priority),
          );
          expect(queue.weightAhead(asked)).toBe(ahead.reduce((sum, { weight }) => sum + weight, 0));
        }
      }),
      { numRuns: 200 },
    );
  },
);

test('keeps its order where thousands go while others come to the same deadline', () => {
  const queue = new UrgencyQueue<Item>(() => 1);
  const taken: (number | undefined)[] = [];
  for (let seq = 0; seq < 6_000; seq += 1) {
    queue.add({ deadlineAtMs: 1, priority: 0, weight: 1, seq });
    if (seq >= 100) taken.push(queue.takeFirst()?.seq);
  }
  expect(taken).toEqual(Array.from({ length: 5_900 }, (_, i) => i));
});

test.each([
  { title: 'rising', deadlineOf: (i: number) => i },
  { title: 'falling', deadlineOf: (i: number) => -i },
  { title: 'scattered', deadlineOf: (i: number) => (i * 7_919) % 20_011 },
])('20,000 different deadlines, $title, come out in order', ({ deadlineOf }) => {
  const queue = new UrgencyQueue<Item>(() => 1);
  const deadlines = Array.from({ length: 20_000 }, (_, i) => deadlineOf(i));
  for (const [seq, deadlineAtMs] of deadlines.entries())
    queue.add({ deadlineAtMs, priority: 0, weight: 1, seq });
  const sorted = deadlines.toSorted((a, b) => a - b);
  expect(queue.weightAhead({ deadlineAtMs: sorted[9_999] ?? 0, priority: 0 })).toBe(10_000);
  expect(deadlines.map(() => queue.takeFirst()?.deadlineAtMs)).toEqual(sorted);
  expect(queue.size).toBe(0);
});

test('20,000 different priorities at one deadline come out highest first', () => {
  const queue = new UrgencyQueue<Item>(() => 1);
  const priorities = Array.from({ length: 20_000 }, (_, i) => ((i * 7_919) % 20_011) / 20_011);
  for (const [seq, priority] of priorities.entries())
    queue.add({ deadlineAtMs: 1, priority, weight: 1, seq });
  expect(priorities.map(() => queue.takeFirst()?.priority)).toEqual(priorities.toSorted((a, b) => b - a));
});
