import { describe, expect, test } from 'vitest';
import type { Bar } from '../src/core/bar.ts';
import type { FailureKind } from '../src/core/failure.ts';
import { type Instrument, instrumentOf } from '../src/core/instrument.ts';
import type { Question, QuestionKind } from '../src/core/question.ts';
import type { Endpoint, ParsedBatch, Reading, Source } from '../src/core/source.ts';
import { SOURCES } from '../src/sources/catalogue.ts';
import { PROVIDERS } from './emulators/catalogue.ts';
import { OFFSET_MAX } from './emulators/core/look.ts';
import { leapingClock, MARKET_IDS, NOON_MS, testLab } from './lab.testing.ts';
import type { Lab, LabProviderOptions } from './lab.ts';
import { labBaseUrl, labHttp } from './lab-http.ts';
import { TICK_MS } from './market/market.ts';

/** Every source against its emulator, over the Http port: what it reads is what the market did. */

const OFFSET = OFFSET_MAX + 1e-6;
const MINUTE_MS = 60_000;
/** Of the newest price a source may know: the last minute's close at the worst, plus what the provider is late. */
const NEWEST_MS = 130_000;

type Asked = ParsedBatch & { readonly batch: readonly Question[] };

function questionOf(kind: QuestionKind, instrument: Instrument, nowMs: number): Question {
  switch (kind) {
    case 'bars': {
      const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
      return { kind, instrument, intervalMs: MINUTE_MS, fromMs: toMs - 30 * MINUTE_MS, toMs };
    }
    case 'stance': {
      const brief = {
        price: 1,
        currency: instrument.quote,
        change5mPct: 0,
        change1hPct: 0,
        change1dPct: 0,
        atrPct: 0,
      };
      return { kind, instrument, brief };
    }
    default:
      return { kind, instrument };
  }
}

class Bench {
  readonly lab: Lab;
  readonly clock = leapingClock();
  readonly #source: Source;
  readonly #id: string;

  constructor(source: Source, options: Partial<LabProviderOptions> = {}) {
    this.#source = source;
    this.#id = source.id;
    this.lab = testLab({ id: source.id, ...options });
  }

