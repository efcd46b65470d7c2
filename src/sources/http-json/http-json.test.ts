import { describe, expect, test } from 'vitest';
import { HTTP_JSON_DEFAULTS, type HttpJsonAnswer, type HttpJsonDeclaration } from '../../core/http-json.ts';
import { instrumentOf } from '../../core/instrument.ts';
import type { Endpoint } from '../../core/source.ts';
import { questionOf, RECEIVED_AT_MS, responseOf, settingsOf, verdicts } from '../exchange.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { httpJsonSource } from './http-json.ts';
import { httpJsonProblems } from './problems.ts';

const EVENT_AT_S = 1_795_208_399;

/** A batched price list: an array of records in milliseconds, the key in a header. */
const list: HttpJsonDeclaration = {
  ...HTTP_JSON_DEFAULTS,
  id: 'my-desk',
  operator: 'me',
  title: 'My desk',
  url: 'https://desk.example.com/v1/prices?symbols={symbols}',
  headers: { Authorization: 'Bearer {key:token}' },
  batchMax: 50,
  symbols: { stock: '{id}', crypto: '{base}/{quote}', case: 'upper', map: { 'BRK.B': 'BRK-B' } },
  answer: {
    records: '/data/*',
    symbol: '/symbol',
    time: { pointer: '/at', unit: 'ms' },
    value: { kind: 'price', pointer: '/last', currency: { pointer: '/currency' } },
  },
};

/** A map keyed by lower-case symbols, in one currency, the key in the URL. */
const keyed: HttpJsonDeclaration = {
  ...list,
  id: 'my-map',
  url: 'https://map.example.com/p?s={symbols}&token={key:token}',
  headers: {},
  symbols: { stock: null, crypto: '{base}', case: 'lower', map: {} },
  answer: {
    records: '/*',
    symbol: '*',
    time: { pointer: '/t', unit: 's' },
    value: { kind: 'price', pointer: '/usd', currency: { code: 'USD' } },
  },
};

/** One score for one symbol, which the answer does not name. */
const score: HttpJsonDeclaration = {
  ...list,
  id: 'my-model',
  url: 'https://model.example.com/score/{symbol}',
  headers: {},
  batchMax: 1,
  answer: {
    records: '',
    symbol: null,
    time: { pointer: '/asOf', unit: 'rfc3339' },
    value: { kind: 'score', pointer: '/result/score' },
  },
};

const endpointOf = (declaration: HttpJsonDeclaration): Endpoint =>
  httpJsonSource(declaration).endpoints[0] as Endpoint;
const settingsFor = (declaration: HttpJsonDeclaration) => settingsOf(httpJsonSource(declaration));
const ask = (declaration: HttpJsonDeclaration, body: unknown, ...ids: string[]) => {
  const kind = declaration.answer.value.kind === 'price' ? 'market' : 'gauge';
  const batch = ids.map((id) => questionOf(kind, id));
  return endpointOf(declaration).parse(responseOf(body), batch, settingsFor(declaration)).readings;
};

const record = (symbol: string, last: unknown, fields: Readonly<Record<string, unknown>> = {}) => ({
  symbol,
  last,
  currency: 'USD',
  at: EVENT_AT_S * 1000,
  ...fields,
});

