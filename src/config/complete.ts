import type { AnalystSpec } from '../core/analyst.ts';
import { SCORE_TTL_MS_DEFAULT } from '../core/http-json.ts';
import { type AssetClass, type Instrument, parseInstrument } from '../core/instrument.ts';
import {
  type BudgetOptions,
  type Config,
  type Flags,
  SHADOW_FLAGS,
  SOURCE_DEFAULTS,
  type SourceOptions,
  TTL_MS_DEFAULTS,
} from '../core/options.ts';
import { endpointFor, type LimitWindow, type Source } from '../core/source.ts';
import type { Path } from './document.ts';
import type { ConfigIssue, Report } from './issue.ts';
import { checkKeysAndOptions } from './keys-and-options.ts';
import { LIMIT_REMEDY, parseLimit } from './limits.ts';
import type { Catalogue } from './load.ts';
import { type Provider, providerOf } from './provider.ts';
import type { ConfigFile } from './schema.ts';
import { checkTogether } from './together.ts';

export type ConfigCompleted =
  | { readonly kind: 'ok'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

/** A configured source with the provider it speaks to. */
export type Seat = { readonly options: SourceOptions; readonly source: Source };

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
  for (const [index, id] of file.planner.pinned.entries()) {
    if (!symbols.some((symbol) => symbol.id === id))
      report(['planner', 'pinned', index], JSON.stringify(id), 'name one of the symbols');
  }
  const seats = Object.entries(file.sources).flatMap(([id, entry]) => {
    const seat = completeSource(id, entry, catalogue, report);
    return seat === null ? [] : [seat];
  });
  const config: Config = {
    ...file,
    ...flagsOf(file),
    symbols,
    sources: seats.map(({ options }) => options),
    watch: {
      stock: file.watch.stock ?? pricedBy('stock', symbols, seats),
      crypto: file.watch.crypto ?? pricedBy('crypto', symbols, seats),
    },
  };
  if (issues.length === 0) checkTogether(config, seats, catalogue, report);
  return issues.length === 0 ? { kind: 'ok', config } : { kind: 'invalid', issues };
}

/** A flag that is on for some symbols is on; for how many, the rollout says. One that is a shadow is off. */
function flagsOf({ flags: levels }: ConfigFile): Pick<Config, 'flags' | 'rollout' | 'shadow'> {
  const on = Object.entries(levels).map(([flag, level]) => [flag, level !== false && level !== 'shadow']);
  const shares = Object.entries(levels).filter(([, level]) => typeof level === 'number');
  const shadow = SHADOW_FLAGS.filter((flag) => levels[flag] === 'shadow');
  return {
    flags: Object.fromEntries(on) as Flags,
    ...(shares.length > 0 && { rollout: Object.fromEntries(shares) }),
    ...(shadow.length > 0 && { shadow }),
  };
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
): Seat | null {
  const at = (...rest: string[]): Path => ['sources', id, ...rest];
  const provider = providerOf(id, entry, catalogue, report);
  if (provider === null) return null;
  const { kind, source, http } = provider;
  const analystId = entry.analyst ?? defaultAnalyst(source);
  const analyst = Object.hasOwn(catalogue.analysts, analystId) ? catalogue.analysts[analystId] : undefined;
  if (analyst === undefined) {
    report(at('analyst'), `"${analystId}"`, `choose one of ${Object.keys(catalogue.analysts).join(', ')}`);
    return null;
  }
  const usable = usableAnalysts(source, catalogue);
  const weight = entry.weight ?? (usable.length === 0 ? 0 : SOURCE_DEFAULTS.weight);
  if (weight > 0) checkVoice(source, { weight, analystId, usable }, at, report);
  checkKeysAndOptions(provider, entry, at, report);
  const priceUsdPerCall = entry.priceUsdPerCall ?? source.priceUsdPerCall;
  const options: SourceOptions = {
    id,
    kind,
    enabled: entry.enabled,
    weight,
    operator: entry.operator ?? source.operator,
    analyst: analystId,
    baseUrl: readBaseUrl(entry.baseUrl ?? source.defaultBaseUrl, at('baseUrl'), report),
    keys: entry.keys,
    options: { ...source.options, ...entry.options },
    limits: readLimits(entry.limits, at('limits'), report) ?? source.limits,
    priceUsdPerCall,
    budget: readBudget(entry.budget, priceUsdPerCall, at, report),
    concurrency: entry.concurrency ?? SOURCE_DEFAULTS.concurrency,
    timeoutMs: entry.timeoutMs,
    ttlMs: entry.ttlMs ?? defaultTtlMs(provider, analyst),
    nearTtlMs: entry.nearTtlMs ?? SOURCE_DEFAULTS.nearTtlMs,
    untilNextBar: entry.untilNextBar,
    backups: entry.backups,
    sharesLimitsWith: entry.sharesLimitsWith ?? SOURCE_DEFAULTS.sharesLimitsWith,
    ...(http === null ? {} : { http }),
  };
  return { options, source };
}

/** What votes gives something that its analyst can read. */
function checkVoice(
  { title }: Source,
  { weight, analystId, usable }: { weight: number; analystId: string; usable: readonly string[] },
  at: (...rest: string[]) => Path,
  report: Report,
): void {
  if (usable.length === 0) {
    const found = `${weight}, but ${title} gives prices only`;
    report(at('weight'), found, 'write weight: 0, so that it watches and does not vote');
  } else if (!usable.includes(analystId)) {
    report(at('analyst'), `"${analystId}", which ${title} cannot feed`, `choose one of ${usable.join(', ')}`);
  }
}

function defaultTtlMs({ http }: Provider, { needs }: AnalystSpec): number {
  return http?.answer.value.kind === 'score' ? SCORE_TTL_MS_DEFAULT : TTL_MS_DEFAULTS[needs];
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

function readBudget(
  entry: ConfigFile['sources'][string]['budget'],
  priceUsdPerCall: number | null,
  at: (...rest: string[]) => Path,
  report: Report,
): BudgetOptions | null {
  if (entry === undefined) return SOURCE_DEFAULTS.budget;
  const { usdPerDay = null, usdPerMonth = null, callsPerDay = null, callsPerMonth = null } = entry;
  if (priceUsdPerCall === null && (usdPerDay !== null || usdPerMonth !== null)) {
    const remedy = 'write priceUsdPerCall, the most that one call may cost: so much is set aside before each';
    report(at('budget'), 'a budget in dollars for a source whose price only the bill tells', remedy);
  }
  return { usdPerDay, usdPerMonth, callsPerDay, callsPerMonth };
}

/** Enabled sources with a price for some configured symbol of the class, in the file's order. */
function pricedBy(assetClass: AssetClass, symbols: readonly Instrument[], seats: readonly Seat[]): string[] {
  const ofClass = symbols.filter((symbol) => symbol.assetClass === assetClass);
  return seats
    .filter(
      ({ options, source }) =>
        options.enabled && ofClass.some((symbol) => endpointFor(source, 'market', symbol) !== null),
    )
    .map(({ options }) => options.id);
}
