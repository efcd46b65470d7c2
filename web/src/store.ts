import { computed, signal } from '@preact/signals';
import type {
  BarsAnswer,
  Decision,
  LiveSource,
  LiveState,
  SignalRow,
  StatisticsAnswer,
} from '../../src/api/contract.ts';

/** What the page knows. `null` is "not told yet", which is shown as such. */

export type Connection =
  | { readonly kind: 'connecting' | 'open' }
  | { readonly kind: 'lost'; readonly sinceMs: number };

export const connection = signal<Connection>({ kind: 'connecting' });
export const state = signal<LiveState | null>(null);
export const decisions = signal<ReadonlyMap<string, Decision> | null>(null);
export const sources = signal<readonly LiveSource[] | null>(null);
/** Newest first. */
export const recentSignals = signal<readonly SignalRow[] | null>(null);
/** With its slices by side. */
export const statistics = signal<StatisticsAnswer | null>(null);
export const bars = signal<BarsAnswer | null>(null);
/** Signals of the selected symbol, for its chart. */
export const chartSignals = signal<readonly SignalRow[]>([]);
/** The service's clock (Unix ms); in a simulation far from the viewer's. */
export const nowMs = signal(0);

const chosen = signal(symbolInAddress());
addEventListener('hashchange', () => {
  chosen.value = symbolInAddress();
});

function symbolInAddress(): string {
  return location.hash.slice(1);
}

/** The symbol in the address, or the first. */
export const selected = computed<Decision | null>(() => {
  const known = decisions.value;
  if (known === null) return null;
  return known.get(chosen.value) ?? known.values().next().value ?? null;
});

export const selectedId = computed(() => selected.value?.instrumentId ?? null);

/** Position of each source in the palette, by id: the same colour everywhere. */
export const sourceHues = computed<ReadonlyMap<string, number>>(() => {
  const ids = new Set((sources.value ?? []).map(({ sourceId }) => sourceId));
  for (const { certificate } of decisions.value?.values() ?? []) {
    for (const { sourceId } of certificate.voters) ids.add(sourceId);
  }
  return new Map([...ids].sort().map((id, index) => [id, index]));
});
