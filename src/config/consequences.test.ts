import { describe, expect, it } from 'vitest';
import { ANALYSTS } from '../analysts/catalogue.ts';
import type { Config } from '../core/options.ts';
import { SOURCES } from '../sources/catalogue.ts';
import { declareSource } from '../sources/http-json/http-json.ts';
import { consequences } from './consequences.ts';
import { loadConfig } from './load.ts';

const CATALOGUE = { declare: declareSource, sources: SOURCES, analysts: ANALYSTS };

type Parts = {
  readonly port?: number;
  readonly path?: string;
  readonly key?: string;
  readonly more?: string;
};

function configOf({ port = 8080, path = 'a.db', key = 'key-one', more = '' }: Parts): Config {
  const text = `
symbols: [BTC-USD]
server: { port: ${port} }
ledger: { path: ${path} }
sources:
  coinbase: { analyst: trend }
  kraken: { analyst: momentum }
  alpha-vantage: { analyst: gauge, keys: { apiKey: "\${KEY}" } }
${more}`;
  const loaded = loadConfig(text, CATALOGUE, {
    env: (name) => (name === 'KEY' ? key : undefined),
    file: () => null,
  });
  if (loaded.kind !== 'ok') throw new Error(JSON.stringify(loaded.issues));
  return loaded.config;
}

describe('the consequences of a changed configuration', () => {
  it('are none where nothing changed', () => {
    expect(consequences(configOf({}), configOf({}))).toMatchObject({ changes: [], needRestart: [] });
  });

  it('a bound address and the record stay as they run, and are named as waiting for a restart', () => {
    const running = configOf({});
    const { needRestart, config, changes } = consequences(running, configOf({ port: 9090, path: 'b.db' }));
    expect(needRestart).toEqual(['ledger.path', 'server.port']);
    expect(changes.map(({ path: at, from, to }) => `${at} ${from} ${to}`)).toEqual([
      'ledger.path "a.db" "b.db"',
      'server.port 8080 9090',
    ]);
    expect(config.server).toEqual(running.server);
    expect(config.ledger).toEqual(running.ledger);
  });

  it('what else changed is what runs next', () => {
    const next = configOf({ more: 'cycleMs: 60000' });
    const { needRestart, config } = consequences(configOf({}), next);
    expect(needRestart).toEqual([]);
    expect(config.cycleMs).toBe(60_000);
  });

  it('a changed key is named, and neither the old nor the new one shown', () => {
    const { changes, config } = consequences(configOf({}), configOf({ key: 'key-two' }));
    expect(changes.map(({ path: at }) => at)).toEqual(['sources.alpha-vantage.keys.apiKey']);
    expect(JSON.stringify(changes)).not.toMatch(/key-(one|two)/);
    expect(config.sources.find(({ id }) => id === 'alpha-vantage')?.keys.apiKey).toBe('key-two');
  });
});
