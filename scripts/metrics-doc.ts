// `npm run docs:metrics`: writes docs/METRICS.md from the metrics that the code registers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveView } from '../src/core/live.ts';
import { type MetricFamily, Metrics } from '../src/telemetry/metrics/metrics.ts';

const HEAD = `# Metrics

\`GET /metrics\` on the service's own address: Prometheus text, or OpenMetrics where the Accept header asks for it. Names are in base units
(seconds, US dollars). Labels come from the configuration and from fixed lists, never from requests or symbols: the number of series
depends on the sources, not on how many symbols are watched. A figure that is not known has no series; it is never shown as 0.

What providers were asked is counted when a request has left: \`sextant_provider_requests_total\` by HTTP status equals the provider's own count, and
those that our deadline cut off stand under \`status="none"\`.

Alert rules with their tests are in \`ops/prometheus/\`, a Grafana dashboard in \`ops/grafana/\`. The figures of the process itself (\`process_*\`,
\`nodejs_*\`: memory, CPU, event-loop delay, open handles) are those of the library prom-client.
`;

/** docs/METRICS.md. */
export function documentOf(): string {
  const metrics = new Metrics();
  const nobody: Pick<LiveView, 'sources' | 'state'> = {
    sources: () => [],
    state: () => {
      throw new RangeError('described, not scraped');
    },
  };
  metrics.show(nobody, { pools: () => [], onPhase: () => {} });
  metrics.showSizes(() => []);
  metrics.showTape({ bytes: () => 0, isWriting: () => true });
  const rows = metrics.families().map(row);
  return `${HEAD}\n| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function row({ name, type, labelNames, help }: MetricFamily): string {
  const labels = labelNames.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${labels} | ${help} |`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '../docs/METRICS.md'), documentOf());
