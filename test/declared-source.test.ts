import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instrumentOf } from '../src/core/instrument.ts';
import type { Source } from '../src/core/source.ts';
import { createService, issueLines, loadConfigText } from '../src/main.ts';
import { seatsOf } from '../src/seats.ts';

/** Goal: a source described in the file is a source like any other, and a mistake in it is told as any other. */

const ENV = { DESK_TOKEN: 'k-desk-secret' };

/** One score, with a key in a header. Line 6 begins the source. */
const SCORE = `symbols: [BTC-USD]
sources:
  coinbase: {}
  kraken: {}
  # of my own:
  my-desk:
    kind: http-json
    keys: { token: "\${DESK_TOKEN}" }
    http:
      url: https://desk.test/score?symbol={symbol}
      headers: { authorization: "Bearer {key:token}" }
      symbols: "{id}"
      answer: { symbol: /symbol, time: /at, score: /score }
`;

/** Prices in batches, in the long form. */
const PRICE = SCORE.replace('{symbol}', '{symbols}').replace(
  /symbols: "[\s\S]*$/,
  `batchMax: 20
      separator: ";"
      symbols: { crypto: "{base}", case: lower, map: { BTC-USD: xbt } }
      answer:
        records: /data/*
        symbol: /s
        time: { pointer: /t, unit: ms }
        price: { pointer: /p, currency: USD }
`,
);

function load(text: string) {
  const loaded = loadConfigText(text, ENV);
  if (loaded.kind === 'invalid') throw new Error(issueLines(loaded.issues).join('\n'));
  const options = loaded.config.sources.find(({ id }) => id === 'my-desk');
  const seat = seatsOf(loaded.config).find(({ options: { id } }) => id === 'my-desk');
  if (options === undefined || seat === undefined) throw new Error('my-desk is gone');
  return { ...loaded, options, seat };
}

describe('a source described in the file', () => {
  test('with a score votes: by its own operator, for five minutes from the time it names', () => {
    const { options, seat, config } = load(SCORE);
    expect(options).toMatchObject({
      kind: 'http-json',
      operator: 'my-desk',
      analyst: 'gauge',
      weight: 1,
      ttlMs: 300_000,
      baseUrl: 'https://desk.test',
      limits: [{ max: 60, windowMs: 60_000 }],
      priceUsdPerCall: 0,
    });
    expect(seat.source).toMatchObject({ title: 'my-desk', endpoints: [{ kind: 'gauge', batchMax: 1 }] });
    expect(config.watch.crypto).toEqual(['coinbase', 'kraken']);
  });

  test('with a price watches: no weight, and its place among the prices', () => {
    const { options, seat, config } = load(PRICE);
    expect(options).toMatchObject({ weight: 0, ttlMs: 900_000 });
    expect(config.watch.crypto).toEqual(['coinbase', 'kraken', 'my-desk']);
    const [endpoint] = seat.source.endpoints;
    const batch = ['BTC-USD', 'ETH-USD'].map((id) => ({
      kind: 'market' as const,
      instrument: instrumentOf(id),
    }));
    expect(endpoint?.request(batch, options, null)).toMatchObject({
      url: 'https://desk.test/score?symbol=xbt;eth',
      headers: { authorization: 'Bearer k-desk-secret' },
    });
  });

  test('short forms say the same as long ones', () => {
    const long = SCORE.replace('symbols: "{id}"', 'symbols: { stock: "{id}", crypto: "{id}" }').replace(
      'time: /at',
      'records: "", time: { pointer: /at, unit: rfc3339 }',
    );
    expect(load(long).version).toBe(load(SCORE).version);
    const price = SCORE.replace('score: /score', 'price: /last');
    const longPrice = SCORE.replace('score: /score', 'price: { pointer: /last }');
    expect(load(longPrice).version).toBe(load(price).version);
  });

  test('may say itself how much and how long it counts', () => {
    const { options } = load(
      SCORE.replace('kind:', 'weight: 3\n    ttlMs: 60000\n    operator: me\n    kind:'),
    );
    expect(options).toMatchObject({ weight: 3, ttlMs: 60_000, operator: 'me' });
  });

  test('a price may name its currency in the answer', () => {
    const { options } = load(PRICE.replace('currency: USD', 'currency: /c'));
    expect(options.http?.answer.value).toEqual({ kind: 'price', pointer: '/p', currency: { pointer: '/c' } });
  });
});

const score = (from: string, to: string): string => SCORE.replace(from, to);
const price = (from: string, to: string): string => PRICE.replace(from, to);

