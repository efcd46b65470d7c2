import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { issueText } from '../../src/index.ts';
import { readScenario, type ScenarioRead } from './scenario.ts';

const SHORT = readFileSync(join(import.meta.dirname, '../../scenarios/short.yaml'), 'utf8');

const noBars = (name: string): string => `there is no file ${name}`;

function read(text: string, overrides: { seed?: string; days?: number } = {}): ScenarioRead {
  return readScenario(text, { readBars: noBars, ...overrides });
}

function issuesOf(text: string): string {
  const found = read(text);
  return found.kind === 'ok' ? '' : found.issues.map(issueText).join('\n');
}

/** Of the short scenario: the profile's slots lie two seconds after the full five. */
const FIRST_SLOT_AT_MS = Date.UTC(2026, 0, 15, 14, 30, 2);

/** The short scenario with one line of the given key replaced. */
function withLine(key: string, line: string): string {
  return SHORT.replace(new RegExp(`^${key}:.*$`, 'm'), line);
}

describe('a scenario', () => {
  test('names a profile, and its providers play with the plans and latencies of the file', () => {
    const found = read(SHORT, { seed: 'other', days: 2 });
    if (found.kind === 'invalid') throw new Error(issuesOf(SHORT));
    const { scenario } = found;
    expect(scenario.config.symbols).toHaveLength(6);
    expect(scenario).toMatchObject({ seed: 'other', days: 2, startAtMs: FIRST_SLOT_AT_MS });
    expect(scenario.providers[1]).toMatchObject({ id: 'massive', latencyMedianMs: 60, plan: 'advanced' });
  });

  test('may hold its own configuration, with flags and a cycle of its own beside it', () => {
    const text = withLine(
      'profile',
      [
        'config:',
        '  symbols: [BTC-USD]',
        '  flags: { batching: false }',
        '  sources: { coinbase: {}, kraken: {} }',
        'cycleMs: 60000',
        'flags: { changeGate: false }',
      ].join('\n'),
    ).replace(/^providers:[\s\S]*$/m, '');
    const found = read(text);
    if (found.kind === 'invalid') throw new Error(issuesOf(text));
    const { config, providers } = found.scenario;
    expect(config).toMatchObject({ cycleMs: 60_000, flags: { batching: false, changeGate: false } });
    expect(config.flags.decidedVote).toBe(true);
    expect(providers.map(({ id }) => id)).toEqual(['coinbase', 'kraken']);
  });

  test('counts its faults from its start, in minutes', () => {
    const fault = 'faults: [{ kind: stale, fromMinute: 10, toMinute: 12.5, symbols: [AAPL] }]';
    const found = read(SHORT.replace('alpaca: { ', `alpaca: { ${fault}, `));
    if (found.kind === 'invalid') throw new Error('invalid');
    const startMs = FIRST_SLOT_AT_MS;
    expect(found.scenario.providers[0]?.faults).toEqual([
      { kind: 'stale', fromMs: startMs + 600_000, toMs: startMs + 750_000, instrumentIds: ['AAPL'] },
    ]);
  });

  test.each([
    ['a missing key', withLine('start', ''), /start: found nothing/],
    [
      'a misspelt key',
      withLine('seed', 'sead: x'),
      /sead, line 3: found an unknown key; known here are .*seed/,
    ],
    ['a day without an hour', withLine('start', 'start: 2026-01-15'), /start, line 4: found "2026-01-15"/],
    ['no time at all', withLine('days', 'days: 0'), /days, line 5: found 0/],
    [
      'an unknown profile',
      withLine('profile', 'profile: gold'),
      /profile, line 6: found "gold"; .*reference/,
    ],
    ['nothing to run', withLine('profile', ''), /neither profile nor config/],
    ['an unknown flag', `${SHORT}\nflags: { magic: true }\n`, /flags\.magic, line \d+: found an unknown key/],
    ['a provider that is no source', SHORT.replace('  xai:', '  xia:'), /providers\.xia, line 14: .*xai/],
    [
      'a plan nobody sells',
      SHORT.replace('tier3', 'tier9'),
      /perplexity\.plan, line 15: found "tier9"; .*tier3/,
    ],
    [
      'a fault without its figure',
      SHORT.replace('alpaca: { ', 'alpaca: { faults: [{ kind: slow }], '),
      /providers\.alpaca\.faults\.0\.factor/,
    ],
    [
      'bars that are not there',
      withLine('market', 'market: { bars: [AAPL.csv] }'),
      /market\.bars\.0, line 7: found there is no file AAPL\.csv/,
    ],
    [
      'a mistake in its configuration',
      withLine('profile', 'config: { symbols: [AAPL], sources: { alpaka: {} } }'),
      /config\.sources\.alpaka, line 6: found the source kind "alpaka"/,
    ],
    ['no YAML', 'title: [', /mend the YAML there/],
  ])('with %s is refused with place, finding and remedy', (_, text, message) => {
    expect(issuesOf(text)).toMatch(message);
  });

  test('on recorded bars needs bars of every symbol', () => {
    const bars = 'ts,open,high,low,close,volume\n1768487400000,1,1,1,1,1\n1768487460000,1,1,1,1,1\n';
    const text = withLine('market', 'market: { bars: [AAPL.csv] }');
    const found = readScenario(text, { readBars: (name) => ({ name, text: bars }) });
    const missing = found.kind === 'invalid' ? found.issues.map(({ found: what }) => what) : [];
    expect(missing).toEqual(['NVDA', 'TSLA', 'MSFT', 'BTC-USD', 'ETH-USD'].map((id) => `no bars of ${id}`));
  });
});

describe('the ready-made scenarios', () => {
  test.each(['short', 'reference', 'free', 'swarm', 'swarm-dense'])('%s can be run', (name) => {
    const text = readFileSync(join(import.meta.dirname, `../../scenarios/${name}.yaml`), 'utf8');
    expect(issuesOf(text)).toBe('');
  });
});
