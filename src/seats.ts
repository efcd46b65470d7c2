import { ANALYSTS } from './analysts/catalogue.ts';
import type { Catalogue } from './config/load.ts';
import type { Config, SourceOptions } from './core/options.ts';
import type { Source } from './core/source.ts';
import { SOURCES } from './sources/catalogue.ts';
import { declareSource, httpJsonSource } from './sources/http-json/http-json.ts';
import type { Seat } from './turn/desk.ts';

/** Which provider and which analyst a configured source means. `own` are sources that did not come with Sextant. */

/** What may be named in a file; a source of one's own comes before one of the same name. */
export function catalogueWith(own: readonly Source[]): Catalogue {
  const sources = { ...SOURCES, ...Object.fromEntries(own.map((source) => [source.id, source])) };
  return { sources, declare: declareSource, analysts: ANALYSTS };
}

export function seatsOf(config: Config, own: readonly Source[] = []): Seat[] {
  return config.sources.flatMap((options) => {
    const source = sourceOf(options, own);
    const analyst = ANALYSTS[options.analyst];
    return source === undefined || analyst === undefined ? [] : [{ options, source, analyst }];
  });
}

function sourceOf({ kind, http }: SourceOptions, own: readonly Source[]): Source | undefined {
  if (http !== undefined) return httpJsonSource(http);
  return own.find(({ id }) => id === kind) ?? SOURCES[kind];
}

/** What must be struck out of everything that is logged, stored or shown. */
export function secretsOf(config: Config): string[] {
  return config.sources.flatMap(({ keys }) => Object.values(keys));
}

export type SourceDescription = {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly enabled: boolean;
  readonly operator: string;
  readonly analyst: string;
  /** Of the weight of all enabled sources, 0..1; who may vote on a symbol shares it out anew. */
  readonly weightShare: number;
  readonly gives: readonly string[];
  readonly limits: readonly string[];
  readonly priceUsdPerCall: number | null;
};

/** What is configured, in the file's order, in words and figures for people. */
export function describeSources(config: Config, own: readonly Source[] = []): SourceDescription[] {
  const total = config.sources.reduce((sum, { enabled, weight }) => sum + (enabled ? weight : 0), 0);
  return seatsOf(config, own).map(({ options, source }) => ({
    id: options.id,
    kind: options.kind,
    title: source.title,
    enabled: options.enabled,
    operator: options.operator,
    analyst: options.analyst,
    weightShare: options.enabled && total > 0 ? options.weight / total : 0,
    gives: [...new Set(source.endpoints.map(({ kind }) => kind))],
    limits: options.limits.map(
      ({ max, windowMs, counting }) =>
        `${max} per ${windowMs / 1_000} s${counting === 'sliding' ? ' (sliding)' : ''}`,
    ),
    priceUsdPerCall: options.priceUsdPerCall,
  }));
}
