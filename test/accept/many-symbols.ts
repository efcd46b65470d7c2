import { join } from 'node:path';
import { createLab, type Lab } from '../../lab/lab.ts';
import { GeneratedMarket } from '../../lab/market/generated-market.ts';
import { xnysSession } from '../../lab/market/xnys-session.ts';
import { issueLines, type LoadedConfig, loadConfigText } from '../../src/main.ts';

/** A service on many symbols over providers that fail in turn, for the parts that look at it from outside. */

const DAY_MS = 86_400_000;
const letters = (i: number): string =>
  [676, 26, 1].map((unit) => String.fromCharCode(65 + (Math.floor(i / unit) % 26))).join('');

/** Crypto trades at any hour at which somebody tries this. */
export const symbolsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${letters(i)}-USD`);

/** One in four trades around the clock, the others while New York does. */
export const mixedSymbolsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i % 4 === 0 ? `${letters(i)}-USD` : letters(i)));

export function labOf(symbols: readonly string[], seed: string, startMs: number, seconds: number): Lab {
  const originMs = (Math.floor(startMs / DAY_MS) - 3) * DAY_MS;
  const market = new GeneratedMarket({ seed, instrumentIds: symbols, originMs, stockSession: xnysSession });
  const between = (from: number, to: number) => ({
    fromMs: startMs + from * seconds * 1_000,
    toMs: startMs + to * seconds * 1_000,
  });
  return createLab({
    market,
    seed,
    providers: [
      { id: 'alpaca', latencyMedianMs: 40 },
      {
        id: 'massive',
        latencyMedianMs: 60,
        plan: 'advanced',
        faults: [{ kind: 'error500', ...between(0.2, 0.3) }],
      },
      {
        id: 'coinbase',
        latencyMedianMs: 90,
        faults: [{ kind: 'limit', retryAfterS: 5, ...between(0.4, 0.5) }],
      },
      { id: 'xai', latencyMedianMs: 250, faults: [{ kind: 'hang', ...between(0.6, 0.7) }] },
      { id: 'perplexity', latencyMedianMs: 400, plan: 'tier3' },
    ],
  });
}

/** A configuration over those providers; every key is the value of `KEY`. */
export function configText(
  symbols: readonly string[],
  baseUrls: Readonly<Record<string, string>>,
  folder: string,
): string {
  const source = (id: string, analyst: string, keyNames: readonly string[]) => ({
    [id]: {
      analyst,
      baseUrl: baseUrls[id],
      ...(keyNames.length > 0 && { keys: Object.fromEntries(keyNames.map((name) => [name, '${KEY}'])) }),
      ...(analyst === 'model' && { timeoutMs: 3_000 }),
    },
  });
  return JSON.stringify({
    symbols,
    sources: {
      ...source('alpaca', 'trend', ['keyId', 'secret']),
      ...source('massive', 'momentum', ['apiKey']),
      ...source('coinbase', 'meanReversion', []),
      ...source('xai', 'model', ['apiKey']),
      ...source('perplexity', 'model', ['apiKey']),
    },
    watch: { crypto: ['alpaca', 'massive', 'coinbase'] },
    ledger: { path: join(folder, 'ledger.db') },
    server: { port: 0 },
  });
}

export function loaded(text: string): LoadedConfig {
  const read = loadConfigText(text, { KEY: 'lab-key-of-this-run' });
  if (read.kind === 'invalid') throw new RangeError(issueLines(read.issues).join('\n'));
  return read;
}

/** Samples of one metric, labels as they stand in the text. */
export function samples(text: string, name: string): { labels: Record<string, string>; value: number }[] {
  return [...text.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))].map(
    ([, labels = '', value]) => ({
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', is = '']) => [key, is] as const),
      ),
      value: Number(value),
    }),
  );
}
