import { type Failure, failure } from '../core/failure.ts';
import type { Http, HttpOptions, HttpOutcome, HttpRequest } from '../core/http.ts';
import { instrumentOf } from '../core/instrument.ts';
import { SOURCE_DEFAULTS, type SourceOptions } from '../core/options.ts';
import type { MarketQuestion, Question } from '../core/question.ts';
import {
  type Endpoint,
  NO_LIMIT_STATE,
  type ParsedBatch,
  type Reading,
  type Source,
} from '../core/source.ts';
import { type Flight, flightOf } from './flight.ts';

/** A provider for tests: `GET /quotes?symbols=A,B` answers `{"A": 1.5, "B": 2}`, `{"error": KIND}` refuses as a whole. */
export const toyQuotes: Endpoint = {
  name: 'quotes',
  kind: 'market',
  batchMax: 4,
  accepts: ({ assetClass }) => assetClass === 'stock',
  weight: (batch) => (batch.length > 2 ? 2 : 1),
  request: (batch, { baseUrl }, page) => ({
    method: 'GET',
    url: `${baseUrl}/quotes?symbols=${batch.map(({ instrument }) => instrument.id).join(',')}${page === null ? '' : `&page=${page}`}`,
    headers: {},
    body: null,
  }),
  parse: ({ body, headers, receivedAtMs }, batch): ParsedBatch => {
    const answer = JSON.parse(body) as Record<string, unknown>;
    const reading = (question: Question): Reading => {
      if (typeof answer.error === 'string')
        return failed(failure(answer.error as Failure['kind'], 'toy refusal'));
      const price = answer[question.instrument.id];
      if (typeof price !== 'number') return failed(failure('noData', 'no price'));
      const quote = { instrumentId: question.instrument.id, price, currency: 'USD', bid: null, ask: null };
      return {
        kind: 'ok',
        view: { kind: 'market', quote: { ...quote, eventAtMs: null, receivedAtMs }, bars: [] },
      };
    };
    return { readings: batch.map(reading), reportedCostUsd: null, nextPage: headers['x-next'] ?? null };
  },
};

/** `GET /bars?symbol=A&page=P` answers `{"closes": [[OPEN_AT_MS, PRICE], …], "next": TOKEN}`. */
const bars: Endpoint = {
  name: 'bars',
  kind: 'bars',
  batchMax: 1,
  accepts: () => true,
  weight: () => 1,
  request: ([question], { baseUrl }, page) => ({
    method: 'GET',
    url: `${baseUrl}/bars?symbol=${question?.instrument.id}&page=${page ?? ''}`,
    headers: {},
    body: null,
  }),
  parse: ({ body, status }) => {
    if (status !== 200) {
      return {
        readings: [failed(failure('down', `status ${status}`))],
        reportedCostUsd: null,
        nextPage: null,
      };
    }
    const answer = JSON.parse(body) as { closes: [number, number][]; next: string | null };
    const found = answer.closes.map(([openAtMs, price]) => ({
      openAtMs,
      intervalMs: 60_000,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 0,
    }));
    return {
      readings: [{ kind: 'ok', view: { kind: 'bars', bars: found } }],
      reportedCostUsd: null,
      nextPage: answer.next,
    };
  },
};

function failed(found: Failure): Reading {
  return { kind: 'failed', failure: found };
}

export const toySource: Source = {
  id: 'toy',
  operator: 'toy',
  title: 'Toy Data',
  defaultBaseUrl: 'https://toy.test',
  keys: {},
  options: {},
  limits: [],
  priceUsdPerCall: 0.01,
  endpoints: [toyQuotes, bars],
  limitState: ({ headers }) => ({
    ...NO_LIMIT_STATE,
    remaining: headers['x-remaining'] === undefined ? null : Number(headers['x-remaining']),
    retryAfterMs: headers['retry-after'] === undefined ? null : Number(headers['retry-after']) * 1_000,
  }),
};

export const TOY_OPTIONS: SourceOptions = {
  ...SOURCE_DEFAULTS,
  id: 'toy',
  kind: 'toy',
  operator: 'toy',
  analyst: 'none',
  baseUrl: 'https://toy.test',
  keys: {},
  options: {},
  limits: [],
  priceUsdPerCall: 0.01,
  ttlMs: 60_000,
};

export function priceOf(id: string): MarketQuestion {
  return { kind: 'market', instrument: instrumentOf(id) };
}

/** Calls it has seen, answered by `answer`; a null answer hangs until the timeout of the request. */
export type ToyHttp = Http & { readonly seen: HttpRequest[]; readonly timeoutsMs: number[] };

export function toyHttp(
  clock: { nowMs(): number; sleepUntil(atMs: number): Promise<void> },
  answer: (request: HttpRequest, count: number) => ToyAnswer | null,
): ToyHttp {
  const seen: HttpRequest[] = [];
  const timeoutsMs: number[] = [];
  const send = async (request: HttpRequest, { timeoutMs }: HttpOptions): Promise<HttpOutcome> => {
    seen.push(request);
    timeoutsMs.push(timeoutMs);
    const planned = answer(request, seen.length);
    const delayMs = planned?.delayMs ?? (planned === null ? timeoutMs : 10);
    await clock.sleepUntil(clock.nowMs() + Math.min(delayMs, timeoutMs));
    if (planned === null || delayMs >= timeoutMs)
      return { kind: 'failed', reason: 'timeout', detail: 'toy timeout' };
    if (planned.failed !== undefined) return { kind: 'failed', detail: 'toy failure', ...planned.failed };
    const { status = 200, headers = {}, body } = planned;
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
    return { kind: 'response', response: { status, headers, body: text, receivedAtMs: clock.nowMs() } };
  };
  return { send, close: async () => {}, seen, timeoutsMs };
}

export type ToyAnswer = {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly delayMs?: number;
  readonly failed?: { readonly reason: 'connection' | 'tooLarge' | 'redirect'; readonly unsent?: boolean };
};

/** A price of 100 for every symbol that the request asks for. */
export function pricesFor({ url }: HttpRequest): ToyAnswer {
  const symbols = new URL(url).searchParams.get('symbols')?.split(',') ?? [];
  return { body: Object.fromEntries(symbols.map((symbol) => [symbol, 100])) };
}

/** A question to {@link toyQuotes} under way, alone. */
export function toyFlight(id: string, deadlineAtMs = 0): Flight {
  const errand = { endpoint: toyQuotes, name: id, newest: null };
  return flightOf({ question: priceOf(id), deadlineAtMs }, errand, id, false, null);
}
