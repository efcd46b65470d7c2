import { describe, expect, test } from 'vitest';
import { loadConfigText } from './main.ts';
import type { Logger } from './platform/logger.ts';
import { Redactor } from './platform/redactor.ts';
import { Reload } from './reload.ts';
import type { Accepted } from './running-engine.ts';
import { secretsOf } from './seats.ts';

const fileWith = (key: string, rest = ''): string => `
symbols: [BTC-USD]
sources:
  coinbase: {}
  kraken: {}
  xai: { keys: { apiKey: "\${${key}}" }, priceUsdPerCall: 0.02 }
${rest}`;
const ENV = { OLD: 'old-secret', NEW: 'new-secret' };

/** A reload of a service that was started with `OLD` and on a port of its own; what it does is written down. */
function stage(port = 8137) {
  const load = (text: string) => loadConfigText(text, ENV);
  const started = load(fileWith('OLD'));
  if (started.kind === 'invalid') throw new Error('usable');
  const config = { ...started.config, server: { ...started.config.server, port } };
  const redactor = new Redactor(secretsOf(config));
  const done: string[] = [];
  const accepted: Accepted[] = [];
  const line = (fields: Readonly<Record<string, unknown>>) => void done.push(JSON.stringify(fields));
  const log: Logger = {
    debug: line,
    info: () => {},
    warn: line,
    error: line,
    each: { debug: line, info: line },
    shows: () => true,
    setLevel: (level) => void done.push(`level ${level}`),
    close: () => {},
  };
  const running = {
    adopt: (next: Accepted, onAdopted: () => void) => {
      accepted.push(next);
      onAdopted();
    },
    live: { fileRefused: (why: string | null) => void (why !== null && done.push(why)) },
  };
  const metrics = { reload: (outcome: string) => void done.push(outcome) };
  const known = [started.version];
  const reload = new Reload({ path: 'sextant.yaml', config, known, load, running, redactor, log, metrics });
  const take = (text: string | null): void => reload.take({ text, files: {} });
  take(fileWith('OLD'));
  return { take, done, accepted, redactor };
}

describe('a configuration file that changed', () => {
  test('and says what runs already changes nothing, wherever the service was told to listen', () => {
    const { done, accepted } = stage(9_999);
    expect(accepted).toEqual([]);
    expect(done).toEqual(['usable']);
  });

  test('brings new secrets that are struck out, as the old ones still are', () => {
    const { take, accepted, redactor } = stage();
    expect(redactor.redact('old-secret new-secret')).toBe('*** new-secret');
    take(fileWith('NEW'));
    expect(redactor.redact('old-secret new-secret')).toBe('*** ***');
    expect(accepted[0]?.config.sources.at(-1)?.keys).toEqual({ apiKey: 'new-secret' });
  });

  test('is logged at the level that it sets', () => {
    const { take, done, accepted } = stage();
    take(fileWith('OLD', 'log: { level: debug }'));
    expect(done).toEqual(['usable', 'usable', 'level debug', 'adopted']);
    expect(accepted[0]).toMatchObject({ how: 'reload', text: fileWith('OLD', 'log: { level: debug }') });
  });

  test('says what needs a restart, and keeps it as it was', () => {
    const { take, done, accepted } = stage(9_999);
    take(fileWith('OLD', 'server: { port: 80 }\ncycleMs: 7000'));
    expect(done[2]).toContain('"needRestart":["server.port"]');
    expect(accepted[0]?.config).toMatchObject({ cycleMs: 7_000, server: { port: 9_999 } });
  });

  test('and is gone, or cannot be used, is told', () => {
    const { take, done, accepted } = stage();
    take(null);
    expect(done[1]).toMatch(/sextant\.yaml is not used, .*: the file: found no file; put it back/);
    take(fileWith('GONE', 'cycles: 3'));
    expect(done.at(-1)).toMatch(/sources\.xai\.keys\.apiKey, line 6: found \$\{GONE\} without a value/);
    expect(accepted).toEqual([]);
  });
});
