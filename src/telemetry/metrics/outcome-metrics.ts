import { Counter, type Registry } from 'prom-client';
import type { CycleEnd, Meter } from '../../core/meter.ts';

/** What came of signals, as counts of which any window makes a win rate and an expectancy. */
export class OutcomeMetrics implements Pick<Meter, 'cycle'> {
  readonly #outcomes: Counter<'side' | 'result'>;
  readonly #gains: Counter<'side'>;
  readonly #losses: Counter<'side'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#outcomes = new Counter({
      name: 'sextant_outcomes_total',
      help: 'Outcomes of signals that were recorded: win (a net return above 0), loss or unresolved. The win rate of a window is its wins over its wins and losses.',
      labelNames: ['side', 'result'],
      registers,
    });
    this.#gains = new Counter({
      name: 'sextant_outcomes_gain_ratio_total',
      help: 'Net returns of the wins, summed, as shares of the entry price; less the losses and over both counts it is the expectancy.',
      labelNames: ['side'],
      registers,
    });
    this.#losses = new Counter({
      name: 'sextant_outcomes_loss_ratio_total',
      help: 'Net returns of the losses, summed, their sign turned.',
      labelNames: ['side'],
      registers,
    });
    // Without their zeros the first win would be no increase, and a rate over a window without one no number.
    for (const side of ['BUY', 'SELL']) {
      for (const result of ['win', 'loss', 'unresolved']) this.#outcomes.inc({ side, result }, 0);
      this.#gains.inc({ side }, 0);
      this.#losses.inc({ side }, 0);
    }
  }

  cycle({ entries }: Pick<CycleEnd, 'entries'>): void {
    for (const entry of entries) {
      if (entry.type !== 'outcome') continue;
      const { body } = entry;
      const { side } = body;
      if (body.kind === 'unresolved') {
        this.#outcomes.inc({ side, result: 'unresolved' });
        continue;
      }
      const { netReturn } = body;
      this.#outcomes.inc({ side, result: netReturn > 0 ? 'win' : 'loss' });
      if (netReturn > 0) this.#gains.inc({ side }, netReturn);
      else this.#losses.inc({ side }, -netReturn);
    }
  }
}
