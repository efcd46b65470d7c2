import type { AnalystSpec } from '../core/analyst.ts';
import type { Question } from '../core/question.ts';
import { type Endpoint, NO_LIMIT_STATE, type Source } from '../core/source.ts';
import { declareSource } from '../sources/http-json/http-json.ts';
import { type Catalogue, issueLines, loadConfig } from './load.ts';

/** A catalogue of made-up providers, and a file that names them. */

export function endpoint(kind: Question['kind'], assetClass: 'stock' | 'crypto' | 'any'): Endpoint {
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

export function source(id: string, endpoints: Endpoint[], keys: Source['keys'] = {}): Source {
  return {
    id,
    operator: `${id}-inc`,
    title: id.toUpperCase(),
    defaultBaseUrl: `https://${id}.test`,
    keys,
    options: { feed: 'iex', model: 'small' },
    optionChoices: { feed: ['iex', 'sip'] },
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

export const CATALOGUE: Catalogue = {
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

export const AROUND = {
  env: (name: string) => ({ TWO_KEY: 'k-secret-2', EMPTY: '' })[name],
  file: (path: string) =>
    ({
      '/run/secret': 'k-from-file',
      'symbols.txt': '# two of many\nAAPL\nMSFT # and one that is wrong\nBTC_USD',
    })[path] ?? null,
};

export const GOOD = `
symbols: [AAPL, BTC-USD]
sources:
  one: { weight: 2 }
  two: { keys: { apiKey: "\${TWO_KEY}" }, analyst: meanReversion }
  oracle: {}
`;

export function issuesOf(text: string): string[] {
  const loaded = loadConfig(text, CATALOGUE, AROUND);
  return loaded.kind === 'invalid' ? issueLines(loaded.issues) : [];
}

export function loadGood(text: string) {
  const loaded = loadConfig(text, CATALOGUE, AROUND);
  if (loaded.kind === 'invalid') throw new Error(issueLines(loaded.issues).join('\n'));
  return loaded;
}
