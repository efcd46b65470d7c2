import { type EChartsCoreOption, init } from 'echarts';
import type { Comparison, Variant } from './compare.ts';

/** A drawing for people, as SVG text. */
export type Chart = { readonly name: string; readonly title: string; readonly svg: string };

const SIZE = { width: 960, height: 420 };
const COLOURS = ['#c0392b', '#d68910', '#1f618d', '#1e8449', '#7d3c98'];

/** The charts of a comparison; each says whether its prices are simulated or replayed. */
export function comparisonCharts(comparison: Comparison, label: string): Chart[] {
  const { naive, historic, sextant } = comparison;
  const variants = [naive, historic, sextant];
  return [
    chart('calls', `Calls per cycle, by hour, ${label}`, {
      ...byTime('calls per cycle', 'log'),
      series: variants.map((variant) => line(variant, callsPerCycle(variant))),
    }),
    chart('money', `Money, cumulated, ${label}`, {
      ...byTime('USD', 'value'),
      series: variants.map((variant) => line(variant, moneySoFar(variant))),
    }),
    chart('savings', `What became of the lookups, ${label}`, {
      ...byName(variants.map(({ name }) => name)),
      series: (['gate', 'reuse', 'bound', 'asked'] as const).map((cause) => ({
        type: 'bar',
        name: cause,
        stack: 'lookups',
        data: variants.map(({ report: { cache } }) =>
          cache.lookups.total === 0 ? 0 : (100 * cache.lookups[cause]) / cache.lookups.total,
        ),
      })),
    }),
    chart('agreement', `Equal to asking everyone afresh, by hour of the day, UTC, ${label}`, {
      xAxis: { type: 'category', name: 'hour', data: sextant.agreement.byHour.map((_, hour) => hour) },
      yAxis: { type: 'value', name: '%', max: 100, scale: true },
      series: [
        {
          type: 'line',
          name: 'sextant',
          data: sextant.agreement.byHour.map(({ rate }) => (rate === null ? null : 100 * rate)),
        },
      ],
    }),
    chart('cycle-time', `Waiting in a cycle, virtual time, ${label}`, {
      xAxis: { type: 'log', name: 'ms', min: 1 },
      yAxis: { type: 'value', name: '% of cycles', max: 100 },
      series: variants.map((variant) => ({ ...line(variant, waitingShares(variant)), step: 'end' })),
    }),
  ];
}

function chart(name: string, title: string, option: EChartsCoreOption): Chart {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  drawing.setOption({
    animation: false,
    useUTC: true,
    backgroundColor: '#ffffff',
    color: COLOURS,
    title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
    legend: { bottom: 0 },
    grid: { left: 70, right: 40, top: 60, bottom: 70 },
    ...option,
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return { name, title, svg };
}

function byTime(unit: string, scale: 'log' | 'value') {
  return { xAxis: { type: 'time' }, yAxis: { type: scale, name: unit } };
}

function byName(names: readonly string[]) {
  return { xAxis: { type: 'category', data: names }, yAxis: { type: 'value', name: '%', max: 100 } };
}

function line({ name }: Variant, data: readonly (readonly [number, number])[]) {
  return { type: 'line', name, data, showSymbol: false };
}

function callsPerCycle({ hours }: Variant): [number, number][] {
  return hours.map(({ startsAtMs, slots, calls }) => [startsAtMs, calls / slots]);
}

function moneySoFar({ hours }: Variant): [number, number][] {
  let totalUsd = 0;
  return hours.map(({ startsAtMs, costUsd }) => {
    totalUsd += costUsd;
    return [startsAtMs, totalUsd];
  });
}

/** At each time in ms, the share of cycles in percent that waited no longer. */
function waitingShares({ report: { cycles, cycleMs } }: Variant): [number, number][] {
  let below = 0;
  return cycleMs.counts.map(([ms, count]) => {
    below += count;
    return [Math.max(1, ms), (100 * below) / cycles];
  });
}
