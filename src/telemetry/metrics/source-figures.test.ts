import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { test } from 'vitest';
import { SourceCounts } from './source-counts.ts';
import { SourceHistogram } from './source-histogram.ts';

const SHAPE = { name: 'figure_seconds', help: 'A \\ figure.', buckets: [0.005, 1, 2.5] };
const anySource = fc.constantFrom('alpaca', 'xai', 'a "name"');

async function sameText(ours: Registry, theirs: Registry): Promise<boolean> {
  return (await ours.metrics()) === (await theirs.metrics());
}

test('a histogram reads as the one of prom-client does, to the byte', async () => {
  const anyValue = fc.oneof(
    fc.constantFrom(0, 0.005, 1, 2.5, 2.500_1),
    fc.double({ min: 0, max: 5, noNaN: true }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anySource, anyValue)), async (observed) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const histogram = new SourceHistogram(ours, SHAPE);
      const reference = new Histogram({
        ...SHAPE,
        buckets: [...SHAPE.buckets],
        labelNames: ['source'],
        registers: [theirs],
      });
      for (const [source, value] of observed) {
        histogram.observe(source, value);
        reference.observe({ source }, value);
      }
      return sameText(ours, theirs);
    }),
  );
});

test('counts read as those of prom-client do, to the byte, however often somebody looks', async () => {
  const anyOutcome = fc.constantFrom('fresh', 'cached', 'timeout');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anySource, anyOutcome)), async (counted) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const what = { name: 'things_total', help: 'Things.' };
      const counts = new SourceCounts(ours, what);
      const reference = new Counter({ ...what, labelNames: ['source', 'outcome'], registers: [theirs] });
      for (const [source, outcome] of counted) {
        counts.add(source, outcome);
        reference.inc({ source, outcome });
        if (!(await sameText(ours, theirs))) return false;
      }
      return sameText(ours, theirs);
    }),
    { numRuns: 50 },
  );
});
