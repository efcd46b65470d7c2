import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { startLabServer } from '../../lab/server.ts';
import { createService } from '../../src/main.ts';
import { createSystemClock } from '../../src/platform/system-clock.ts';
import { freePort } from '../free-port.ts';
import { prometheusPath, promtool } from '../promtool.ts';
import { configText, labOf, loaded, samples, symbolsOf } from './many-symbols.ts';
import { type PartResult, part } from './part.ts';

/**
 * A real Prometheus scrapes a service on a hundred symbols whose providers fail in turn; what it saw must be what the
 * providers counted and billed themselves. Options: `--seconds N --symbols N --seed TEXT`.
 */

const SERIES_MAX = 2_000;
const SCRAPE_S = 5;
type Comparison = {
  /** By source: answers that came after our deadline had cut them off; without a status here, with one there. */
  readonly cutOff: Readonly<Record<string, number>>;
  /** What the metrics say otherwise than the providers. */
  readonly faults: readonly string[];
};

function compare(text: string, lab: Lab): Comparison {
  const requests = samples(text, 'sextant_provider_requests_total');
  const usd = samples(text, 'sextant_provider_cost_usd_total');
  const cutOff: Record<string, number> = {};
  const faults: string[] = [];
  for (const [id, { byStatus, billedUsd }] of Object.entries(lab.counts())) {
    const metered: Record<string, number> = {};
    for (const { labels, value } of requests.filter(({ labels }) => labels.source === id))
      metered[labels.status ?? ''] = (metered[labels.status ?? ''] ?? 0) + value;
    const { none = 0, ...answered } = metered;
    const { 0: unanswered = 0, ...counted } = byStatus;
    const missing = Object.entries(counted).map(([status, count]) => count - (answered[status] ?? 0));
    const late = missing.reduce((sum, count) => sum + count, 0);
    if (late > 0) cutOff[id] = late;
    const isWhole =
      Object.keys(answered).every((status) => status in counted) && missing.every((n) => n >= 0);
    if (!isWhole || none !== unanswered + late)
      faults.push(`${id}: metered ${JSON.stringify(metered)}, counted ${JSON.stringify(byStatus)}`);
    const spentUsd = usd.find(({ labels }) => labels.source === id)?.value ?? 0;
    if (Math.abs(spentUsd - billedUsd) >= 0.005)
      faults.push(`${id}: metered $${spentUsd.toFixed(4)}, billed $${billedUsd.toFixed(4)}`);
  }
  return { cutOff, faults };
}

function startPrometheus(folder: string, target: string, port: number): ChildProcess {
  const file = join(folder, 'prometheus.yml');
  writeFileSync(
    file,
    JSON.stringify({
      global: { scrape_interval: `${SCRAPE_S}s` },
      scrape_configs: [{ job_name: 'sextant', static_configs: [{ targets: [target] }] }],
    }),
  );
  const started = spawn(
    prometheusPath(),
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  process.once('exit', () => started.kill('SIGKILL'));
  return started;
}

async function queried(port: number, query: string): Promise<number | null> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  const value = data.result[0]?.value[1];
  return value === undefined ? null : Number(value);
}

async function run(seconds: number, symbolCount: number, seed: string): Promise<PartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-prometheus-'));
  const clock = createSystemClock();
  const symbols = symbolsOf(symbolCount);
  const lab = labOf(symbols, seed, clock.nowMs(), seconds);
  const server = await startLabServer(lab, clock);
  const { config, version } = loaded(configText(symbols, server.baseUrls, folder));
  const service = await createService({ config, configVersion: version, label: { kind: 'SIMULATED', seed } });
  const url = await service.listen();
  const port = await freePort();
  const prometheus = startPrometheus(folder, new URL(url).host, port);
  const stop = new AbortController();
  const running = service.run(stop.signal);
  await clock.sleepUntil(clock.nowMs() + seconds * 1_000);
  stop.abort();
  await running;
  // Late answers come in, and Prometheus comes by once more.
  await clock.sleepUntil(clock.nowMs() + 3_000 + 2 * SCRAPE_S * 1_000);

  const text = await (await fetch(`${url}/metrics`)).text();
  const window = `${Math.max(1, Math.floor(seconds - SCRAPE_S * 2))}s`;
  const up = await queried(port, `min_over_time(up{job="sextant"}[${window}])`);
  const scrapes = await queried(port, `count_over_time(up{job="sextant"}[${window}])`);
  const series = await queried(port, 'count({job="sextant"})');
  const scraped = await queried(port, 'sum(sextant_provider_requests_total)');
  const sum = samples(text, 'sextant_provider_requests_total').reduce((total, { value }) => total + value, 0);
  const checked = promtool(['check', 'metrics'], text);
  prometheus.kill('SIGKILL');
  await service.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });

  const { cutOff, faults: differences } = compare(text, lab);
  const faults = [...differences];
  if (up !== 1) faults.push(`up was ${up} at its lowest`);
  if (scraped !== sum) faults.push(`Prometheus saw ${scraped} requests, the service says ${sum}`);
  if (series === null || series > SERIES_MAX) faults.push(`${series} series`);
  if (checked.status !== 0) faults.push(`promtool: ${checked.said}`);
  const counts = Object.entries(lab.counts()).map(([id, { byStatus, billedUsd }]) => [
    id,
    { byStatus, billedUsd },
  ]);
  return {
    figures: {
      symbols: symbolCount,
      seconds,
      scrapes,
      up,
      series,
      requests: sum,
      cutOff,
      counted: Object.fromEntries(counts),
    },
    faults,
  };
}

await part('prometheus', { seconds: '300', symbols: '100', seed: 'prometheus' }, (options) =>
  run(Number(options.seconds), Number(options.symbols), options.seed),
);
