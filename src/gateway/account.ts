import { canonicalJson } from '../core/canonical-json.ts';
import type { SourceOptions } from '../core/options.ts';

/**
 * Of all sources the one whose limits and budget count the requests of this one: the one it names, else the first of the
 * same kind at the same place with the same keys, for the provider counts those together; mostly itself. A source of one's
 * own counts by itself unless it says otherwise: its kind does not tell whom it asks.
 */
export function accountOwner(source: SourceOptions, all: readonly SourceOptions[]): SourceOptions {
  const named = (id: string | null): SourceOptions | undefined => all.find((other) => other.id === id);
  const stated = named(source.sharesLimitsWith);
  if (stated !== undefined) return stated;
  if (source.http !== undefined) return source;
  const first = all.find((other) => other.http === undefined && isSameAccount(other, source)) ?? source;
  return named(first.sharesLimitsWith) ?? first;
}

function isSameAccount(one: SourceOptions, other: SourceOptions): boolean {
  return (
    one.id === other.id ||
    (one.kind === other.kind &&
      one.baseUrl === other.baseUrl &&
      canonicalJson(one.keys) === canonicalJson(other.keys))
  );
}
