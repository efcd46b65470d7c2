import { describe, expect, test } from 'vitest';
import { loadConfigText } from '../main.ts';
import { consequences, differences } from './consequences.ts';

const GOOD = `
symbols: [BTC-USD, ETH-USD]
sources:
  coinbase: { weight: 2 }
  kraken: {}
  xai: { keys: { apiKey: "\${KEY}" }, budget: { usdPerDay: 1 }, priceUsdPerCall: 0.02 }
`;

function configOf(text: string, key = 'k1') {
  const loaded = loadConfigText(text, { KEY: key });
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.issues));
  return loaded.config;
}

const running = configOf(GOOD);

describe('what a configuration changes', () => {
  test('is told by path, sources by their ids', () => {
    const next = configOf(
      GOOD.replace('weight: 2', 'weight: 3').replace('  kraken: {}', '  kraken: { ttlMs: 7000 }'),
    );
    expect(consequences(running, next).changes).toEqual([
      { path: 'sources.coinbase.weight', from: '2', to: '3' },
      { path: 'sources.kraken.ttlMs', from: '90000', to: '7000' },
    ]);
  });

  test('is nothing where only the layout differs', () => {
    expect(consequences(running, configOf(`# hello\n${GOOD}`)).changes).toEqual([]);
  });

  test('names a key that is another, and neither of the two', () => {
    const { changes } = consequences(running, configOf(GOOD, 'k2'));
    expect(changes.map(({ path }) => path)).toEqual(['sources.xai.keys.apiKey']);
    expect(JSON.stringify(changes)).not.toMatch(/k1|k2/);
  });

  test('keeps what needs a restart as it was, and says so', () => {
    const next = configOf(
      `${GOOD}\nserver: { port: 9000 }\nledger: { path: other.db }\nflags: { connectionPool: off, batching: off }`,
    );
    const { needRestart, config } = consequences(running, next);
    expect(needRestart).toEqual(['flags.connectionPool', 'ledger.path', 'server.port']);
    expect(config.server).toEqual(running.server);
    expect(config.ledger).toEqual(running.ledger);
    expect(config.flags).toMatchObject({ connectionPool: true, batching: false });
  });

  test('a source that came or went is there with all it says, or gone with it', () => {
    const changes = differences({ sources: [{ id: 'a', weight: 1 }] }, { sources: [{ id: 'b', weight: 2 }] });
    expect(changes).toEqual([
      { path: 'sources.a.weight', from: '1', to: null },
      { path: 'sources.b.weight', from: null, to: '2' },
    ]);
  });
});
