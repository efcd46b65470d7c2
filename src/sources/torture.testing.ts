import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barDefect, closeAtMs } from '../core/bar.ts';
import type { HttpResponse } from '../core/http.ts';
import type { Instrument } from '../core/instrument.ts';
import type { Question, View } from '../core/question.ts';
import type { Endpoint, SourceSettings } from '../core/source.ts';
import { readJson } from './door/json.ts';

/** A good answer of one endpoint, from which mutations are made. */
export type Specimen = {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly batch: readonly Question[];
  readonly settings: SourceSettings;
  readonly response: HttpResponse;
  /**
   * A second reading of the body, written apart from the parser: the raw price that the body names for this instrument,
   * undefined where it names none. For market endpoints only.
   */
  readonly witness?: (json: unknown, instrument: Instrument) => unknown;
};

/** Bodies that no parser may stumble over, whatever it was made for. */
export const TORTURE_BODIES: Readonly<Record<string, string>> = {
  empty: '',
  'white space': ' \n\t ',
  'a byte order mark alone': '\uFEFF',
  'a byte order mark before an object': '\uFEFF{}',
  null: 'null',
  true: 'true',
  'a number': '42',
  'a text': '"Thank you for using us!"',
  'an empty array': '[]',
  'an empty object': '{}',
  'an array of nulls': '[null,null,[null],{}]',
  truncated: '{"AAPL":{"latestTrade":{"p":27',
  'nested 100,000 arrays deep': '['.repeat(100_000),
  'nested 100,000 deep and closed': '['.repeat(100_000) + ']'.repeat(100_000),
  'nested 100,000 objects deep': '{"a":'.repeat(100_000),
  'brackets inside a string': `{"message":"${'['.repeat(100_000)}"}`,
  __proto__:
    '{"__proto__":{"symbol":"AAPL","price":1,"p":1},"constructor":{"prototype":{"price":1}},"toString":1}',
  'inherited names as symbols': '{"toString":{},"hasOwnProperty":[],"valueOf":null,"__proto__":null}',
  HTML: '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>',
  'plain text': 'Edge: Too Many Requests',
  'two documents': '{}{}',
  'a comment': '{/* price */}',
  'single quotes': "{'price':1}",
  NaN: '{"price":NaN}',
  'lone surrogate': '{"message":"\\ud800","symbol":"\\udfff"}',
  'control characters': '{"message":"\u0000\u001b[2J"}',
  'a long digit string': `{"price":"${'9'.repeat(5000)}"}`,
};

const INFINITE_MARK = 'a mark to be replaced by 1e400';
const KEY_MARK = 'a mark to be replaced by a key';

/** Values that stand in for a leaf of the body. */
const HOSTILE_LEAVES: readonly unknown[] = [
  null,
  '',
  ' ',
  'NaN',
  'Infinity',
  '-1',
  '0',
  0,
  -0,
  -1,
  -271.34,
  1e308,
  5e-324,
  '1,234.50',
  '1.234,56',
  '0x10',
  '1e400',
  '1e-400',
  '+1',
  ' 1',
  '1 ',
  '١٢',
  true,
  false,
  [],
  [1],
  {},
  { p: 1 },
  '__proto__',
  'constructor',
  1e21,
  9007199254740992,
  'AAPL',
  'BTC-USD',
  'undefined',
  '\u0000\u001b[2J\u202eevil',
  'x'.repeat(5000),
  KEY_MARK,
  `token ${KEY_MARK}!`,
];

type Mutation =
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'leaf'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'infinite'; readonly at: number }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'swap'; readonly at: number; readonly other: number };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    text: fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('0', '9', '-', '.', 'e9', '"', '{', ']', ','),
    ),
  }),
  fc.record({ kind: fc.constant('leaf' as const), at: fc.nat(), value: fc.constantFrom(...HOSTILE_LEAVES) }),
  fc.record({ kind: fc.constant('infinite' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('swap' as const), at: fc.nat(), other: fc.nat() }),
);

type Slot = { readonly holder: Record<string | number, unknown>; readonly key: string | number };

/** Every place in the tree that holds a value. */
function slotsOf(value: unknown, slots: Slot[] = []): Slot[] {
  if (typeof value !== 'object' || value === null) return slots;
  for (const key of Object.keys(value)) {
    const holder = value as Record<string, unknown>;
    slots.push({ holder, key });
    slotsOf(holder[key], slots);
  }
  return slots;
}

function mutateTree(body: string, change: Mutation): string {
  const read = readJson(body);
  if (read.kind === 'failed') return body;
  const tree: unknown = structuredClone(read.value);
  const slots = slotsOf(tree);
  const slot = slots[change.at % Math.max(1, slots.length)];
  if (slot === undefined) return body;
  if (change.kind === 'leaf') slot.holder[slot.key] = change.value;
  if (change.kind === 'infinite') slot.holder[slot.key] = INFINITE_MARK;
  if (change.kind === 'remove') delete slot.holder[slot.key];
  if (change.kind === 'swap') {
    const other = slots[change.other % slots.length];
    if (other !== undefined) {
      const kept = structuredClone(slot.holder[slot.key]);
      slot.holder[slot.key] = structuredClone(other.holder[other.key]);
      other.holder[other.key] = kept;
    }
  }
  return JSON.stringify(tree).replaceAll(`"${INFINITE_MARK}"`, '1e400');
}

function mutate(body: string, change: Mutation): string {
  const at = 'at' in change ? change.at % (body.length + 1) : 0;
  if (change.kind === 'cut') return body.slice(0, at) + body.slice(at + change.length);
  if (change.kind === 'insert') return body.slice(0, at) + change.text + body.slice(at);
  return mutateTree(body, change);
}

