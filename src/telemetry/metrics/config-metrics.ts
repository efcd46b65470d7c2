import { Counter, Gauge, type Registry } from 'prom-client';

/** `usable` but not adopted: nothing changed that could without a restart, or a later one came before the next cycle. */
export type ReloadOutcome = 'usable' | 'adopted' | 'refused';

/** What became of changes of the configuration file. */
export class ConfigMetrics {
  readonly #reloads: Counter<'outcome'>;
  readonly #refused: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#reloads = new Counter({
      name: 'sextant_config_reloads_total',
      help: 'Changes of the configuration file: those that came to rest usable or refused, and of the usable those that were adopted.',
      labelNames: ['outcome'],
      registers,
    });
    this.#refused = new Gauge({
      name: 'sextant_config_file_refused',
      help: '1 while the configuration file cannot be used and the last good version runs; /health/ready says why.',
      registers,
    });
    for (const outcome of ['usable', 'adopted', 'refused']) this.#reloads.inc({ outcome }, 0);
  }

  reload(outcome: ReloadOutcome): void {
    this.#reloads.inc({ outcome });
    if (outcome !== 'adopted') this.#refused.set(outcome === 'refused' ? 1 : 0);
  }
}
