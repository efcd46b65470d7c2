import type { Registry } from 'prom-client';
import type { LiveView } from '../../core/live.ts';
import { scrapedCounter } from './scraped.ts';

/** What audits found, read when somebody looks. */
export function auditMetrics(registry: Registry, live: Pick<LiveView, 'state'>): void {
  scrapedCounter(
    registry,
    {
      name: 'sextant_audited_decisions_total',
      help: 'Decisions held against asking everyone afresh: equal or different in kind or reason, or incomplete where a limit or a budget of ours kept somebody from being asked.',
      labelNames: ['outcome'],
    },
    (set) => {
      const { audited, equal, incomplete } = live.state().audits;
      set({ outcome: 'equal' }, equal);
      set({ outcome: 'different' }, audited - equal);
      set({ outcome: 'incomplete' }, incomplete);
    },
  );
}
