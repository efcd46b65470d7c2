import { describe, expect, test } from 'vitest';
import type { AnalystSpec } from '../core/analyst.ts';
import type { Question } from '../core/question.ts';
import { type Endpoint, NO_LIMIT_STATE, type Source } from '../core/source.ts';
import { declareSource } from '../sources/http-json/http-json.ts';
import { readDocument } from './document.ts';
import { type Catalogue, issueLines, loadConfig, redactedConfig } from './load.ts';

function endpoint(kind: Question['kind'], assetClass: 'stock' | 'crypto' | 'any'): Endpoint {
  return {
    name: kind,
    kind,
    batchMax: 10,
    accepts: (instrument) => assetClass === 'any' || instrument.assetClass === assetClass,
    weight: () => 1,
    request: () => ({ method: 'GET', url: 'https://example.test', headers: {}, body: null }),
    parse: () => ({ readings: [], reportedCostUsd: null, nextPage: null }),
  };
}

function source(id: string, endpoints: Endpoint[], keys: Source['keys'] = {}): Source {
  return {
    id,
    operator: `${id}-inc`,
    title: id.toUpperCase(),
    defaultBaseUrl: `https://${id}.test`,
    keys,
    options: { feed: 'iex' },
    limits: [{ max: 200, windowMs: 60_000, counting: 'fixed' }],
    priceUsdPerCall: 0,
    endpoints,
    limitState: () => NO_LIMIT_STATE,
  };
}

const both = [endpoint('market', 'any'), endpoint('bars', 'any')];
const analyst = (id: string, needs: AnalystSpec['needs']): AnalystSpec =>
  needs === 'bars'
    ? { id, needs, warmupBars: 20, create: () => ({ absorb: () => {}, assess: () => null }) }
    : { id, needs, assess: () => null };

const CATALOGUE: Catalogue = {
  declare: declareSource,
  sources: {
    one: source('one', both),
    two: source('two', both, { apiKey: { env: 'TWO_KEY', required: true } }),
    three: source('three', both),
    oracle: source('oracle', [endpoint('stance', 'any')]),
  },
  analysts: {
    trend: analyst('trend', 'bars'),
    meanReversion: analyst('meanReversion', 'bars'),
    model: analyst('model', 'stance'),
  },
};

const AROUND = {
  env: (name: string) => ({ TWO_KEY: 'k-secret-2', EMPTY: '' })[name],
  file: (path: string) => (path === '/run/secret' ? 'k-from-file' : null),
};

const GOOD = `
symbols: [AAPL, BTC-USD]
sources:
  one: { weight: 2 }
  two: { keys: { apiKey: "\${TWO_KEY}" }, analyst: meanReversion }
  oracle: {}
`;

function issuesOf(text: string): string[] {
  const loaded = loadConfig(text, CATALOGUE, AROUND);
  return loaded.kind === 'invalid' ? issueLines(loaded.issues) : [];
}

function loadGood(text: string) {
  const loaded = loadConfig(text, CATALOGUE, AROUND);
  if (loaded.kind === 'invalid') throw new Error(issueLines(loaded.issues).join('\n'));
  return loaded;
}

