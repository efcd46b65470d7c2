import type { LiveView } from '../src/core/live.ts';

/** An engine that does nothing, for measuring what stands around it. */
export const quietLive: LiveView = {
  state: () => ({
    label: { kind: 'SIMULATED', seed: 'bench' },
    startedAtMs: 0,
    nowMs: 0,
    cycleMs: 5_000,
    configVersion: 'bench',
    cycle: null,
    lastCycleAtMs: null,
    lastCycleTookMs: null,
    decisionsDue: 0,
    decisionsMade: 0,
    audits: {
      mode: 'certain',
      symbols: 0,
      audited: 0,
      equal: 0,
      incomplete: 0,
      pairs: {},
      rate: null,
      ci95: null,
    },
    ready: true,
    troubles: [],
  }),
  sources: () => [],
  decisions: () => [],
  openSignals: () => [],
  bars: () => [],
  onCommitted: () => () => undefined,
};