describe('a mistake in it is told with path, line, what was found and what to write', () => {
  test.each<[string, string, RegExp]>([
    [
      'nothing described',
      SCORE.replace(/ {4}http:[\s\S]*$/, ''),
      /http, line 7: found nothing; describe the source: url/,
    ],
    [
      'a description of a provider that is known',
      score('kind: http-json', 'kind: kraken'),
      /http, line 10: found an http block, but the kind "kraken"; write kind: http-json beside it/,
    ],
    [
      'a misspelt key',
      score('headers:', 'header:'),
      /http\.header, line 11: found an unknown key; known here are url, headers/,
    ],
    [
      'a misspelt key of the answer',
      score('time:', 'tiem:'),
      /http\.answer\.tiem, line 13: found an unknown key; known here are records, symbol, time/,
    ],
    [
      'no address',
      score('url: https://desk.test/score?symbol={symbol}', ''),
      /http\.url, line 11: found nothing; write the address/,
    ],
    ['plain http elsewhere', score('https://', 'http://'), /http\.url, line 10: .*use https/],
    [
      'an unknown placeholder',
      score('{symbol}', '{ticker}'),
      /http\.url, line 10: found "\{ticker\}"; known here are/,
    ],
    ['neither price nor score', score(', score: /score', ''), /http\.answer, line 13: .*one of the two/],
    ['both', score('score:', 'price: /p, score:'), /http\.answer, line 13: .*one of the two/],
    [
      'a score without time',
      score('time: /at, ', ''),
      /http\.answer\.time, line 13: found null; say where the time/,
    ],
    [
      'a pointer that is none',
      score('score: /score', 'score: score'),
      /http\.answer\.score, line 13: found "score"; write a JSON pointer/,
    ],
    [
      'a price pointer that is none',
      price('pointer: /p', 'pointer: p'),
      /http\.answer\.price, line 19: found "p"; write a JSON pointer/,
    ],
    [
      'a price of no known currency',
      price('currency: USD', 'currency: DEM'),
      /http\.answer\.price\.currency, line 19: found "DEM"; write one of USD/,
    ],
    [
      'a price whose currency nobody says',
      price(', currency: USD', ''),
      /http\.answer\.price\.currency, line 19: .*say which currency/,
    ],
    [
      'a unit of time that is none',
      price('unit: ms', 'unit: millis'),
      /http\.answer\.time\.unit, line 18: found "millis"; expected one of/,
    ],
    [
      'no spelling of symbols',
      score('symbols: "{id}"', 'symbols: {}'),
      /http\.symbols, line 12: .*say how stocks or crypto are spelled/,
    ],
    [
      'a batch that cannot be told apart',
      score('symbols: "{id}"', 'batchMax: 5\n      symbols: "{id}"'),
      /http\.batchMax, line 12: found 5; write 1/,
    ],
    [
      'a key that is not there',
      score('keys: { token: "${DESK_TOKEN}" }', ''),
      /keys\.token, line 7: found nothing; my-desk needs it: write keys: \{ token: \$\{MY_DESK_TOKEN\} \}/,
    ],
    [
      'a key that is not mentioned',
      score('Bearer {key:token}', 'x {key:other}'),
      /keys\.token, line 8: found a key this source does not take; write \{key:token\}/,
    ],
    [
      'a variable outside keys',
      score('{key:token}', '${DESK_TOKEN}'),
      /http\.headers\.authorization, line 11: found "Bearer \$\{DESK_TOKEN\}"; put a secret under keys/,
    ],
    [
      'a secret written out',
      score('{key:token}', 'k-literal'),
      /http\.headers\.authorization, line 11: found what looks like a secret written out/,
    ],
    [
      'a price that is to vote',
      price('kind:', 'weight: 1\n    kind:'),
      /weight, line 7: found 1, but my-desk gives prices only; write weight: 0/,
    ],
  ])('%s', (_title, text, expected) => {
    const loaded = loadConfigText(text, ENV);
    const lines = loaded.kind === 'invalid' ? issueLines(loaded.issues) : [];
    expect(lines.join('\n')).toMatch(expected);
    expect(lines.join('\n')).not.toMatch(/k-desk-secret|k-literal/);
  });
});

describe('the source in code of CONTRIBUTING.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-code-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const text = `symbols: [BTC-USD]\nsources: { coinbase: {}, kraken: {}, my-desk: {} }\nledger: { path: ${folder}/own.db }\n`;
  let own: Source;
  beforeAll(async () => {
    const guide = readFileSync(join(import.meta.dirname, '../CONTRIBUTING.md'), 'utf8');
    const [, code = ''] = /```ts\n([\s\S]*?defineSource[\s\S]*?)```/.exec(guide) ?? [];
    const entry = join(import.meta.dirname, '../src/index.ts');
    const file = join(folder, 'my-desk.ts');
    writeFileSync(file, code.replace("'sextant'", JSON.stringify(entry)));
    own = ((await import(file)) as { myDesk: Source }).myDesk;
  });

  const load = () => {
    const loaded = loadConfigText(text, ENV, [own]);
    if (loaded.kind === 'invalid') throw new Error(issueLines(loaded.issues).join('\n'));
    return loaded;
  };

  test('is named in the file like any other, where it was handed over', () => {
    expect(seatsOf(load().config, [own]).find(({ options }) => options.id === 'my-desk')?.source).toBe(own);
    expect(loadConfigText(text, ENV).kind).toBe('invalid');
  });

  test('has its place in a service, and reads answers by symbol', async () => {
    const { config, version: configVersion } = load();
    const service = await createService({ config, configVersion, label: { kind: 'LIVE' }, sources: [own] });
    expect(service.live.sources().map(({ sourceId }) => sourceId)).toContain('my-desk');
    await service.close();
    const batch = [{ kind: 'gauge' as const, instrument: instrumentOf('BTC-USD') }];
    const read = (symbol: string, score: number) => {
      const body = JSON.stringify({ symbol, score, at: '2026-01-15T15:00:00Z' });
      const settings = { baseUrl: own.defaultBaseUrl, keys: {}, options: {} };
      return own.endpoints[0]?.parse({ status: 200, headers: {}, body, receivedAtMs: 0 }, batch, settings)
        .readings;
    };
    expect(read('BTC-USD', 0.6)).toMatchObject([{ view: { gauge: 'score', value: 0.6 } }]);
    expect(read('ETH-USD', 0.6)).toMatchObject([{ failure: { kind: 'mismatch' } }]);
    expect(read('BTC-USD', 60)).toMatchObject([{ failure: { kind: 'badPayload' } }]);
  });
});
