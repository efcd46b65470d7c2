import { describe, expect, test } from 'vitest';
import { loadConfigText, loadProfile, PROFILES, planConfigured } from '../main.ts';
import { durationText, planLines, planRows, planTitle, uncountedLines, uncountedOf } from './plan-text.ts';

const NOVEMBER = { year: 2026, month: 11 };
const ENV = new Proxy({}, { get: () => 'unset' });

function planOf(text: string) {
  const loaded = loadConfigText(text, ENV);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
  return planConfigured(loaded.config, NOVEMBER);
}

const withSources = (sources: string): string => `
symbols: [AAPL, NVDA, TSLA, MSFT]
watch: { stock: [alpaca, yahoo] }
sources:
  alpaca: { keys: { keyId: "\${A}", secret: "\${B}" } }
  yahoo: {}
  ${sources}
`;

describe('the words of a plan', () => {
  test('a free plan of 25 calls a day is said to be too little, with what it gives and what would fit', () => {
    const lines = planLines(
      planOf(withSources('alpha-vantage: { analyst: gauge, keys: { apiKey: "${C}" } }')),
    );
    expect(lines).toContain(
      'alpha-vantage: 25 calls a day for 4 symbols = one look per symbol every 63 min of session. The wish list cannot be met: it wants 104 of 25. Its opinions grow old first; ttlMs: 3900000 (65 min) is the shortest that fits.',
    );
  });

  test('what only the bill tells is said so, and an assumed price makes it a range', () => {
    const model = (price: string): string => `xai: { analyst: model, ${price} keys: { apiKey: "\${C}" } }`;
    const billed = planLines(planOf(withSources(model(''))));
    expect(billed.some((line) => line.startsWith('xai: as billed.'))).toBe(true);
    // One prompt for four symbols every 5 min of 390: 78 a day; one by one 312. 508 x 3 rounds in the month.
    const assumed = planLines(planOf(withSources(model('priceUsdPerCall: 0.01,'))));
    expect(assumed).toContain(
      'xai: $0.01 a call makes $0 / $0.78 / $3.12 a day, $0 / $15.24 / $60.96 a month.',
    );
    expect(assumed.some((line) => line.includes('as billed'))).toBe(false);
  });

  test('prices beyond their limit name what to change', () => {
    const text = withSources('')
      .replace('yahoo: {}', 'yahoo: { limits: [10/h] }')
      .replace('[alpaca, yahoo]', '[yahoo, alpaca]');
    const line = planLines(planOf(text)).find((found) => found.startsWith('yahoo:'));
    // In an hour: 4 symbols x 720 prices and 4 x 60 bars = 3,120 of 10; 5 s x 312 = 26 min.
    expect(line).toContain(
      '10 calls an hour for 4 symbols = one price per symbol every 26 min of session, not every 5 s. The wish list cannot be met: it wants 3,120 of 10.',
    );
  });

  test('the title says what was counted', () => {
    expect(planTitle(planOf(withSources('')))).toBe(
      '2026-11, a cycle every 5 s; stocks trade 20 days (127.0 h), crypto always',
    );
  });
});

describe.each(PROFILES)('the profile %s', (name) => {
  const loaded = loadProfile(name, ENV);
  if (loaded.kind !== 'ok') throw new Error(`profile ${name} cannot be used`);
  const plan = planConfigured(loaded.config, NOVEMBER);

  test('has a plan, whose wish list its limits meet', () => {
    expect(planRows(plan).length).toBeGreaterThan(plan.sources.length / 2);
    expect(plan.sources.filter(({ verdict }) => verdict === 'cannotBeMet')).toEqual([]);
    expect(planLines(plan).filter((line) => /NaN|Infinity|undefined/.test(line))).toEqual([]);
  });

  test('has a plan that programs can read', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

test.each([
  { ms: 62.4 * 60_000, text: '63 min' },
  { ms: 5_000, text: '5 s' },
  { ms: 119_001, text: '120 s' },
  { ms: 600 * 60_000, text: '10 h' },
  { ms: 4 * 86_400_000, text: '4 days' },
])('$ms ms are told as $text', ({ ms, text }) => {
  expect(durationText(ms)).toBe(text);
});

describe('what a plan does not count is said', () => {
  const uncounted = (text: string) => {
    const loaded = loadConfigText(text, ENV);
    if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
    return uncountedOf(planConfigured(loaded.config, NOVEMBER), loaded.config);
  };
  const twoSymbols = (more: string): string =>
    `symbols: [AAPL, BTC-USD]\nsources: { alpaca: { keys: { keyId: "\${A}", secret: "\${B}" }, backups: [{ source: coinbase, meaning: equal }] }, yahoo: {}, kraken: {}, coinbase: { weight: 0 } }\n${more}`;

  test('audits by their share of the decisions of the month, backups by name', () => {
    // Every 5 s: 127 h of stocks make 91,440 decisions, 720 h of crypto 518,400.
    const found = uncounted(twoSymbols('planner: { auditShare: 0.001 }'));
    expect(found.audits).toBeCloseTo(609.84, 6);
    expect(found.backups).toEqual(['alpaca: coinbase']);
    const lines = uncountedLines(found);
    expect(lines[0]).toMatch(
      /^not counted: audits: 610 in the month \(planner\.auditShare\), each up to 2 calls/,
    );
    expect(lines[1]).toMatch(/^not counted: backups \(alpaca: coinbase\)/);
  });

  test.each([
    ['no share', 'planner: { auditShare: 0 }'],
    ['nothing that could differ', 'flags: { changeGate: off, decidedVote: off, opinionReuse: off }'],
  ])('no audits with %s', (_, more) => {
    expect(uncounted(twoSymbols(more)).audits).toBe(0);
  });

  test('no backups where none is asked, and then no line', () => {
    const found = uncounted(twoSymbols('flags: { fallback: off }\nplanner: { auditShare: 0 }'));
    expect(uncountedLines(found)).toEqual([]);
  });
});
