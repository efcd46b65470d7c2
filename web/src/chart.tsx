import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineStyle,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef } from 'preact/hooks';
import type { Bar, SignalRow } from '../../src/api/contract.ts';
import { priceText } from './format.ts';

type ChartProps = {
  readonly instrumentId: string;
  readonly bars: readonly Bar[];
  readonly signals: readonly SignalRow[];
};

/** Candles with an arrow at each signal's entry, and the levels of the open one. */
export function Chart({ instrumentId, bars, signals }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  useEffect(() => {
    if (box.current === null) return;
    const drawn = new Drawing(box.current);
    drawing.current = drawn;
    return () => drawn.remove();
  }, []);
  useEffect(() => drawing.current?.show(instrumentId, bars, signals), [instrumentId, bars, signals]);
  const last = bars.at(-1);
  return (
    <figure class="chart">
      <div ref={box} class="chart-box" aria-hidden="true" />
      {last === undefined && <p class="empty chart-empty">No closed bar yet.</p>}
      <figcaption>
        {last === undefined
          ? 'Candles appear with the first closed bar.'
          : `${bars.length} closed bars of ${last.intervalMs / 60_000} min, last close ${priceText(last.close)}. Arrows: signals.`}
      </figcaption>
    </figure>
  );
}

const secondsOf = (bar: Bar): UTCTimestamp => (bar.openAtMs / 1_000) as UTCTimestamp;

class Drawing {
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<'Candlestick'>;
  readonly #markers: ISeriesMarkersPluginApi<Time>;
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  readonly #recolour = () => this.#applyColours();
  #levels: IPriceLine[] = [];
  #instrumentId = '';

  constructor(box: HTMLElement) {
    this.#chart = createChart(box, {
      autoSize: true,
      layout: { fontSize: 11 },
      timeScale: { timeVisible: true, secondsVisible: false },
      // The page scrolls; the chart zooms by pinch and drag.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, { priceLineVisible: false });
    this.#markers = createSeriesMarkers(this.#candles, []);
    this.#scheme.addEventListener('change', this.#recolour);
    this.#applyColours();
  }

  show(instrumentId: string, bars: readonly Bar[], signals: readonly SignalRow[]): void {
    this.#candles.setData(
      bars.map((bar) => ({
        time: secondsOf(bar),
        open: bar.open,
        high: bar.high,
        low: bar.low,
        close: bar.close,
      })),
    );
    this.#markers.setMarkers(markersOf(bars, signals));
    for (const line of this.#levels) this.#candles.removePriceLine(line);
    const open = signals.find(({ end }) => end === null);
    this.#levels = open === undefined || bars.length === 0 ? [] : this.#draw(open);
    if (instrumentId !== this.#instrumentId && bars.length > 0) {
      this.#instrumentId = instrumentId;
      this.#chart.timeScale().fitContent();
    }
  }

  remove(): void {
    this.#scheme.removeEventListener('change', this.#recolour);
    this.#chart.remove();
  }

  #draw({ signal: { entry, target, stop } }: SignalRow): IPriceLine[] {
    const levels = [
      { title: 'target', price: target, color: colour('--buy') },
      { title: 'entry', price: entry, color: colour('--ink-soft') },
      { title: 'stop', price: stop, color: colour('--sell') },
    ];
    return levels.map((level) =>
      this.#candles.createPriceLine({
        ...level,
        lineWidth: 1,
        lineStyle: LineStyle.Dashed,
        axisLabelVisible: true,
      }),
    );
  }

  #applyColours(): void {
    const [line, ink] = [colour('--line'), colour('--ink-soft')];
    const [up, down] = [colour('--buy'), colour('--sell')];
    this.#chart.applyOptions({
      layout: {
        background: { color: colour('--card') },
        textColor: ink,
        fontFamily: getComputedStyle(document.body).fontFamily,
      },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line },
    });
    const candle = { upColor: up, downColor: down, wickUpColor: up, wickDownColor: down };
    this.#candles.applyOptions({ ...candle, borderVisible: false });
  }
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** An arrow on the bar in which each signal was opened; one of the bar still running goes onto the newest closed one. */
function markersOf(bars: readonly Bar[], signals: readonly SignalRow[]): SeriesMarker<Time>[] {
  const [first] = bars;
  if (first === undefined) return [];
  return signals
    .filter(({ signal }) => signal.openedAtMs >= first.openAtMs)
    .map(({ signal: { side, openedAtMs } }): SeriesMarker<Time> => {
      const bar = bars.findLast(({ openAtMs }) => openAtMs <= openedAtMs) ?? first;
      const look =
        side === 'BUY'
          ? { position: 'belowBar' as const, shape: 'arrowUp' as const, color: colour('--buy') }
          : { position: 'aboveBar' as const, shape: 'arrowDown' as const, color: colour('--sell') };
      return { time: secondsOf(bar), text: side, ...look };
    })
    .sort((a, b) => Number(a.time) - Number(b.time));
}
