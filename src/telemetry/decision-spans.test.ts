import { trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, test } from 'vitest';
import type { Tracer } from '../core/tracer.ts';
import { type Script, START_MS, stage } from '../engine.testing.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { decisionSpans } from './decision-spans.ts';

afterEach(() => trace.disable());

/** A few cycles of one symbol under a registered SDK, and the spans that it was given. */
async function spansOf(scripts: Record<string, Script>, cycles: number) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  let nowMs = (): number => 0;
  const spans = decisionSpans(createVirtualClock(START_MS));
  if (spans === null) throw new RangeError('an SDK is registered');
  const tracer: Tracer = { nowMs: () => nowMs(), decided: (traced) => spans.decided(traced) };
  const staged = stage(scripts, ['BTC-USD'], { tracer });
  nowMs = () => staged.clock.nowMs();
  await staged.cycles(cycles);
  const rows = staged.published.filter(({ type }) => type === 'decision');
  return { spans: exporter.getFinishedSpans(), rows };
}

const msOf = ([seconds, nanoseconds]: ReadableSpan['startTime']): number =>
  seconds * 1_000 + nanoseconds / 1e6;
const AGREEING = { a: { score: 0.8 }, b: { score: 0.6 }, c: { score: 0.7, latencyMs: 90 } };

describe('where an SDK is registered', () => {
  test('every new decision is a trace of its own: watch, ask, vote and append, with the questions between', async () => {
    const { spans, rows } = await spansOf(AGREEING, 3);
    const roots = spans.filter(({ parentSpanContext }) => parentSpanContext === undefined);
    expect(roots.map(({ name }) => name)).toEqual(rows.map(() => 'decision'));
    expect(new Set(roots.map((root) => root.spanContext().traceId)).size).toBe(rows.length);
    const [root] = roots;
    expect(root?.attributes).toEqual({
      'sextant.decision.id': 'BTC-USD@1',
      'sextant.decision.kind': 'BUY',
      'sextant.instrument': 'BTC-USD',
      'sextant.cycle': 1,
      'sextant.config_version': 'v1',
    });
    const inside = spans.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === root?.spanContext().spanId,
    );
    const steps = inside.filter(({ attributes }) => attributes['sextant.source'] === undefined);
    expect(steps.map(({ name }) => name)).toEqual(['watch', 'ask', 'vote', 'append']);
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (before !== undefined) expect(msOf(step.startTime)).toBe(msOf(before.endTime));
    }
    expect(msOf(root?.startTime ?? [0, 0])).toBe(msOf(steps[0]?.startTime ?? [1, 1]));
    expect(msOf(root?.endTime ?? [0, 0])).toBe(msOf(steps.at(-1)?.endTime ?? [1, 1]));
    const questions = inside.filter((span) => !steps.includes(span));
    expect(new Set(questions.map(({ name }) => name))).toEqual(
      new Set(['a market', 'b market', 'a bars', 'b bars', 'c bars']),
    );
    const slow = questions.find(({ name }) => name === 'c bars');
    expect(slow?.attributes).toMatchObject({ 'sextant.source': 'c', 'sextant.outcome': 'fresh' });
    expect(msOf(slow?.duration ?? [0, 0])).toBe(90);
  });

  test('a failure is told by its kind, and who has not answered by then is pending', async () => {
    const { spans } = await spansOf({ ...AGREEING, c: { fails: true }, d: { latencyMs: 9_000 } }, 1);
    const outcomes = new Map(spans.map(({ name, attributes }) => [name, attributes['sextant.outcome']]));
    expect(outcomes.get('c bars')).toBe('down');
    expect(outcomes.get('d bars')).toBe('pending');
  });

  test('a decision that is merely confirmed leaves none', async () => {
    const { spans, rows } = await spansOf(AGREEING, 8);
    expect(rows.length).toBeLessThan(8);
    expect(spans.filter(({ name }) => name === 'decision')).toHaveLength(rows.length);
  });
});

test('without an SDK there is no tracer, and nothing is noted', async () => {
  expect(decisionSpans(createVirtualClock(START_MS))).toBeNull();
});
