import { describe, expect, test } from 'vitest';
import { AROUND, CATALOGUE, endpoint, GOOD, loadGood, source } from './load.testing.ts';
import { issueLines, loadConfig, redactedConfig } from './load.ts';

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

  test('takes symbols from a text as from a list', () => {
    const version = loadGood(GOOD).version;
    const written = (symbols: string) => loadGood(GOOD.replace('[AAPL, BTC-USD]', symbols)).version;
    expect(written('AAPL, BTC-USD')).toBe(version);
    expect(written('"# stocks\\nAAPL\\r\\n\\n# crypto\\n  BTC-USD # the oldest\\n"')).toBe(version);
    const many = Array.from({ length: 100_000 }, (_, index) => `S${String(index).padStart(5, '0')}-USD`);
    const around = { ...AROUND, file: () => many.join('\n') };
    const loaded = loadConfig(GOOD.replace('[AAPL, BTC-USD]', '${file:all.txt}'), CATALOGUE, around);
    expect(loaded.kind === 'ok' && loaded.config.symbols.map(({ id }) => id)).toEqual(many);
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