describe('a good file', () => {
  test('is completed from the catalogue and the defaults', () => {
    const { config } = loadGood(GOOD);
    expect(config.symbols.map(({ id }) => id)).toEqual(['AAPL', 'BTC-USD']);
    expect(config.sources.map(({ id, analyst: name, ttlMs }) => [id, name, ttlMs])).toEqual([
      ['one', 'trend', 90_000],
      ['two', 'meanReversion', 90_000],
      ['oracle', 'model', 300_000],
    ]);
    expect(config.watch).toEqual({ stock: ['one', 'two'], crypto: ['one', 'two'] });
    expect(config.cycleMs).toBe(5_000);
    expect(config.consensus.quorum).toBeCloseTo(2 / 3, 12);
  });

  test('takes keys from the environment or a file', () => {
    const { config } = loadGood(GOOD.replace('${TWO_KEY}', '${file:/run/secret}'));
    expect(config.sources[1]?.keys).toEqual({ apiKey: 'k-from-file' });
  });

  test('has a version that changes with its meaning, and not with its secrets or its layout', () => {
    const version = loadGood(GOOD).version;
    expect(loadGood(GOOD.replace('${TWO_KEY}', '${file:/run/secret}')).version).toBe(version);
    expect(loadGood(`# a comment\n${GOOD}`).version).toBe(version);
    expect(loadGood(GOOD.replace('weight: 2', 'weight: 3')).version).not.toBe(version);
  });

  test('shows no secret when it is stored', () => {
    expect(JSON.stringify(redactedConfig(loadGood(GOOD).config))).not.toContain('k-secret-2');
  });

  test('reads flags as people write them; one for some symbols is on, and for how many is told apart', () => {
    const levels = 'changeGate: 25%, decidedVote: "0%", opinionReuse: on, batching: off, breaker: false';
    const { config } = loadGood(`${GOOD}\nflags: { ${levels} }`);
    expect(config.flags).toMatchObject({
      changeGate: true,
      decidedVote: false,
      opinionReuse: true,
      batching: false,
      breaker: false,
    });
    expect(config.rollout).toEqual({ changeGate: 0.25 });
    expect(loadGood(GOOD).config.rollout).toBeUndefined();
  });

  test('a shadow is off, and named; which flags may be one is told apart', () => {
    const { config } = loadGood(
      `${GOOD}\nflags: { changeGate: shadow, opinionReuse: shadow, decidedVote: 10% }`,
    );
    expect(config.flags).toMatchObject({ changeGate: false, opinionReuse: false, decidedVote: true });
    expect(config.shadow).toEqual(['opinionReuse', 'changeGate']);
    expect(loadGood(GOOD).config.shadow).toBeUndefined();
    expect(loadGood(`${GOOD}\nflags: { changeGate: shadow }`).version).not.toBe(
      loadGood(`${GOOD}\nflags: { changeGate: off }`).version,
    );
  });

  test('reads limits as people write them', () => {
    const { config } = loadGood(GOOD.replace('weight: 2', 'limits: [200/min, 10/5s, 10/s sliding]'));
    expect(config.sources[0]?.limits).toEqual([
      { max: 200, windowMs: 60_000, counting: 'fixed' },
      { max: 10, windowMs: 5_000, counting: 'fixed' },
      { max: 10, windowMs: 1_000, counting: 'sliding' },
    ]);
  });
});

describe('a budget', () => {
  const budgeted = (budget: string): string => GOOD.replace('oracle: {}', `oracle: ${budget}`);

  test('limits what is named and nothing else', () => {
    const { config } = loadGood(
      budgeted('{ budget: { usdPerDay: 1.5, callsPerMonth: 900 }, concurrency: 1 }'),
    );
    expect(config.sources.map(({ budget, concurrency }) => [budget, concurrency])).toEqual([
      [null, null],
      [null, null],
      [{ usdPerDay: 1.5, usdPerMonth: null, callsPerDay: null, callsPerMonth: 900 }, 1],
    ]);
  });

  test('in dollars needs a price where only the bill tells it', () => {
    const oracle = source('oracle', [endpoint('stance', 'any')]);
    const catalogue = {
      ...CATALOGUE,
      sources: { ...CATALOGUE.sources, oracle: { ...oracle, priceUsdPerCall: null } },
    };
    const issuesOfOracle = (entry: string): string[] => {
      const loaded = loadConfig(budgeted(entry), catalogue, AROUND);
      return loaded.kind === 'invalid' ? issueLines(loaded.issues) : [];
    };
    expect(issuesOfOracle('{ budget: { usdPerDay: 1 } }')).toEqual([
      expect.stringMatching(/sources\.oracle\.budget, line 6: found .*; write priceUsdPerCall/),
    ]);
    expect(issuesOfOracle('{ budget: { usdPerDay: 1 }, priceUsdPerCall: 0.02 }')).toEqual([]);
    expect(issuesOfOracle('{ budget: { callsPerDay: 100 } }')).toEqual([]);
  });
});

