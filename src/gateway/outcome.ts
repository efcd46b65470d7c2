import type { Answer, Provenance } from '../core/answer.ts';
import { closeAtMs } from '../core/bar.ts';
import type { Failure, FailureKind } from '../core/failure.ts';
import type { View } from '../core/question.ts';
import type { Reading } from '../core/source.ts';

/** Kinds that are Sextant's own refusal to ask. */
const HELD_BACK: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'rateLimited',
  'deadline',
  'budget',
  'breakerOpen',
  'parked',
  'disabled',
]);

/** `refused` where nobody was asked, else `failed`. */
export function failedAnswer(failure: Failure): Answer {
  return HELD_BACK.has(failure.kind) ? { kind: 'refused', failure } : { kind: 'failed', failure };
}

/** Where the readings of one exchange came from. */
export type Origin = Omit<Provenance, 'eventAtMs'> & { readonly latencyMs: number };

export function answerOf(reading: Reading, origin: Origin): Answer {
  if (reading.kind === 'failed') return failedAnswer(reading.failure);
  const { view } = reading;
  const { sourceId, endpoint, receivedAtMs, digest, latencyMs } = origin;
  const provenance = { sourceId, endpoint, eventAtMs: eventAtMsOf(view), receivedAtMs, digest };
  return { kind: 'fresh', view, provenance, latencyMs };
}

function eventAtMsOf(view: View): number | null {
  if (view.kind === 'market') return view.quote.eventAtMs;
  if (view.kind !== 'bars') return view.eventAtMs;
  const newest = view.bars.at(-1);
  return newest === undefined ? null : closeAtMs(newest);
}
