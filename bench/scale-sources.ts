import type { HttpResponse } from '../src/core/http.ts';
import type { BarsQuestion, Question } from '../src/core/question.ts';
import type { Endpoint, LimitWindow, Source, SourceSettings } from '../src/core/source.ts';
import { NO_LIMIT_STATE } from '../src/core/source.ts';
import { defineSource } from '../src/sources/define-source.ts';
import { getRequest } from '../src/sources/door/address.ts';
import { type BarRow, barsReading, soundBars } from '../src/sources/door/bars-view.ts';
import { httpFailure } from '../src/sources/door/http-failure.ts';
import { field, items } from '../src/sources/door/json.ts';
import { marketReading } from '../src/sources/door/market-view.ts';
import { positivePrice, readNumber } from '../src/sources/door/number.ts';
import { batchOf, failAll, jsonBody, matchBySymbol } from '../src/sources/door/readings.ts';
import { epochMs } from '../src/sources/door/time.ts';

/**
 * The six sources of `bench/scale.ts`, all of 100 symbols per request and without limits: two price desks that give a
 * quote with the newest closed minute bar, and four declared sources that give a score.
 */

export const BATCH_MAX = 100;
const UNLIMITED: LimitWindow = { max: 1_000_000, windowMs: 1_000, counting: 'fixed' };
const MINUTE_MS = 60_000;

export const DESK_IDS = ['desk-a', 'desk-b'] as const;
/** The last two cost money, as language models do. */
const PAID: readonly string[] = ['score-c', 'score-d'];

function barRow(json: unknown): BarRow {
  const [openAtMs, open, high, low, close, volume] = items(json).map((value) => readNumber(value, 'number'));
  return {
    openAtMs: openAtMs ?? null,
    open: open ?? null,
    high: high ?? null,
    low: low ?? null,
    close: close ?? null,
    volume: volume ?? null,
  };
}

function quoteOf(record: unknown, question: Question, response: HttpResponse) {
  return marketReading(question, response, {
    price: positivePrice(field(record, 'p'), 'number'),
    currency: 'USD',
    bid: null,
    ask: null,
    eventAtMs: epochMs(field(record, 't'), 'ms'),
    bars: soundBars([barRow(field(record, 'b'))], MINUTE_MS, response.receivedAtMs).bars,
  });
}

function barsOf(record: unknown, question: Question, response: HttpResponse) {
  return barsReading(question, response, items(field(record, 'b')).map(barRow));
}

function endpoint(
  name: 'quotes' | 'bars',
  kind: 'market' | 'bars',
  query: (batch: readonly Question[]) => string,
  read: typeof quoteOf,
): Endpoint {
  return {
    name,
    kind,
    batchMax: BATCH_MAX,
    accepts: () => true,
    weight: () => 1,
    request: (batch, { baseUrl }: SourceSettings) => {
      const symbols = batch.map(({ instrument }) => instrument.id).join(',');
      return getRequest(`${baseUrl}/${name}?symbols=${symbols}${query(batch)}`);
    },
    parse: (response, batch, settings) => {
      const refused = httpFailure(response, settings);
      if (refused !== null) return failAll(batch, refused);
      const body = jsonBody(response, settings);
      if (body.kind === 'failed') return failAll(batch, body.failure);
      const answers = items(field(body.value, 'data')).map(
        (record) => [String(field(record, 's')), record] as const,
      );
      return batchOf(
        matchBySymbol(
          batch,
          ({ id }) => id,
          answers,
          (record, question) => read(record, question, response),
          (symbol) => ({ kind: 'noData', detail: `nothing of ${symbol}`, retryAfterMs: null }),
        ),
      );
    },
  };
}

/** The longest window of the batch; each question takes its own part of the answer. */
function window(batch: readonly Question[]): string {
  const questions = batch as readonly BarsQuestion[];
  const fromMs = Math.min(...questions.map((question) => question.fromMs));
  const toMs = Math.max(...questions.map((question) => question.toMs));
  return `&from=${fromMs}&to=${toMs}`;
}

export const DESKS: readonly Source[] = DESK_IDS.map((id) =>
  defineSource({
    id,
    operator: id,
    title: id,
    defaultBaseUrl: 'http://127.0.0.1:1',
    keys: {},
    options: {},
    limits: [UNLIMITED],
    priceUsdPerCall: 0,
    endpoints: [endpoint('quotes', 'market', () => '', quoteOf), endpoint('bars', 'bars', window, barsOf)],
    limitState: () => NO_LIMIT_STATE,
  }),
);

/** As in a configuration file. */
export const SCORERS = ['score-a', 'score-b', 'score-c', 'score-d'].map((id) => ({
  id,
  kind: 'http-json',
  http: {
    url: 'https://scores.example/scores?symbols={symbols}',
    batchMax: BATCH_MAX,
    symbols: '{id}',
    answer: { records: '/data/*', symbol: '/symbol', time: { pointer: '/at', unit: 'ms' }, score: '/score' },
  },
  limits: ['1000000/s'],
  priceUsdPerCall: PAID.includes(id) ? 0.001 : 0,
}));
