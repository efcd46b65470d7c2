import {
  type Attributes,
  context,
  ProxyTracerProvider,
  SpanKind,
  type Tracer as Spans,
  trace,
} from '@opentelemetry/api';
import type { Clock } from '../core/clock.ts';
import { decisionRef } from '../core/decision.ts';
import type { DecisionTrace, TracedQuestion, Tracer } from '../core/tracer.ts';

const SCOPE = 'sextant';

/**
 * Gives every new decision a trace of its own where an OpenTelemetry SDK was registered before the service started: the
 * span `decision` from the start of its turn to the commit, in it `watch`, `ask`, `vote` and `append`, and a span for each
 * question. Null without one: then nothing is noted at all.
 */
export function decisionSpans(clock: Clock): Tracer | null {
  const provider = trace.getTracerProvider();
  const hasSdk =
    !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(SCOPE) !== undefined;
  if (!hasSdk) return null;
  const spans = provider.getTracer(SCOPE);
  return { nowMs: exactly(clock), decided: (traced) => tell(spans, traced) };
}

/** Far from the wall clock only when that was set. */
const DRIFT_MS_MAX = 1_000;

/** The wall clock counts whole milliseconds, too few for a vote: between its strokes the other clock does. */
function exactly(clock: Clock): () => number {
  let offsetMs = clock.nowMs() - clock.elapsedMs();
  return () => {
    const driftMs = clock.nowMs() - clock.elapsedMs() - offsetMs;
    if (Math.abs(driftMs) > DRIFT_MS_MAX) offsetMs += driftMs;
    return offsetMs + clock.elapsedMs();
  };
}

function tell(spans: Spans, { decision, beganAtMs, steps, questions }: DecisionTrace): void {
  const { id, instrumentId, cycle, configVersion } = decisionRef(decision);
  const { kind, reason } = decision;
  const endMs = steps.at(-1)?.toMs ?? beganAtMs;
  const attributes: Attributes = {
    'sextant.decision.id': id,
    'sextant.decision.kind': kind,
    'sextant.instrument': instrumentId,
    'sextant.cycle': cycle,
    'sextant.config_version': configVersion,
    ...(reason !== null && { 'sextant.decision.reason': reason }),
  };
  const root = spans.startSpan('decision', { startTime: beganAtMs, root: true, attributes });
  const inside = trace.setSpan(context.active(), root);
  for (const { name, fromMs, toMs } of steps) spans.startSpan(name, { startTime: fromMs }, inside).end(toMs);
  for (const question of questions) {
    const options = { startTime: question.fromMs, kind: SpanKind.CLIENT, attributes: attributesOf(question) };
    spans.startSpan(`${question.sourceId} ${question.kind}`, options, inside).end(question.toMs ?? endMs);
  }
  root.end(endMs);
}

function attributesOf({ sourceId, kind, outcome }: TracedQuestion): Attributes {
  return { 'sextant.source': sourceId, 'sextant.question': kind, 'sextant.outcome': outcome ?? 'pending' };
}
