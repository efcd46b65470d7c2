import type { AnalystSpec } from '../core/analyst.ts';
import { type AssetClass, type Instrument, parseInstrument } from '../core/instrument.ts';
import { type Config, type SourceOptions, TTL_MS_DEFAULTS } from '../core/options.ts';
import { endpointFor, type LimitWindow, type Source } from '../core/source.ts';
import type { Path } from './document.ts';
import type { ConfigIssue } from './issue.ts';
import { LIMIT_REMEDY, parseLimit } from './limits.ts';
import type { Catalogue } from './load.ts';
import type { ConfigFile } from './schema.ts';

export type ConfigCompleted =
  | { readonly kind: 'ok'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

type Report = (path: Path, found: string, remedy: string) => void;

/** Fills in what follows from the catalogue, and checks what only makes sense together. */
export function completeConfig(
  file: ConfigFile,
  catalogue: Catalogue,
  lineOf: (path: Path) => number | null,
): ConfigCompleted {
  const issues: ConfigIssue[] = [];
  const report: Report = (path, found, remedy) => {
    issues.push({ path: path.join('.'), line: lineOf(path), found, remedy });
  };
  const symbols = readSymbols(file, report);
  const sources = Object.entries(file.sources).flatMap(([id, entry]) => {
    const source = completeSource(id, entry, catalogue, report);
    return source === null ? [] : [source];
  });
  const config: Config = {
    ...file,
    symbols,
    sources,
    watch: {
      stock: file.watch.stock ?? pricedBy('stock', symbols, sources, catalogue),
      crypto: file.watch.crypto ?? pricedBy('crypto', symbols, sources, catalogue),
    },
  };
  if (issues.length === 0) checkTogether(config, catalogue, report);
  return issues.length === 0 ? { kind: 'ok', config } : { kind: 'invalid', issues };
}

function readSymbols(file: ConfigFile, report: Report): Instrument[] {
  const byId = new Map<string, Instrument>();
  for (const [index, id] of file.symbols.entries()) {
    const parsed = parseInstrument(id);
    if (parsed.kind === 'invalid') report(['symbols', index], JSON.stringify(id), parsed.detail);
    else if (byId.has(id)) report(['symbols', index], `${id} a second time`, 'list each symbol once');
    else byId.set(id, parsed.instrument);
  }
  return [...byId.values()];
}

function completeSource(
  id: string,
  entry: ConfigFile['sources'][string],
  catalogue: Catalogue,
  report: Report,
): SourceOptions | null {
  const at = (...rest: string[]): Path => ['sources', id, ...rest];
  const kind = entry.kind ?? id;
  const source = catalogue.sources[kind];
  if (source === undefined) {
    const known = Object.keys(catalogue.sources).join(', ');
    report(at(), `the source kind "${kind}"`, `set kind to one of ${known}`);
    return null;
  }
  const analystId = entry.analyst ?? defaultAnalyst(source);
  const analyst = catalogue.analysts[analystId];
  if (analyst === undefined) {
    report(at('analyst'), `"${analystId}"`, `choose one of ${Object.keys(catalogue.analysts).join(', ')}`);
    return null;
  }
  const usable = usableAnalysts(source, catalogue);
  if (entry.weight > 0 && !usable.includes(analystId)) {
    report(
      at('analyst'),
      `"${analystId}", which ${source.title} cannot feed`,
      `choose one of ${usable.join(', ')}`,
    );
  }
  checkNames(source, entry, at, report);
  return {
    id,
    kind,
    enabled: entry.enabled,
    weight: entry.weight,
    operator: entry.operator ?? source.operator,
    analyst: analystId,
    baseUrl: readBaseUrl(entry.baseUrl ?? source.defaultBaseUrl, at('baseUrl'), report),
    keys: entry.keys,
    options: { ...source.options, ...entry.options },
    limits: readLimits(entry.limits, at('limits'), report) ?? source.limits,
    priceUsdPerCall: entry.priceUsdPerCall ?? source.priceUsdPerCall,
    timeoutMs: entry.timeoutMs,
    ttlMs: entry.ttlMs ?? TTL_MS_DEFAULTS[analyst.needs],
  };
}

function checkNames(
  source: Source,
  entry: ConfigFile['sources'][string],
  at: (...rest: string[]) => Path,
  report: Report,
): void {
  for (const name of Object.keys(entry.keys)) {
    if (name in source.keys) continue;
    const known = Object.keys(source.keys).join(', ') || 'none: it works without';
    report(at('keys', name), 'a key this source does not take', `its keys are ${known}`);
  }
  for (const name of Object.keys(entry.options)) {
    if (name in source.options) continue;
    const known = Object.keys(source.options).join(', ') || 'none';
    report(at('options', name), 'an option this source does not take', `its options are ${known}`);
  }
  if (!entry.enabled) return;
  for (const [name, { env, required }] of Object.entries(source.keys)) {
    if (!required || name in entry.keys) continue;
    const line = `keys: { ${name}: \${${env}} }`;
    report(at('keys', name), 'nothing', `${source.title} needs it: write ${line}, or set enabled: false`);
  }
}

/** What a source is best read by, when the file does not say. */
function defaultAnalyst(source: Source): string {
  const kinds = new Set(source.endpoints.map(({ kind }) => kind));
  if (kinds.has('stance')) return 'model';
  if (kinds.has('bars')) return 'trend';
  return kinds.has('rating') ? 'ratings' : 'gauge';
}

function usableAnalysts(source: Source, { analysts }: Catalogue): string[] {
  const kinds = new Set<AnalystSpec['needs'] | 'market'>(source.endpoints.map(({ kind }) => kind));
  return Object.values(analysts)
    .filter(({ needs }) => kinds.has(needs))
    .map(({ id }) => id);
}

function readBaseUrl(text: string, path: Path, report: Report): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url === null) report(path, JSON.stringify(text), 'write an absolute URL');
  else if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    report(path, `${url.protocol}//${url.hostname}`, 'use https; plain http is for loopback addresses only');
  } else if (url.username !== '' || url.password !== '' || url.search !== '') {
    report(path, 'credentials or a query in the URL', 'put secrets under keys');
  }
  return text.replace(/\/+$/, '');
}

