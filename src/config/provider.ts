import { HTTP_JSON_KIND, type HttpJsonDeclaration } from '../core/http-json.ts';
import type { Source } from '../core/source.ts';
import { declarationOf, type HttpJsonShape, httpJsonPath } from './http-json-shape.ts';
import type { Report } from './issue.ts';
import type { Catalogue } from './load.ts';
import type { ConfigFile } from './schema.ts';

/** The provider that an entry means. */
export type Provider = {
  readonly kind: string;
  readonly source: Source;
  /** What it was made of; null for one that came with Sextant. */
  readonly http: HttpJsonDeclaration | null;
};

/** Finds or makes the provider of an entry; null, and reported, where there is none. */
export function providerOf(
  id: string,
  entry: ConfigFile['sources'][string],
  catalogue: Catalogue,
  report: Report,
): Provider | null {
  const kind = entry.kind ?? id;
  if (kind === HTTP_JSON_KIND) {
    if (entry.http !== undefined) return declared(id, entry.operator ?? id, entry.http, catalogue, report);
    report(['sources', id, 'http'], 'nothing', 'describe the source: url, symbols, answer');
    return null;
  }
  const source = Object.hasOwn(catalogue.sources, kind) ? catalogue.sources[kind] : undefined;
  if (entry.http !== undefined) {
    report(
      ['sources', id, 'http'],
      `an http block, but the kind "${kind}"`,
      `write kind: ${HTTP_JSON_KIND} beside it`,
    );
  } else if (source === undefined) {
    const known = Object.keys(catalogue.sources).join(', ');
    const remedy = `set kind to one of ${known}, or to ${HTTP_JSON_KIND} for one of your own`;
    report(['sources', id], `the source kind "${kind}"`, remedy);
  } else return { kind, source, http: null };
  return null;
}

function declared(
  id: string,
  operator: string,
  shape: HttpJsonShape,
  { declare }: Catalogue,
  report: Report,
): Provider | null {
  const http = declarationOf(id, operator, shape);
  const made = declare(http);
  if (made.kind === 'ok') return { kind: HTTP_JSON_KIND, source: made.source, http };
  for (const { path, found, remedy } of made.problems) {
    report(['sources', id, 'http', ...httpJsonPath(path, shape)], found, remedy);
  }
  return null;
}