describe('a bad file is told path, line, what was found and what to write', () => {
  test.each([
    ['an empty file', '', /the file: found nothing; begin with "symbols:"/],
    ['broken YAML', 'symbols: [AAPL', /line 1: found .*; mend the YAML there/],
    ['a key twice', `${GOOD}\nsymbols: [MSFT]\n`, /line 8: found the key "symbols" a second time/],
    ['brackets in brackets', `${GOOD}\nwatch: ${'['.repeat(60)}`, /found more than 50 levels/],
    ['lists in lists', `watch:\n  ${'- '.repeat(60)}x`, /found more than 50 levels/],
    [
      'blocks in blocks',
      Array.from({ length: 60 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      /found more than 50 levels/,
    ],
    ['a file of brackets', `${GOOD}\nwatch: [${'[],'.repeat(4_000)}]`, /line 8: found more than 11000/],
    ['a file of anchors', `${GOOD}\n${'& '.repeat(12_000)}`, /line 8: found more than 11000/],
    ['a file of errors', `${GOOD}\n]${'"'.repeat(12_000)}`, /line 8: found more than 11000/],
    ['a file of lines', '- a\n'.repeat(12_000), /line 11001: found more than 11000/],
    ['a file of keys', 'a: 1\n'.repeat(12_000), /line 5501: found more than 11000/],
    ['a long file', `a: "${'x'.repeat(500_000)}"`, /found 500005 bytes; keep the file below 500000/],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      /Excessive alias count/,
    ],
    [
      'a misspelt key',
      GOOD.replace('weight', 'wieght'),
      /sources\.one\.wieght, line 4: found an unknown key; known here are kind, enabled, weight/,
    ],
    [
      'a misspelt section',
      `${GOOD}\nconsensu: {}`,
      /consensu, line \d+: found an unknown key; known here are symbols, cycleMs/,
    ],
    [
      'a wrong type',
      GOOD.replace('weight: 2', 'weight: heavy'),
      /sources\.one\.weight, line 4: found "heavy"; expected number/,
    ],
    ['a negative weight', GOOD.replace('weight: 2', 'weight: -1'), /sources\.one\.weight, line 4: found -1/],
    ['a bad symbol', GOOD.replace('AAPL', 'apple'), /symbols\.0, line 2: found "apple"; .* neither a stock/],
    [
      'a currency that is not one',
      GOOD.replace('BTC-USD', 'BTC-USB'),
      /names the quote currency USB; known are USD, USDT/,
    ],
    [
      'a flag of the process for some symbols only',
      `${GOOD}\nflags: { batching: 25% }`,
      /flags\.batching.*found "25%"; write on or off/,
    ],
    [
      'a shadow of a flag of the process',
      `${GOOD}\nflags: { breaker: shadow }`,
      /flags\.breaker.*found "shadow"; write on or off: .*no second decision to compare/,
    ],
    [
      'a shadow of the order of asking',
      `${GOOD}\nflags: { parallelSources: shadow }`,
      /flags\.parallelSources.*found "shadow"; write on, off or a share: .*no second decision/,
    ],
    [
      'a shadow that would have to ask',
      `${GOOD}\nflags: { fallback: shadow }`,
      /flags\.fallback.*found "shadow"; write on, off or a share: .*a shadow asks nobody/,
    ],
    ['a flag for more than all', `${GOOD}\nflags: { changeGate: 250% }`, /write at most 100%/],
    ['a symbol twice', GOOD.replace('BTC-USD', 'AAPL'), /symbols\.1, line 2: found AAPL a second time/],
    [
      'an unknown source',
      GOOD.replace('oracle:', 'orakle:'),
      /sources\.orakle, line \d: found the source kind "orakle"; set kind to one of one, two/,
    ],
    [
      'an unknown analyst',
      GOOD.replace('meanReversion', 'astrology'),
      /sources\.two\.analyst, line 5: found "astrology"; choose one of trend/,
    ],
    [
      'an analyst the source cannot feed',
      GOOD.replace('meanReversion', 'model'),
      /which TWO cannot feed; choose one of trend, meanReversion/,
    ],
    [
      'a missing variable',
      GOOD.replace('TWO_KEY', 'NO_SUCH'),
      /sources\.two\.keys\.apiKey, line 5: found \$\{NO_SUCH\} without a value; set the environment variable NO_SUCH/,
    ],
    ['an empty variable', GOOD.replace('TWO_KEY', 'EMPTY'), /\$\{EMPTY\} without a value/],
    [
      'a missing secret file',
      GOOD.replace('${TWO_KEY}', '${file:/nowhere}'),
      /write the value into the file \/nowhere/,
    ],
    [
      'a reference where it would be stored and shown',
      GOOD.replace('weight: 2', 'baseUrl: "https://one.test/${TWO_KEY}"'),
      /sources\.one\.baseUrl, line 4: found "https:\/\/one\.test\/\$\{TWO_KEY\}"; put a secret under keys/,
    ],
    [
      'an analyst that is only a name of JavaScript',
      GOOD.replace('weight: 2', 'weight: 0, analyst: toString'),
      /sources\.one\.analyst, line 4: found "toString"; choose one of/,
    ],
    [
      'a secret in the file',
      GOOD.replace('${TWO_KEY}', 'k-literal'),
      /sources\.two\.keys\.apiKey, line 5: found a value written into the file/,
    ],
    [
      'a required key left out',
      GOOD.replace('keys: { apiKey: "${TWO_KEY}" }, ', ''),
      /sources\.two\.keys\.apiKey, line 5: found nothing; TWO needs it: write keys: \{ apiKey: \$\{TWO_KEY\} \}/,
    ],
    [
      'an unknown key name',
      GOOD.replace('apiKey:', 'token:'),
      /sources\.two\.keys\.token, line 5: found a key this source does not take; its keys are apiKey/,
    ],
    [
      'an unknown option',
      GOOD.replace('weight: 2', 'options: { fed: sip }'),
      /found an option this source does not take; its options are feed/,
    ],
    [
      'an unreadable limit',
      GOOD.replace('weight: 2', 'limits: [lots]'),
      /sources\.one\.limits\.0, line 4: found "lots"; write requests per window/,
    ],
    [
      'plain http elsewhere',
      GOOD.replace('weight: 2', 'baseUrl: "http://one.test"'),
      /use https; plain http is for loopback/,
    ],
    [
      'credentials in a URL',
      GOOD.replace('weight: 2', 'baseUrl: "https://me:pw@one.test"'),
      /put secrets under keys/,
    ],
    [
      'weights that sum to 0',
      GOOD.replace('weight: 2', 'weight: 0')
        .replace('analyst: meanReversion', 'weight: 0')
        .replace('oracle: {}', 'oracle: { weight: 0 }'),
      /sources.*: found weights that sum to 0 for stock/,
    ],
    [
      'a single price source',
      GOOD.replace('two: {', 'two: { enabled: false,'),
      /watch\.stock: found only one-inc that gives a price of AAPL/,
    ],
    [
      'more operators demanded than there are',
      `${GOOD}\nconsensus: { operatorsMin: 4 }`,
      /consensus\.operatorsMin, line 8: found 4, but only 3 independent operators vote/,
    ],
    [
      'more prices demanded than there are operators with one',
      `${GOOD}\nconsensus: { priceOperatorsMin: 9 }`,
      /lower consensus\.priceOperatorsMin or enable sources of 9 operators/,
    ],
    [
      'a watch source that is not there',
      `${GOOD}\nwatch: { stock: [one, tow] }`,
      /watch\.stock\.1, line 8: found "tow"; name one of one, two, oracle/,
    ],
    [
      'a public address',
      `${GOOD}\nserver: { host: 0.0.0.0 }`,
      /server\.host, line 8: found "0\.0\.0\.0"; use 127\.0\.0\.1/,
    ],
    ['prototype games', `${GOOD}\n__proto__: { polluted: true }`, /__proto__/],
  ])('%s', (_title, text, expected) => {
    const issues = issuesOf(text);
    expect(issues.join('\n')).toMatch(expected);
  });

  test('but ten thousand symbols are no bad file', () => {
    const symbols = Array.from({ length: 10_000 }, (_, index) => `S${index}-USD`);
    expect(readDocument(`symbols: [${symbols.join(', ')}]`)).toMatchObject({ kind: 'ok' });
  });

  test('everything wrong is told at once', () => {
    expect(issuesOf(GOOD.replace('AAPL', 'apple').replace('oracle:', 'orakle:'))).toHaveLength(2);
  });
});