describe('a declared source', () => {
  test('asks for all symbols of a batch, each as spelled, with its secret in a header', () => {
    const batch = ['AAPL', 'BRK.B', 'BTC-USD'].map((id) => questionOf('market', id));
    const request = endpointOf(list).request(batch, settingsFor(list), null);
    expect(request.url).toBe('https://desk.example.com/v1/prices?symbols=AAPL,BRK-B,BTC%2FUSD');
    expect(request.headers.authorization).toBe('Bearer canary-token-7f3a');
    expect(httpJsonSource(list).keys).toEqual({ token: { env: 'MY_DESK_TOKEN', required: true } });
  });

  test('moves to another base address, its path and its secret with it', () => {
    const settings = { ...settingsFor(keyed), baseUrl: 'http://127.0.0.1:9', keys: { token: 'a b&c' } };
    const request = endpointOf(keyed).request([questionOf('market', 'BTC-USD')], settings, null);
    expect(request.url).toBe('http://127.0.0.1:9/p?s=btc&token=a%20b%26c');
  });

  test('accepts what it can spell, and no other currency than its own', () => {
    const accepted = (declaration: HttpJsonDeclaration) =>
      ['AAPL', 'BTC-USD', 'BTC-USDT'].filter((id) => endpointOf(declaration).accepts(instrumentOf(id)));
    expect(accepted(list)).toEqual(['AAPL', 'BTC-USD', 'BTC-USDT']);
    expect(accepted(keyed)).toEqual(['BTC-USD']);
  });

  test('reads prices by symbol, with their time in the declared unit', () => {
    const body = { data: [record('BTC/USD', '86421.53'), record('TSLA', 1), record('AAPL', 271.34)] };
    expect(ask(list, body, 'AAPL', 'BTC-USD', 'BRK.B')).toMatchObject([
      {
        view: {
          quote: {
            instrumentId: 'AAPL',
            price: 271.34,
            currency: 'USD',
            eventAtMs: EVENT_AT_S * 1000,
            receivedAtMs: RECEIVED_AT_MS,
          },
        },
      },
      { view: { quote: { price: 86421.53 } } },
      { failure: { kind: 'noData' } },
    ]);
  });

  test('takes the symbol from the member’s name where it is said so', () => {
    const body = { eth: { usd: 2811.44, t: EVENT_AT_S }, btc: { usd: 86421.53, t: EVENT_AT_S } };
    expect(ask(keyed, body, 'BTC-USD', 'ETH-USD')).toMatchObject([
      { view: { quote: { price: 86421.53, eventAtMs: EVENT_AT_S * 1000 } } },
      { view: { quote: { price: 2811.44 } } },
    ]);
  });

  test('never gives a price in its one currency for another', () => {
    expect(verdicts(ask(keyed, { btc: { usd: 1, t: EVENT_AT_S } }, 'BTC-USDT'))).toEqual(['mismatch']);
  });

  test('reads a score as direction x confidence', () => {
    const body = { result: { score: -0.4 }, asOf: '2026-11-20T15:59:59-05:00' };
    expect(ask(score, body, 'AAPL')).toEqual([
      {
        kind: 'ok',
        view: { kind: 'gauge', gauge: 'score', value: -0.4, min: -1, max: 1, eventAtMs: EVENT_AT_S * 1000 },
      },
    ]);
  });

  test.each<[string, HttpJsonDeclaration, unknown, string]>([
    ['another currency', list, { data: [record('AAPL', 1, { currency: 'GBp' })] }, 'mismatch'],
    ['no currency', list, { data: [record('AAPL', 1, { currency: null })] }, 'mismatch'],
    ['a price of zero', list, { data: [record('AAPL', 0)] }, 'badPayload'],
    ['a price with a comma', list, { data: [record('AAPL', '1,271.34')] }, 'badPayload'],
    ['a time in seconds', list, { data: [record('AAPL', 1, { at: EVENT_AT_S })] }, 'badPayload'],
    ['no time', list, { data: [record('AAPL', 1, { at: undefined })] }, 'badPayload'],
    ['a record of another symbol only', list, { data: [record('TSLA', 1)] }, 'mismatch'],
    ['a record of a symbol that is no text', list, { data: [record(7 as never, 1)] }, 'noData'],
    ['no record', list, { data: [] }, 'noData'],
    ['another shape', list, { items: [record('AAPL', 1)] }, 'noData'],
    ['a score of 2', score, { result: { score: 2 }, asOf: '2026-11-20T20:59:59Z' }, 'badPayload'],
    [
      'a score without a zone in its time',
      score,
      { result: { score: 0 }, asOf: '2026-11-20T20:59:59' },
      'badPayload',
    ],
    ['a score in words', score, { result: { score: 'buy' }, asOf: '2026-11-20T20:59:59Z' }, 'badPayload'],
  ])('refuses %s', (_name, declaration, body, expected) => {
    expect(verdicts(ask(declaration, body, 'AAPL'))).toEqual([expected]);
  });

  test.each<[string, HttpJsonDeclaration, unknown, string]>([
    ['a wrong records pointer', list, { items: [] }, 'no record in the answer: nothing at /data/*'],
    [
      'a wrong symbol pointer',
      list,
      { data: [{ ticker: 'AAPL' }] },
      'no record names its symbol: the first has nothing at /symbol',
    ],
    ['another spelling', list, { data: [record('aapl', 1)] }, 'answers about another symbol than AAPL'],
    [
      'a price with a comma',
      list,
      { data: [record('AAPL', '1,271.34')] },
      'no price of AAPL: "1,271.34" at /last',
    ],
    [
      'another unit of time',
      list,
      { data: [record('AAPL', 1, { at: '2026-11-20' })] },
      'no time of AAPL in ms: "2026-11-20" at /at',
    ],
    [
      'a score on another scale',
      score,
      { result: { score: 80 }, asOf: '2026-11-20T20:59:59Z' },
      'no score from -1 to 1 of AAPL: 80 at /result/score',
    ],
    [
      'a value that echoes a key',
      list,
      { data: [record('AAPL', 'canary-token-7f3a')] },
      'no price of AAPL: "***" at /last',
    ],
    [
      'a price that is an object',
      list,
      { data: [record('AAPL', {})] },
      'no price of AAPL: no single value at /last',
    ],
  ])('says what it found: %s', (_name, declaration, body, detail) => {
    expect(ask(declaration, body, 'AAPL')).toMatchObject([{ failure: { detail } }]);
  });

  test.each([
    [401, 'auth'],
    [429, 'limit'],
    [500, 'down'],
    [404, 'badRequest'],
  ])('names a status of %i %s', (status, expected) => {
    const { readings } = endpointOf(list).parse(
      responseOf('canary-token-7f3a', status),
      [questionOf('market', 'AAPL')],
      settingsFor(list),
    );
    expect(verdicts(readings)).toEqual([expected]);
    expect(JSON.stringify(readings)).not.toContain('canary');
  });
});

