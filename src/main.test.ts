import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createService, ledgerPathOf, loadConfigText, type ServiceOptions } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-main-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ENV = { RECORDS: folder };
const withLedger = (path: string): string => `
symbols: [BTC-USD]
sources: { kraken: {}, coinbase: {} }
ledger: { path: "${path}" }
`;

function loaded(text: string) {
  const found = loadConfigText(text, ENV);
  if (found.kind === 'invalid') throw new Error(JSON.stringify(found.issues));
  return found;
}

describe('a configuration', () => {
  test.each(['${RECORDS}/ledger.db', 'plain.db'])(
    'keeps its record at %s for those who write it and for those who read it',
    (path) => {
      const text = withLedger(path);
      expect(ledgerPathOf(text, ENV)).toBe(loaded(text).config.ledger.path);
    },
  );

  test('that names what is no readable file is told so, not answered with an exception', () => {
    const found = loadConfigText(withLedger(`\${file:${folder}}`), ENV);
    expect(found).toMatchObject({ kind: 'invalid', issues: [{ path: 'ledger.path' }] });
  });
});

test('a service that cannot start lets go of its record', async () => {
  const { config, version: configVersion } = loaded(withLedger('${RECORDS}/held.db'));
  const options: ServiceOptions = { config, configVersion, label: { kind: 'LIVE' } };
  const server = { host: '192.0.2.1', port: 0 };
  await expect(createService({ ...options, config: { ...config, server } })).rejects.toThrow(RangeError);
  const service = await createService(options);
  await service.close();
});
