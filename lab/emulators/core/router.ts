import type { Route } from './provider.ts';

export type Routed = { readonly route: Route; readonly params: Readonly<Record<string, string>> };

const NO_PARAMS = {};

/** Finds the route of a path. Routes without parameters are looked up, the others tried in their order. */
export class Router {
  readonly #exact = new Map<string, Route>();
  readonly #open: { readonly route: Route; readonly segments: readonly string[] }[] = [];

  constructor(routes: readonly Route[], basePath: string) {
    for (const route of routes) {
      const path = `${basePath}${route.path}`;
      if (path.includes('/:')) this.#open.push({ route, segments: path.split('/') });
      else this.#exact.set(`${route.method} ${path}`, route);
    }
  }

  find(method: string, path: string): Routed | null {
    const exact = this.#exact.get(`${method} ${path}`);
    if (exact !== undefined) return { route: exact, params: NO_PARAMS };
    const asked = path.split('/');
    for (const { route, segments } of this.#open) {
      const params = route.method === method ? matched(segments, asked) : null;
      if (params !== null) return { route, params };
    }
    return null;
  }
}

function matched(segments: readonly string[], asked: readonly string[]): Record<string, string> | null {
  if (segments.length !== asked.length) return null;
  const params: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const value = asked[at] as string;
    if (segment.startsWith(':')) params[segment.slice(1)] = decoded(value);
    else if (segment !== value) return null;
  }
  return params;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
