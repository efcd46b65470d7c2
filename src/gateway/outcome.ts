import type { Answer, Provenance } from '../core/answer.ts';
import { closeAtMs } from '../core/bar.ts';
import type { Failure, FailureKind } from '../core/failure.ts';
import type { View } from '../core/question.ts';
import type { Reading } from '../core/source.ts';
import type { Exchange } from './job.ts';

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
export class Origin {
  readonly #exchange: Pick<Exchange, 'receivedAtMs' | 'digest' | 'latencyMs'>;
  readonly #sourceId: string;
  readonly #endpoint: string;
  #newest: Provenance | null = null;

  constructor(
    exchange: Pick<Exchange, 'receivedAtMs' | 'digest' | 'latencyMs'>,
    sourceId: string,
    endpoint: string,
  ) {
    this.#exchange = exchange;
    this.#sourceId = sourceId;
    this.#endpoint = endpoint;
  }

  answerOf(reading: Reading): Answer {
    if (reading.kind === 'failed') return failedAnswer(reading.failure);
    const { view } = reading;
    const provenance = this.#provenance(eventAtMsOf(view));
    return { kind: 'fresh', view, provenance, latencyMs: this.#exchange.latencyMs };
  }

  /** Of a batch most data are of the same moment: what is the same is kept once. */
  #provenance(eventAtMs: number | null): Provenance {
    if (this.#newest?.eventAtMs === eventAtMs) return this.#newest;
    const { receivedAtMs, digest } = this.#exchange;
    this.#newest = { sourceId: this.#sourceId, endpoint: this.#endpoint, eventAtMs, receivedAtMs, digest };
    return this.#newest;
  }
}

function eventAtMsOf(view: View): number | null {
  if (view.kind === 'market') return view.quote.eventAtMs;
  if (view.kind !== 'bars') return view.eventAtMs;
  const newest = view.bars.at(-1);
  return newest === undefined ? null : closeAtMs(newest);
}