function readLimits(texts: readonly string[] | undefined, path: Path, report: Report): LimitWindow[] | null {
  if (texts === undefined) return null;
  return texts.flatMap((text, index) => {
    const limit = parseLimit(text);
    if (limit === null) report([...path, index], JSON.stringify(text), LIMIT_REMEDY);
    return limit === null ? [] : [limit];
  });
}

/** Enabled sources with a price for some configured symbol of the class, in the file's order. */
function pricedBy(
  assetClass: AssetClass,
  symbols: readonly Instrument[],
  sources: readonly SourceOptions[],
  { sources: kinds }: Catalogue,
): string[] {
  return sources
    .filter(({ enabled, kind }) => {
      const source = kinds[kind];
      return (
        enabled &&
        source !== undefined &&
        symbols.some(
          (symbol) => symbol.assetClass === assetClass && endpointFor(source, 'market', symbol) !== null,
        )
      );
    })
    .map(({ id }) => id);
}

function checkTogether(config: Config, catalogue: Catalogue, report: Report): void {
  for (const assetClass of ['stock', 'crypto'] as const) {
    const symbols = config.symbols.filter((symbol) => symbol.assetClass === assetClass);
    if (symbols.length === 0) continue;
    checkWatch(config, assetClass, symbols, catalogue, report);
    checkVoters(config, assetClass, symbols, catalogue, report);
  }
  if (!['127.0.0.1', 'localhost', '::1'].includes(config.server.host)) {
    report(
      ['server', 'host'],
      `"${config.server.host}"`,
      'use 127.0.0.1, localhost or ::1: the API has no access control, so it is served on this machine only',
    );
  }
}

function checkWatch(
  config: Config,
  assetClass: AssetClass,
  symbols: readonly Instrument[],
  { sources: kinds }: Catalogue,
  report: Report,
): void {
  const path: Path = ['watch', assetClass];
  const watchers = config.watch[assetClass].flatMap((id, index) => {
    const options = config.sources.find((source) => source.id === id);
    if (options !== undefined) return options.enabled ? [options] : [];
    report(
      [...path, index],
      `"${id}"`,
      `name one of ${config.sources.map((source) => source.id).join(', ')}`,
    );
    return [];
  });
  for (const symbol of symbols) {
    const operators = new Set(
      watchers
        .filter(({ kind }) => {
          const source = kinds[kind];
          return source !== undefined && endpointFor(source, 'market', symbol) !== null;
        })
        .map(({ operator }) => operator),
    );
    if (operators.size >= 2) continue;
    report(
      path,
      `${operators.size === 0 ? 'no operator' : `only ${[...operators].join()}`} that gives a price of ${symbol.id}`,
      'enable sources of at least two operators with a price: one price must confirm the other',
    );
  }
}

function checkVoters(
  config: Config,
  assetClass: AssetClass,
  symbols: readonly Instrument[],
  { sources: kinds, analysts }: Catalogue,
  report: Report,
): void {
  const voters = config.sources.filter(({ enabled, weight, kind, analyst }) => {
    const source = kinds[kind];
    const needs = analysts[analyst]?.needs;
    return (
      enabled &&
      weight > 0 &&
      source !== undefined &&
      needs !== undefined &&
      symbols.some((symbol) => endpointFor(source, needs, symbol) !== null)
    );
  });
  if (voters.length === 0) {
    report(
      ['sources'],
      `weights that sum to 0 for ${assetClass}`,
      'give at least one source a weight above 0',
    );
    return;
  }
  const operators = new Set(voters.map(({ operator }) => operator));
  const { operatorsMin } = config.consensus;
  if (operators.size >= operatorsMin) return;
  report(
    ['consensus', 'operatorsMin'],
    `${operatorsMin}, but only ${operators.size} independent operators vote on ${assetClass} (${[...operators].join(', ')})`,
    'lower it or enable sources of other operators',
  );
}