const answer = (fields: Partial<HttpJsonAnswer>): Partial<HttpJsonDeclaration> => ({
  answer: { ...list.answer, ...fields },
});
const symbols = (fields: Partial<HttpJsonDeclaration['symbols']>): Partial<HttpJsonDeclaration> => ({
  symbols: { ...list.symbols, ...fields },
});

describe('a declaration', () => {
  test('without a fault has no problems', () => {
    for (const good of [list, keyed, score]) expect(httpJsonProblems(good)).toEqual([]);
  });

  test.each<[string, Partial<HttpJsonDeclaration>, string[]]>([
    ['with a relative url', { url: '/prices?s={symbols}' }, ['url']],
    ['over plain http', { url: 'http://desk.example.com/{symbols}' }, ['url']],
    ['with a placeholder in its host', { url: 'https://{symbol}.example.com/' }, ['url', 'batchMax']],
    ['with an unknown placeholder', { url: 'https://a.example/{symbols}?n={name}' }, ['url']],
    ['with a variable that was not made a key', { headers: { a: '{TOKEN}' } }, ['headers.a']],
    ['with a symbol in a header', { headers: { a: '{symbol}' } }, ['headers.a']],
    ['with a secret written into a header', { headers: { 'X-API-Key': 'abc123' } }, ['headers.X-API-Key']],
    ['with a secret written into its url', { url: 'https://a.example/{symbols}?apikey=abc123' }, ['url']],
    ['with a header of two lines', { headers: { 'a\nb': 'x' } }, ['headers.a\nb']],
    ['for one symbol in batches', { url: 'https://a.example/{symbol}' }, ['batchMax']],
    ['for both', { url: 'https://a.example/{symbols}/{symbol}' }, ['url']],
    [
      'that names no symbol at all',
      { url: 'https://a.example/', batchMax: 1, ...answer({ records: '', symbol: null }) },
      ['url'],
    ],
    ['that cannot tell a batch apart', answer({ records: '', symbol: null }), ['batchMax']],
    ['that cannot tell records apart', { batchMax: 1, ...answer({ symbol: null }) }, ['answer.records']],
    ['with a member name of nothing', answer({ records: '/data', symbol: '*' }), ['answer.symbol']],
    ['with a pointer that is none', answer({ symbol: 'symbol' }), ['answer.symbol']],
    [
      'with each in a record',
      answer({ value: { kind: 'price', pointer: '/*/last', currency: null } }),
      ['answer.value.pointer'],
    ],
    [
      'of scores without time',
      answer({ time: null, value: { kind: 'score', pointer: '/s' } }),
      ['answer.time'],
    ],
    ['without any symbols', symbols({ stock: null, crypto: null, map: {} }), ['symbols']],
    ['with one spelling for all', symbols({ stock: 'AAPL' }), ['symbols.stock']],
    ['with an unknown part of a symbol', symbols({ crypto: '{id}{name}' }), ['symbols.crypto']],
    [
      'whose currency nobody says',
      {
        ...symbols({ crypto: '{base}' }),
        ...answer({ value: { kind: 'price', pointer: '/p', currency: null } }),
      },
      ['answer.value.currency'],
    ],
  ])('%s is refused at its place', (_name, change, paths) => {
    const declaration = { ...list, ...change };
    const problems = httpJsonProblems(declaration);
    expect(problems.map(({ path }) => path)).toEqual(paths);
    expect(JSON.stringify(problems)).not.toContain('abc123');
    expect(() => httpJsonSource(declaration)).toThrow('source my-desk cannot be used');
  });
});

describeTorture('http-json', [
  {
    name: 'a list of records',
    endpoint: endpointOf(list),
    batch: [questionOf('market', 'AAPL'), questionOf('market', 'BTC-USD')],
    settings: settingsFor(list),
    response: responseOf({ data: [record('BTC/USD', '86421.53'), record('AAPL', 271.34)] }),
    witness: (json, { id }) => {
      const symbol = id === 'AAPL' ? id : 'BTC/USD';
      const data: unknown = (json as { data: unknown }).data;
      const records = Object.values(data ?? {}) as ({ symbol?: unknown; last?: unknown } | null)[];
      return records.findLast((one) => one?.symbol === symbol)?.last;
    },
  },
  {
    name: 'a map of prices',
    endpoint: endpointOf(keyed),
    batch: [questionOf('market', 'BTC-USD')],
    settings: settingsFor(keyed),
    response: responseOf({ btc: { usd: 86421.53, t: EVENT_AT_S }, eth: { usd: 2811.44, t: EVENT_AT_S } }),
    witness: (json) => (json as { btc: { usd: unknown } }).btc.usd,
  },
  {
    name: 'a score',
    endpoint: endpointOf(score),
    batch: [questionOf('gauge', 'AAPL')],
    settings: settingsFor(score),
    response: responseOf({ result: { score: -0.4 }, asOf: '2026-11-20T20:59:59Z' }),
  },
]);
