import { describe, expect, test } from 'vitest';
import { readDocument } from './document.ts';
import { GOOD, issuesOf } from './load.testing.ts';

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
    [
      'an alias inside what it stands for',
      'symbols: [AAPL]\nsources: &all\n  one: *all\n',
      /the file: found an alias inside what it stands for; write the values out/,
    ],
    [
      'a list where a mapping belongs',
      'symbols: [AAPL]\nsources: [one]',
      /sources, line 2: .*expected a mapping/,
    ],
    [
      'a text where a list belongs',
      `${GOOD}\nplanner: { pinned: AAPL }`,
      /planner\.pinned, line 8: .*expected a list/,
    ],
    [
      'a wrong symbol in a list of its own',
      GOOD.replace('[AAPL, BTC-USD]', '${file:symbols.txt}'),
      /symbols\.2, line 2: found "BTC_USD"/,
    ],
    ['an empty list of symbols', GOOD.replace('[AAPL, BTC-USD]', '" # none "'), /symbols, line 2: .*>=1/],
    [
      'a source without anything',
      GOOD.replace('{ weight: 2 }', ''),
      /sources\.one, line 4: found null; expected a mapping; \{\} leaves everything/,
    ],
    [
      'no number at all',
      GOOD.replace('weight: 2', 'weight: .inf'),
      /sources\.one\.weight, line 4: found Infinity/,
    ],
    [
      'a source in capitals',
      GOOD.replace('one:', 'One:'),
      /sources\.One, line 4: .*name a source in lower-case/,
    ],
    [
      'an option that no source of its kind has',
      GOOD.replace('weight: 2', 'options: { fed: iex }'),
      /sources\.one\.options\.fed, line 4: found an option .*; its options are feed, model/,
    ],
    [
      'an option that says what is not allowed',
      GOOD.replace('weight: 2', 'options: { feed: spi }'),
      /sources\.one\.options\.feed, line 4: found "spi"; choose one of iex, sip$/,
    ],
    [
      'an option that says nothing',
      GOOD.replace('weight: 2', 'options: { model: " " }'),
      /sources\.one\.options\.model, line 4: found " "; leave it out for small, or write another/,
    ],
    [
      'an option that is a number',
      GOOD.replace('weight: 2', 'options: { model: 4 }'),
      /sources\.one\.options\.model, line 4: found 4; expected text: put it into quotes, "4"$/,
    ],
    ['a long file', `a: "${'x'.repeat(1_500_000)}"`, /found 1500005 bytes; keep the file below 1500000/],
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

  test('a number that breaks two bounds is told once', () => {
    expect(issuesOf(`${GOOD}\ncycleMs: 1e99`)).toHaveLength(1);
  });

  test('everything wrong is told at once', () => {
    expect(issuesOf(GOOD.replace('AAPL', 'apple').replace('oracle:', 'orakle:'))).toHaveLength(2);
  });
});
