import { type OpenMetricsContentType, type PrometheusContentType, Registry } from 'prom-client';
import type { Answer } from '../../core/answer.ts';
import type { ComponentSize } from '../../core/component-size.ts';
import type { HttpPools } from '../../core/http-pools.ts';
import type { LiveView } from '../../core/live.ts';
import type { CycleEnd, Meter, MetricsPage, RequestEnd, ShadowOutcome } from '../../core/meter.ts';
import type { ShadowFlag } from '../../core/options.ts';
import { auditMetrics } from './audit-metrics.ts';
import { cacheMetrics } from './cache-metrics.ts';
import { ConfigMetrics, type ReloadOutcome } from './config-metrics.ts';
import { DecisionMetrics } from './decision-metrics.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { limitMetrics } from './limit-metrics.ts';
import { memoryMetrics } from './memory-metrics.ts';
import { OutcomeMetrics } from './outcome-metrics.ts';
import { phaseMetrics, poolMetrics } from './pool-metrics.ts';
import { ScrapeView } from './scrape-view.ts';
import { serviceMetrics } from './service-metrics.ts';
import { sourceMetrics } from './source-metrics.ts';
import { type TapeFigures, tapeMetrics } from './tape-metrics.ts';

type MetricsText = Awaited<ReturnType<MetricsPage['text']>>;

/** One metric family as it is documented. */
export type MetricFamily = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames: readonly string[];
};

/**
 * Everything the service counts, as Prometheus text or OpenMetrics. Labels come from the configuration and from fixed
 * lists only, never from requests or symbols, so the number of series does not grow with either.
 */
export class Metrics implements Meter, MetricsPage {
  readonly #registry = new Registry();
  #before: Promise<unknown> = Promise.resolve();
  #view: ScrapeView | null = null;
  readonly #gateway = new GatewayMetrics(this.#registry);
  readonly #decisions = new DecisionMetrics(this.#registry);
  readonly #outcomes = new OutcomeMetrics(this.#registry);
  readonly #config = new ConfigMetrics(this.#registry);

  /** Whose state is shown besides what was counted; without `http` no connections are. Called once. */
  show(live: Pick<LiveView, 'sources' | 'state'>, http: HttpPools | null): void {
    const view = new ScrapeView(live, http);
    this.#view = view;
    serviceMetrics(this.#registry, view);
    auditMetrics(this.#registry, view);
    sourceMetrics(this.#registry, view);
    limitMetrics(this.#registry, view);
    cacheMetrics(this.#registry, view);
    if (http === null) return;
    poolMetrics(this.#registry, view);
    http.onPhase(phaseMetrics(this.#registry));
  }

  /** Called once, where a tape runs along. */
  showTape(tape: TapeFigures): void {
    tapeMetrics(this.#registry, tape);
  }

  /** Called once: how much the parts of the service hold. */
  showSizes(sizes: () => readonly ComponentSize[]): void {
    memoryMetrics(this.#registry, sizes);
  }

  /** One after the other: see {@link Metrics.#rendered}. */
  text(format: 'prometheus' | 'openMetrics'): Promise<MetricsText> {
    const text = this.#before.then(() => this.#rendered(format));
    this.#before = text.catch(() => undefined);
    return text;
  }

  async #rendered(format: 'prometheus' | 'openMetrics'): Promise<MetricsText> {
    // The library types a registry by the one format it was made for, though it can switch.
    const registry = this.#registry as Registry<PrometheusContentType | OpenMetricsContentType>;
    registry.setContentType(
      format === 'openMetrics' ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
    );
    // prom-client 15 takes `_total` off its counters for OpenMetrics and leaves it off for the next reader.
    const named = registry.getMetricsAsArray().map((metric) => ({ metric, name: metric.name }));
    this.#view?.renew();
    const text = await registry.metrics();
    for (const { metric, name } of named) metric.name = name;
    return { contentType: registry.contentType, text };
  }

  /** Sextant's own, by name. */
  families(): readonly MetricFamily[] {
    const described = this.#registry.getMetricsAsArray() as unknown as readonly MetricFamily[];
    return described
      .filter(({ name }) => name.startsWith('sextant_'))
      .map(({ name, type, help, labelNames }) => ({ name, type, help, labelNames }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  request(source: string, end: RequestEnd): void {
    this.#gateway.request(source, end);
  }

  retry(source: string): void {
    this.#gateway.retry(source);
  }

  coalesced(source: string): void {
    this.#gateway.coalesced(source);
  }

  answer(source: string, answer: Answer, tookMs: number): void {
    this.#gateway.answer(source, answer, tookMs);
  }

  cycle(end: CycleEnd): void {
    this.#decisions.cycle(end);
    this.#outcomes.cycle(end);
  }

  published(tookMs: number): void {
    this.#decisions.published(tookMs);
  }

  reload(outcome: ReloadOutcome): void {
    this.#config.reload(outcome);
  }

  lost(due: number): void {
    this.#decisions.lost(due);
  }

  shadow(flag: ShadowFlag, outcome: ShadowOutcome): void {
    this.#decisions.shadow(flag, outcome);
  }
}
