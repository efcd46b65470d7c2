import type { HttpRequest } from '../../core/http.ts';
import type { HttpJsonDeclaration } from '../../core/http-json.ts';
import type { Question } from '../../core/question.ts';
import type { SourceSettings } from '../../core/source.ts';
import { getRequest } from '../door/address.ts';
import { symbolOf } from './spelling.ts';
import { fillTemplate } from './template.ts';

/** The declared URL in two: what a configured base URL replaces, and the template that follows it. */
export function splitUrl(url: string): { readonly baseUrl: string; readonly path: string } {
  const end = /^https?:\/\/[^/?#]*/.exec(url)?.[0].length ?? 0;
  return { baseUrl: url.slice(0, end), path: url.slice(end) };
}

export function declaredRequest(
  declaration: HttpJsonDeclaration,
  batch: readonly Question[],
  settings: SourceSettings,
): HttpRequest {
  const spelled = batch.map(({ instrument }) => encodeURIComponent(symbolOf(declaration, instrument) ?? ''));
  const keyOf = (name: string): string => settings.keys[name.slice('key:'.length)] ?? '';
  const path = fillTemplate(splitUrl(declaration.url).path, (name) =>
    name.startsWith('key:') ? encodeURIComponent(keyOf(name)) : spelled.join(declaration.separator),
  );
  const headers: Record<string, string> = {};
  for (const [name, template] of Object.entries(declaration.headers)) {
    headers[name.toLowerCase()] = fillTemplate(template, keyOf);
  }
  return getRequest(`${settings.baseUrl}${path}`, headers);
}