  async ask(endpoint: Endpoint, ids: readonly string[]): Promise<Asked> {
    const baseUrl = labBaseUrl(this.lab, this.#id);
    const keys = Object.fromEntries(Object.keys(this.#source.keys).map((name) => [name, `lab-${name}`]));
    const settings = { baseUrl, keys, options: this.#source.options };
    const batch = ids.map((id) => questionOf(endpoint.kind, instrumentOf(id), this.clock.nowMs()));
    const http = labHttp(this.lab, this.clock);
    const outcome = await http.send(endpoint.request(batch, settings, null), {
      timeoutMs: 60_000,
      bytesMax: 5_000_000,
    });
    if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
    return { batch, ...endpoint.parse(outcome.response, batch, settings) };
  }

  get count() {
    const count = this.lab.counts()[this.#id];
    if (count === undefined) throw new Error(`no count of ${this.#id}`);
    return count;
  }
}

function expectNearMarket(lab: Lab, instrumentId: string, price: number): void {
  const prices: number[] = [];
  for (let atMs = NOON_MS - NEWEST_MS; atMs <= NOON_MS; atMs += TICK_MS) {
    prices.push(lab.market.priceAt(instrumentId, atMs)?.price ?? Number.NaN);
  }
  const nearest = Math.min(...prices.map((tick) => Math.abs(price / tick - 1)));
  expect(nearest, `${instrumentId} at ${price}`).toBeLessThan(OFFSET);
}

function expectMarketBar(lab: Lab, instrumentId: string, bar: Bar): void {
  const { openAtMs, intervalMs } = bar;
  const [real] = lab.market.barsBetween(instrumentId, intervalMs, openAtMs, openAtMs + intervalMs);
  for (const part of ['open', 'high', 'low', 'close'] as const) {
    expect(Math.abs(bar[part] / (real?.[part] ?? Number.NaN) - 1)).toBeLessThan(OFFSET);
  }
  expect(openAtMs + intervalMs).toBeLessThanOrEqual(NOON_MS);
}

function expectReading(lab: Lab, question: Question, reading: Reading): void {
  const { id } = question.instrument;
  if (reading.kind === 'failed') throw new Error(`${id}: ${reading.failure.kind}: ${reading.failure.detail}`);
  const { view } = reading;
  expect(view.kind).toBe(question.kind);
  switch (view.kind) {
    case 'market':
      expectNearMarket(lab, id, view.quote.price);
      expect(view.quote.currency).toBe(question.instrument.quote);
      for (const bar of view.bars) expectMarketBar(lab, id, bar);
      break;
    case 'bars':
      expect(view.bars.length).toBeGreaterThanOrEqual(29);
      for (const bar of view.bars) expectMarketBar(lab, id, bar);
      break;
    case 'gauge':
      expect(view.value).toBeGreaterThanOrEqual(view.min);
      expect(view.value).toBeLessThanOrEqual(view.max);
      break;
    case 'stance':
    case 'rating':
      // Where the provider states no time it is that of the receipt.
      expect(view.eventAtMs).toBeLessThanOrEqual(NOON_MS + 10_000);
      break;
  }
}

const kindOf = (reading: Reading | undefined): FailureKind | 'ok' =>
  reading?.kind === 'failed' ? reading.failure.kind : 'ok';

function unlisted(endpoint: Endpoint): string | null {
  return ['ZZZZ', 'NOPE-USD', 'NOPE-USDT'].find((id) => endpoint.accepts(instrumentOf(id))) ?? null;
}

test('every source that comes with Sextant has its emulator', () => {
  const without = Object.values(SOURCES).filter((source) => PROVIDERS[source.id] === undefined);
  expect(without.map(({ id }) => id)).toEqual([]);
});

describe.each(Object.values(SOURCES))('$id and its emulator', (source) => {
  test('the base URLs end alike, so that only the host differs', () => {
    const { lab } = new Bench(source);
    expect(new URL(labBaseUrl(lab, source.id)).pathname).toBe(new URL(source.defaultBaseUrl).pathname);
  });

  describe.each(source.endpoints)('$name', (endpoint) => {
    const ids = MARKET_IDS.filter((id) => endpoint.accepts(instrumentOf(id)));

    test('reads what the market did, in batches as large as allowed', async () => {
      const bench = new Bench(source);
      expect(ids.length).toBeGreaterThan(0);
      for (let first = 0; first < ids.length; first += endpoint.batchMax) {
        const { batch, readings } = await bench.ask(endpoint, ids.slice(first, first + endpoint.batchMax));
        for (const [at, question] of batch.entries())
          expectReading(bench.lab, question, readings[at] as Reading);
        bench.clock.leapTo(NOON_MS);
      }
      expect(bench.count.questions).toBeGreaterThanOrEqual(1);
    });

    test('an instrument that is not listed fails by name, whoever else is in the batch', async () => {
      const unknown = unlisted(endpoint);
      if (unknown === null || endpoint.kind === 'gauge') return;
      const { readings } = await new Bench(source).ask(endpoint, [unknown]);
      expect(['unknownSymbol', 'noData']).toContain(kindOf(readings[0]));
    });

    test('a wrong key is called one', async () => {
      if (Object.values(source.keys).every(({ required }) => !required)) return;
      const bench = new Bench(source, { acceptedKeys: ['another'] });
      const { readings } = await bench.ask(endpoint, ids.slice(0, 1));
      const keyless = source.id === 'alpaca' && endpoint.name.startsWith('crypto/');
      expect(kindOf(readings[0])).toBe(keyless ? 'ok' : 'auth');
    });

    test('above the limit it is refused, understood as such, and counted by the provider', async () => {
      const bench = new Bench(source);
      let sent = 0;
      let last: FailureKind | 'ok' = 'ok';
      while (last === 'ok' && sent < 5_000) {
        bench.clock.leapTo(NOON_MS);
        last = kindOf((await bench.ask(endpoint, ids.slice(0, 1))).readings[0]);
        sent += 1;
      }
      expect(['limit', 'quota']).toContain(last);
      expect(bench.count).toMatchObject({ requests: sent, overLimit: 1 });
    });

    test('what the provider says it charged is what it billed', async () => {
      const bench = new Bench(source);
      const { reportedCostUsd } = await bench.ask(endpoint, ids.slice(0, endpoint.batchMax));
      if (reportedCostUsd !== null) expect(reportedCostUsd).toBeCloseTo(bench.count.billedUsd, 12);
      if (source.priceUsdPerCall === 0) expect(bench.count.billedUsd).toBe(0);
      if (source.priceUsdPerCall === null) expect(bench.count.billedUsd).toBeGreaterThan(0);
    });
  });
});
