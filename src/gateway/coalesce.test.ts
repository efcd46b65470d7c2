import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instrumentOf } from '../core/instrument.ts';
import type { Question } from '../core/question.ts';
import type { Endpoint } from '../core/source.ts';
import { Coalescer } from './coalesce.ts';
import { Errands, keyOf } from './errands.ts';
import { type Flight, flightOf } from './flight.ts';
import { priceOf, toyQuotes, toySource } from './toy-source.testing.ts';

const quotes: Endpoint = { ...toyQuotes, accepts: () => true };
const bars: Endpoint = { ...quotes, name: 'bars', kind: 'bars' };
const source = { ...toySource, endpoints: [quotes, bars] };

function barsOf(id: string, fromMs: number): Question {
  return { kind: 'bars', instrument: instrumentOf(id), intervalMs: 60_000, fromMs, toMs: 600_000 };
}

const QUESTIONS: readonly Question[] = [
  priceOf('AAPL'),
  priceOf('MSFT'),
  ...[0, 60_000, 120_000, 180_000].map((fromMs) => barsOf('AAPL', fromMs)),
];

test('questions about the same go the same errand, and none goes where the source has no endpoint', () => {
  const errands = new Errands(source, 1);
  expect(errands.of(priceOf('AAPL'))).toBe(errands.of(priceOf('AAPL')));
  expect(errands.of(barsOf('AAPL', 0))?.endpoint).toBe(bars);
  expect(errands.of({ kind: 'gauge', instrument: instrumentOf('AAPL') })).toBeNull();
});

test('errands of symbols that are not asked about any more are forgotten, but none with something under way', () => {
  const errands = new Errands(source, 1);
  const busy = errands.of(priceOf('AAPL'));
  const idle = errands.of(priceOf('MSFT'));
  if (busy !== null)
    new Coalescer().open(flightOf({ question: priceOf('AAPL'), deadlineAtMs: 0 }, busy, '', false, null));
  for (let count = 0; count < 5_000; count += 1) errands.of(priceOf(`A${count}-USD`));
  expect(errands.of(priceOf('AAPL'))).toBe(busy);
  expect(errands.of(priceOf('MSFT'))).not.toBe(idle);
});

test('a question joins the one under way that asks the same, and no other, in whatever order they end', () => {
  const anyStep = fc.tuple(fc.constantFrom(...QUESTIONS), fc.boolean());
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 20, maxLength: 60 }), (steps) => {
      const errands = new Errands(source, 1);
      const coalescer = new Coalescer();
      const underWay = new Map<Question, Flight>();
      for (const [question, ends] of steps) {
        const errand = errands.of(question);
        if (errand === null) throw new RangeError('it has an endpoint for all of them');
        const key = keyOf(errand, question);
        const known = underWay.get(question) ?? null;
        expect(coalescer.join(errand, key, { deadlineAtMs: 0 })).toBe(known);
        if (known === null) {
          const flight = flightOf({ question, deadlineAtMs: 0 }, errand, key, false, null);
          coalescer.open(flight);
          underWay.set(question, flight);
        } else if (ends) {
          coalescer.close(known);
          underWay.delete(question);
        }
        expect(coalescer.size).toBe(underWay.size);
      }
    }),
  );
});
