import type { CycleRecord, Standing } from '../core/ledger.ts';

type Rows = Pick<CycleRecord, 'slotAtMs' | 'decisions' | 'events'>;

/**
 * What stands, as cycles for an empty record: each decision and signal in the cycle that made it, so that the record can go
 * on where another stands.
 */
export function seedCycles(standing: Standing): CycleRecord[] {
  const cycles = new Map<number, Rows>([
    [standing.cycle, { slotAtMs: standing.slotAtMs, decisions: [], events: [] }],
  ]);
  const add = (cycle: number, slotAtMs: number, rows: Partial<Rows>): void => {
    const before = cycles.get(cycle) ?? { slotAtMs, decisions: [], events: [] };
    const decisions = [...before.decisions, ...(rows.decisions ?? [])];
    cycles.set(cycle, { slotAtMs, decisions, events: [...before.events, ...(rows.events ?? [])] });
  };
  for (const decision of standing.decisions.values())
    add(decision.cycle, decision.atMs, { decisions: [decision] });
  const ends = new Map(standing.unscored.map(({ signal, end }) => [signal.id, end]));
  const signals = new Map(
    [...standing.unscored.map(({ signal }) => signal), ...standing.openSignals].map((signal) => [
      signal.id,
      signal,
    ]),
  );
  for (const signal of signals.values()) {
    add(signal.cycle, signal.openedAtMs, { events: [{ event: 'opened', signal }] });
    const end = ends.get(signal.id) ?? null;
    if (end !== null) add(end.cycle, end.atMs, { events: [end] });
  }
  const due = new Set<string>();
  return [...cycles]
    .sort(([a], [b]) => a - b)
    .map(([cycle, rows]) => {
      for (const { instrumentId } of rows.decisions) due.add(instrumentId);
      const configVersion = rows.decisions[0]?.configVersion ?? '';
      return { cycle, ...rows, configVersion, due: [...due].sort(), outcomes: [] };
    });
}