/** Every number that stands in a body, also those in quotes. */
function numbersIn(json: unknown, found = new Set<number>()): Set<number> {
  if (typeof json === 'number') found.add(json);
  else if (typeof json === 'string') found.add(Number(json));
  else if (typeof json === 'object' && json !== null) {
    for (const member of Object.values(json)) numbersIn(member, found);
  }
  return found;
}

const DETAIL_LENGTH_MAX = 300;
const CONTROL = /\p{Cc}/u;

function checkBars(view: Extract<View, { kind: 'market' | 'bars' }>, nowMs: number): void {
  let lastOpenAtMs = 0;
  for (const bar of view.bars) {
    expect(barDefect(bar)).toBeNull();
    expect(closeAtMs(bar)).toBeLessThanOrEqual(nowMs);
    expect(bar.openAtMs).toBeGreaterThan(lastOpenAtMs);
    lastOpenAtMs = bar.openAtMs;
  }
}

function checkPrices(specimen: Specimen, view: View, instrument: Instrument, json: unknown): void {
  if (view.kind !== 'market' && view.kind !== 'bars') return;
  checkBars(view, specimen.response.receivedAtMs);
  const prices = view.bars.flatMap((bar) => [bar.open, bar.high, bar.low, bar.close]);
  if (view.kind === 'market') {
    const { quote } = view;
    expect(quote.instrumentId).toBe(instrument.id);
    expect(quote.currency).toBe(instrument.quote);
    if (quote.eventAtMs !== null) expect(Number.isSafeInteger(quote.eventAtMs)).toBe(true);
    prices.push(quote.price, ...[quote.bid, quote.ask].filter((side) => side !== null));
    if (specimen.witness) expect(quote.price).toBe(Number(specimen.witness(json, instrument)));
  }
  const stated = numbersIn(json);
  for (const price of prices) {
    expect(Number.isFinite(price) && price > 0).toBe(true);
    expect(stated.has(price), `${price} stands in the body`).toBe(true);
  }
}

function checkOpinion(view: View): void {
  if (view.kind === 'stance') {
    expect(view.confidence >= 0 && view.confidence <= 1).toBe(true);
    expect(view.rationale.length).toBeLessThanOrEqual(500);
    expect(CONTROL.test(view.rationale)).toBe(false);
  } else if (view.kind === 'rating') {
    for (const count of [view.strongBuy, view.buy, view.hold, view.sell, view.strongSell]) {
      expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
    }
  } else if (view.kind === 'gauge') {
    expect(view.value >= view.min && view.value <= view.max).toBe(true);
  }
  if ('eventAtMs' in view) expect(Number.isSafeInteger(view.eventAtMs)).toBe(true);
}

/**
 * Parses `body` in place of the specimen's and checks everything that must hold of any answer whatever: nothing thrown,
 * one reading per question, every number finite, positive and stated in the body, every price the one that the body
 * names for this instrument, no key and no control character in a failure.
 */
export function checkParsed(specimen: Specimen, body: string): void {
  const { endpoint, batch, settings, response } = specimen;
  const parsed = endpoint.parse({ ...response, body }, batch, settings);
  expect(parsed.readings).toHaveLength(batch.length);
  const read = readJson(body);
  const json = read.kind === 'ok' ? read.value : undefined;
  for (const [index, reading] of parsed.readings.entries()) {
    const question = batch[index] as Question;
    if (reading.kind === 'failed') {
      const { detail } = reading.failure;
      expect(CONTROL.test(detail)).toBe(false);
      expect(detail.length).toBeLessThanOrEqual(DETAIL_LENGTH_MAX);
      for (const key of Object.values(settings.keys)) expect(detail).not.toContain(key);
      continue;
    }
    expect(reading.view.kind).toBe(question.kind);
    checkPrices(specimen, reading.view, question.instrument, json);
    checkOpinion(reading.view);
  }
}

/** Mutations per specimen: few in every run, many when asked for. */
const MUTATIONS = process.env.SEXTANT_SLOW === '1' ? 100_000 : 500;

/** Registers the torture table and the fuzzing of each specimen, which must itself be answered in full. */
export function describeTorture(sourceId: string, specimens: readonly Specimen[]): void {
  describe(`${sourceId} under torture`, () => {
    describe.each(specimens)('$name', (specimen) => {
      test('the specimen itself is answered', () => {
        const { endpoint, batch, settings, response } = specimen;
        const { readings } = endpoint.parse(response, batch, settings);
        expect(readings.map((reading) => (reading.kind === 'ok' ? 'ok' : reading.failure))).toEqual(
          batch.map(() => 'ok'),
        );
        checkParsed(specimen, response.body);
      });

      test.each(Object.entries(TORTURE_BODIES))('%s becomes failed readings', (_name, body) => {
        checkParsed(specimen, body);
        const { endpoint, batch, settings, response } = specimen;
        const { readings } = endpoint.parse({ ...response, body }, batch, settings);
        expect(readings.map((reading) => reading.kind)).toEqual(batch.map(() => 'failed'));
      });

      test('every truncation fails without a throw', () => {
        const { body } = specimen.response;
        const step = Math.max(1, Math.floor(body.length / 200));
        for (let length = 0; length < body.length; length += step) {
          checkParsed(specimen, body.slice(0, length));
        }
      });

      const [key = 'no key'] = Object.values(specimen.settings.keys);

      test(
        `${MUTATIONS} mutations give failures or true values`,
        () => {
          fc.assert(
            fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (changes) => {
              const body = changes.reduce(mutate, specimen.response.body);
              checkParsed(specimen, body.replaceAll(KEY_MARK, key));
            }),
            { numRuns: MUTATIONS },
          );
        },
        MUTATIONS * 10 + 30_000,
      );
    });
  });
}
