import type { Arrival } from '../emulators/core/provider-count.ts';
import type { Fault } from '../faults.ts';
import type { LabProviderOptions } from '../lab.ts';
import { Distribution } from './distribution.ts';

/** Faults during which a provider tells nothing at all. */
const OUTAGES: readonly Fault['kind'][] = [
  'dead',
  'hang',
  'reset',
  'trickle',
  'error500',
  'limit',
  'ban',
  'limitIn200',
  'html403',
  'garbage',
  'truncated',
];

type Outage = { readonly fromMs: number; readonly toMs: number };

/** How long after the end of an outage a provider gave its first good answer again. */
export class Recovery {
  readonly #waitedMs = new Distribution();
  readonly #left: Map<string, Outage[]>;

  constructor(providers: readonly LabProviderOptions[]) {
    this.#left = new Map(providers.map(({ id, faults = [] }) => [id, outagesOf(faults)]));
  }

  arrival(providerId: string, { atMs, status }: Pick<Arrival, 'atMs' | 'status'>): void {
    const outages = this.#left.get(providerId);
    const first = outages?.[0];
    if (outages === undefined || first === undefined || atMs < first.toMs || status !== 200) return;
    const over = outages.filter(({ toMs }) => toMs <= atMs);
    const isDown = outages.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
    if (isDown) return;
    this.#left.set(providerId, outages.slice(over.length));
    for (const { toMs } of over) this.#waitedMs.add(atMs - toMs);
  }

  /** In ms; null where no outage ended and was followed by a question. */
  get waitedMs(): { readonly p50: number; readonly p99: number; readonly max: number } | null {
    const [p50, p99, max] = [this.#waitedMs.at(0.5), this.#waitedMs.at(0.99), this.#waitedMs.at(1)];
    return p50 === null || p99 === null || max === null ? null : { p50, p99, max };
  }
}

/** Those that touch each other are one; those without an end never end. */
function outagesOf(faults: readonly Fault[]): Outage[] {
  const merged: Outage[] = [];
  const spans = faults
    .filter(({ kind }) => OUTAGES.includes(kind))
    .map(({ fromMs = 0, toMs = Number.POSITIVE_INFINITY }) => ({ fromMs, toMs }))
    .sort((a, b) => a.fromMs - b.fromMs);
  for (const span of spans) {
    const last = merged.at(-1);
    if (last !== undefined && span.fromMs <= last.toMs) {
      merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
    } else merged.push(span);
  }
  return merged.filter(({ toMs }) => Number.isFinite(toMs));
}
