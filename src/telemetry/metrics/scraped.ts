import { Counter, Gauge, type Registry } from 'prom-client';

export type Scraped<T extends string> = {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly T[];
};

type Show<T extends string> = (set: (labels: Partial<Record<T, string>>, value: number) => void) => void;

/** A gauge that is read when somebody looks; what `show` leaves out has no series. */
export function scrapedGauge<T extends string>(registry: Registry, what: Scraped<T>, show: Show<T>): void {
  const gauge: Gauge<T> = new Gauge<T>({
    ...what,
    labelNames: [...what.labelNames],
    registers: [registry],
    collect: () => {
      if (what.labelNames.length === 0) gauge.remove();
      else gauge.reset();
      show((labels, value) => gauge.set(labels, value));
    },
  });
}

/** The same for a count that somebody else keeps since the start. */
export function scrapedCounter<T extends string>(registry: Registry, what: Scraped<T>, show: Show<T>): void {
  const counter: Counter<T> = new Counter<T>({
    ...what,
    labelNames: [...what.labelNames],
    registers: [registry],
    collect: () => {
      counter.reset();
      show((labels, value) => counter.inc(labels, value));
    },
  });
}
