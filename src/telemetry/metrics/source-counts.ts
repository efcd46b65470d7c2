import { Counter, type Registry } from 'prom-client';

type Series = { readonly source: string; readonly outcome: string; count: number };

/**
 * A count per source and outcome that is told of every question: prom-client makes a text of the labels each time, here
 * they are looked up. It gets the counts when somebody looks, in the order in which they came first.
 */
export class SourceCounts {
  readonly #series: Series[] = [];
  readonly #bySource = new Map<string, Map<string, Series>>();

  constructor(registry: Registry, what: { readonly name: string; readonly help: string }) {
    const counter: Counter<'source' | 'outcome'> = new Counter({
      ...what,
      labelNames: ['source', 'outcome'],
      registers: [registry],
      collect: () => {
        counter.reset();
        for (const { source, outcome, count } of this.#series) counter.inc({ source, outcome }, count);
      },
    });
  }

  add(source: string, outcome: string): void {
    const series = this.#bySource.get(source)?.get(outcome) ?? this.#begun(source, outcome);
    series.count += 1;
  }

  #begun(source: string, outcome: string): Series {
    const series = { source, outcome, count: 0 };
    const ofSource = this.#bySource.get(source) ?? new Map<string, Series>();
    this.#series.push(series);
    this.#bySource.set(source, ofSource.set(outcome, series));
    return series;
  }
}
