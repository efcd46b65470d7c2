import { expect, test } from 'vitest';
import { catalogueWith } from '../seats.ts';
import { issueLines, loadConfig } from './load.ts';

const AROUND = { env: () => 'secret-of-a-test', file: () => null };
const CATALOGUE = catalogueWith([]);

const load = (sources: string) => loadConfig(`symbols: [BTC-USD]\nsources:\n${sources}`, CATALOGUE, AROUND);

const VOTERS = '  kraken: { backups: [{ source: spare, meaning: equal }] }\n  coinbase: {}\n';

test('a backup that does not vote is taken as declared', () => {
  const loaded = load(`${VOTERS}  spare: { kind: coinbase, weight: 0 }\n`);
  expect(loaded.kind === 'ok' && loaded.config.sources[0]?.backups).toEqual([
    { source: 'spare', meaning: 'equal' },
  ]);
});

test.each([
  ['is not there', VOTERS, /backups\.0\.source, line \d+: found "spare"; name one of kraken, coinbase/],
  [
    'is switched off',
    `${VOTERS}  spare: { kind: coinbase, enabled: false }\n`,
    /set sources\.spare\.enabled: true/,
  ],
  ['votes itself', `${VOTERS}  spare: { kind: coinbase }\n`, /set sources\.spare\.weight: 0: .+ count twice/],
  [
    'cannot be read by the analyst of the voter',
    '  kraken: { backups: [{ source: fear-greed, meaning: weaker }] }\n  coinbase: {}\n  fear-greed: { kind: fear-and-greed, weight: 0 }\n',
    /name a source that gives bars/,
  ],
  [
    'is the voter itself',
    '  kraken: { backups: [{ source: kraken, meaning: equal }] }\n  coinbase: {}\n',
    /none stands in for itself/,
  ],
  [
    'is named twice',
    '  kraken: { backups: [{ source: spare, meaning: equal }, { source: spare, meaning: weaker }] }\n  coinbase: {}\n  spare: { kind: coinbase, weight: 0 }\n',
    /backups\.1\.source.+name each backup once/,
  ],
  [
    'has a voter that does not vote',
    '  kraken: {}\n  coinbase: {}\n  bitstamp: { kind: coinbase, weight: 0, backups: [{ source: spare, meaning: equal }] }\n  spare: { kind: coinbase, weight: 0 }\n',
    /leave it out: bitstamp does not vote/,
  ],
])('a backup is refused that %s', (_, sources, message) => {
  const loaded = load(sources);
  expect(loaded.kind === 'invalid' ? issueLines(loaded.issues).join('\n') : 'accepted').toMatch(message);
});

test.each([
  ['is not there', 'nobody', '', /"nobody"; name one of coinbase/],
  ['is itself', 'kraken', '', /"kraken"; name one of coinbase/],
  ['shares itself', 'coinbase', 'sharesLimitsWith: kraken', /name kraken, whose limits coinbase shares/],
])('limits are not shared with one that %s', (_, owner, ofBinance, message) => {
  const loaded = load(`  kraken: { sharesLimitsWith: ${owner} }\n  coinbase: { ${ofBinance} }\n`);
  expect(loaded.kind === 'invalid' ? issueLines(loaded.issues).join('\n') : 'accepted').toMatch(message);
});

test('the budget of two that share one is written once', () => {
  const loaded = load(
    '  kraken: { sharesLimitsWith: coinbase, budget: { callsPerDay: 5 } }\n  coinbase: { budget: { callsPerDay: 6 } }\n',
  );
  expect(loaded.kind === 'invalid' ? issueLines(loaded.issues).join('\n') : 'accepted').toMatch(
    /leave sources\.kraken\.budget out/,
  );
});
