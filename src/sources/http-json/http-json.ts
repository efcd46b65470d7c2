import type { HttpJsonDeclaration } from '../../core/http-json.ts';
import type { Instrument } from '../../core/instrument.ts';
import type { Source } from '../../core/source.ts';
import { defineSource } from '../define-source.ts';
import { ietfLimitState } from '../door/limit-headers.ts';
import { type Problem, problemText } from '../problem.ts';
import { parseDeclared } from './parse.ts';
import { declaredKeys, httpJsonProblems } from './problems.ts';
import { declaredRequest, splitUrl } from './request.ts';
import { symbolOf } from './spelling.ts';

/** `my-source` and `token` as the environment variable `MY_SOURCE_TOKEN`; none begins with a digit. */
function environmentName(id: string, key: string): string {
  return `${id}_${key}`
    .replace(/[^A-Za-z0-9]/g, '_')
    .replace(/^(?=\d)/, '_')
    .toUpperCase();
}

/** A score is about an instrument in whatever currency; a price with one declared currency is about no other. */
function accepts(declaration: HttpJsonDeclaration, instrument: Instrument): boolean {
  const { value } = declaration.answer;
  if (value.kind === 'price' && value.currency !== null && 'code' in value.currency) {
    if (value.currency.code !== instrument.quote) return false;
  }
  return symbolOf(declaration, instrument) !== null;
}

/** The source that a declaration describes. Throws TypeError with all its problems: ask {@link httpJsonProblems} first. */
export function httpJsonSource(declaration: HttpJsonDeclaration): Source {
  const problems = httpJsonProblems(declaration);
  if (problems.length > 0) {
    throw new TypeError(`source ${declaration.id} cannot be used:\n${problems.map(problemText).join('\n')}`);
  }
  const { id, operator, title, limits, priceUsdPerCall, batchMax, answer } = declaration;
  return defineSource({
    id,
    operator,
    title,
    defaultBaseUrl: splitUrl(declaration.url).baseUrl,
    keys: Object.fromEntries(
      declaredKeys(declaration).map((name) => [name, { env: environmentName(id, name), required: true }]),
    ),
    options: {},
    limits,
    priceUsdPerCall,
    endpoints: [
      {
        name: answer.value.kind,
        kind: answer.value.kind === 'price' ? 'market' : 'gauge',
        batchMax,
        accepts: (instrument) => accepts(declaration, instrument),
        weight: () => 1,
        request: (batch, settings) => declaredRequest(declaration, batch, settings),
        parse: (response, batch, settings) => parseDeclared(declaration, response, batch, settings),
      },
    ],
    limitState: ietfLimitState,
  });
}

export type SourceDeclared =
  | { readonly kind: 'ok'; readonly source: Source }
  /** Paths lead on from the declaration. */
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** The source that a declaration describes, or everything that is wrong with the declaration. Never throws. */
export function declareSource(declaration: HttpJsonDeclaration): SourceDeclared {
  const problems = httpJsonProblems(declaration);
  return problems.length === 0
    ? { kind: 'ok', source: httpJsonSource(declaration) }
    : { kind: 'invalid', problems };
}
