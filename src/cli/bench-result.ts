import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { percentile } from '../../lab/critical-path.ts';
import type { TargetRow } from '../../lab/simulator/target-rows.ts';

/** Where `npm run bench` leaves its last result. */
export const BENCH_FILE = '.sextant/bench.json';

const sample = z.object({ tookMs: z.number(), criticalMs: z.number(), calls: z.number(), cpuMs: z.number() });
const benchSchema = z.object({
  commit: z.string(),
  machine: z.string(),
  results: z.array(
    z.object({
      name: z.string(),
      figures: z.object({ cycles: z.array(sample).min(1), rssMb: z.number() }),
    }),
  ),
});

type Bench = z.output<typeof benchSchema>;
type Figures = Bench['results'][number]['figures'];
type Sample = z.output<typeof sample>;

/** The rows that the benchmark judges, from its last result, and where that is from; without one they say so. */
export function benchRows(file: string): { readonly rows: TargetRow[]; readonly origin: string } {
  const bench = readBench(file);
  const origin = bench === null ? 'not measured: npm run bench' : `commit ${bench.commit}, ${bench.machine}`;
  return { rows: rowsOf(bench), origin };
}

function readBench(file: string): Bench | null {
  if (!existsSync(file)) return null;
  try {
    return benchSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function rowsOf(bench: Bench | null): TargetRow[] {
  const row = (
    figure: string,
    unit: string,
    of: (figures: Figures) => number | null,
    wanted: { readonly owner: string; readonly target: string; readonly most: number | null },
  ): TargetRow => {
    const value = (name: string): number | null => {
      const figures = bench?.results.find((result) => result.name === name)?.figures;
      return figures === undefined ? null : of(figures);
    };
    const text = (name: string): string => {
      const measured = value(name);
      return measured === null ? '–' : `${measured.toFixed(1)} ${unit}`;
    };
    const own = value('sextant');
    return {
      figure,
      judge: 'bench',
      naive: text('naive'),
      historic: text('historic'),
      ownersTarget: wanted.owner,
      sextant: own === null ? 'not measured: npm run bench' : text('sextant'),
      target: wanted.target,
      reached: own === null || wanted.most === null ? null : own <= wanted.most,
    };
  };
  const at = (of: (sample: Sample) => number, share: number) => (figures: Figures) =>
    percentile(figures.cycles.map(of), share);
  const whenAsking = ({ cycles }: Figures): number | null =>
    percentile(
      cycles.filter(({ calls }) => calls > 0).map(({ cpuMs }) => cpuMs),
      0.5,
    );
  const tookMs = ({ tookMs }: Sample): number => tookMs;
  const beyondMs = ({ tookMs, criticalMs }: Sample): number => tookMs - criticalMs;
  return [
    row('cycle time, median', 'ms', at(tookMs, 0.5), { owner: '< 300 ms', target: '≤ 10 ms', most: 10 }),
    row('cycle time, p99', 'ms', at(tookMs, 0.99), { owner: '–', target: '–', most: null }),
    row('cycle time beyond the answers needed, p99', 'ms', at(beyondMs, 0.99), {
      owner: '–',
      target: '≤ 20 ms',
      most: 20,
    }),
    row('CPU in a cycle that asks, median', 'ms', whenAsking, { owner: '−40 %', target: '≤ 5 ms', most: 5 }),
    row('memory (RSS)', 'MB', ({ rssMb }) => rssMb, { owner: '< 500 MB', target: '≤ 120 MB', most: 120 }),
  ];
}
