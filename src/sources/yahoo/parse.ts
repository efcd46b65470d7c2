import { type Failure, failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { BarsQuestion, Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { type BarRow, barsReading, soundBars } from '../door/bars-view.ts';
import { answerText } from '../door/http-failure.ts';
import { field, items, textAt } from '../door/json.ts';
import { marketReading, otherCurrency } from '../door/market-view.ts';
import { positivePrice, readNumber, volumeOf } from '../door/number.ts';
import { batchOf, failedReading, jsonBody } from '../door/readings.ts';
import { epochMs } from '../door/time.ts';
import { dividendDefect } from './dividends.ts';
import { refusal } from './refusal.ts';
import { intervalText } from './request.ts';
import { symbolOf } from './symbols.ts';

const MINUTE_MS = 60_000;

type Chart = {
  readonly meta: unknown;
  readonly rows: readonly BarRow[];
  /** Why its history cannot be trusted; null where nothing speaks against it. */
  readonly defect: string | null;
};

/** The candles of parallel arrays. A row whose prices are all null stands for a minute without trade. */
function barRows(result: unknown): BarRow[] {
  const series = field(result, 'indicators', 'quote', 0);
  const of = (name: string): readonly unknown[] => items(field(series, name));
  const [opens, highs, lows, closes, volumes] = [
    of('open'),
    of('high'),
    of('low'),
    of('close'),
    of('volume'),
  ];
  return items(field(result, 'timestamp')).flatMap((time, index) => {
    const prices = [opens[index], highs[index], lows[index], closes[index]];
    if (prices.every((price) => price === null)) return [];
    const [open = null, high = null, low = null, close = null] = prices.map((price) =>
      readNumber(price, 'number'),
    );
    return {
      openAtMs: epochMs(time, 's'),
      open,
      high,
      low,
      close,
      volume: volumeOf(volumes[index], 'number'),
    };
  });
}

/** The chart of the asked symbol in the asked currency, or why the answer is none. */
function chartOf(
  response: HttpResponse,
  { instrument }: Question,
  settings: SourceSettings,
): Chart | { readonly failure: Failure } {
  const refused = refusal(response, settings);
  if (refused !== null) return { failure: refused };
  const body = jsonBody(response, settings);
  if (body.kind === 'failed') return body;
  const result = field(body.value, 'chart', 'result', 0);
  const meta = field(result, 'meta');
  const symbol = textAt(meta, 'symbol');
  const currency = textAt(meta, 'currency');
  if (symbol === null || currency === null) {
    return { failure: failure('badPayload', `no chart (${answerText(response, settings)})`) };
  }
  if (symbol !== symbolOf(instrument)) {
    return { failure: failure('mismatch', `a chart of another symbol than ${symbolOf(instrument)}`) };
  }
  if (currency !== instrument.quote) return { failure: otherCurrency(instrument, currency) };
  return { meta, rows: barRows(result), defect: dividendDefect(result) };
}

function quoteReading(chart: Chart, question: Question, response: HttpResponse): Reading {
  const inMinutes = textAt(chart.meta, 'dataGranularity') === intervalText(MINUTE_MS);
  return marketReading(question, response, {
    price: positivePrice(field(chart.meta, 'regularMarketPrice'), 'number'),
    currency: question.instrument.quote,
    bid: null,
    ask: null,
    eventAtMs: epochMs(field(chart.meta, 'regularMarketTime'), 's'),
    bars: inMinutes ? soundBars(chart.rows, MINUTE_MS, response.receivedAtMs).bars : [],
  });
}

function seriesReading(chart: Chart, question: Question, response: HttpResponse): Reading {
  const asked = intervalText((question as BarsQuestion).intervalMs);
  if (textAt(chart.meta, 'dataGranularity') !== asked) {
    return failedReading(failure('mismatch', `bars of another interval than ${asked}`));
  }
  if (chart.defect !== null) return failedReading(failure('badPayload', chart.defect));
  return barsReading(question, response, chart.rows);
}

/** One chart answers one question. */
function parseChart(read: typeof quoteReading) {
  return (response: HttpResponse, batch: readonly Question[], settings: SourceSettings): ParsedBatch =>
    batchOf(
      batch.map((question) => {
        const chart = chartOf(response, question, settings);
        return 'failure' in chart ? failedReading(chart.failure) : read(chart, question, response);
      }),
    );
}

export const parseChartQuote = parseChart(quoteReading);
export const parseChartBars = parseChart(seriesReading);
