import type { Question } from '../core/question.ts';
import type { Endpoint, LimitWindow, Source } from '../core/source.ts';
import { addressDefect, type Problem, problemText, shown } from './problem.ts';

const ID = /^[a-z0-9][a-z0-9-]*$/;
const ENVIRONMENT_NAME = /^[A-Z_][A-Z0-9_]*$/;

const KINDS: Readonly<Record<Question['kind'], true>> = {
  market: true,
  bars: true,
  stance: true,
  rating: true,
  gauge: true,
};

type Report = (path: string, found: unknown, remedy: string) => void;

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isPositiveInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function checkLimits(limits: readonly LimitWindow[], report: Report): void {
  if (!limits?.length) {
    report(
      'limits',
      limits,
      'list at least one window, such as { max: 60, windowMs: 60_000, counting: "sliding" }',
    );
    return;
  }
  for (const [index, { max, windowMs, counting }] of limits.entries()) {
    const at = `limits[${index}]`;
    if (!isPositiveInteger(max))
      report(`${at}.max`, max, 'write how many requests a window allows, 1 or more');
    if (!isPositiveInteger(windowMs))
      report(`${at}.windowMs`, windowMs, 'write the length of the window in ms');
    if (counting !== 'fixed' && counting !== 'sliding') {
      report(
        `${at}.counting`,
        counting,
        'write "sliding", or "fixed" when windows begin at multiples of their length',
      );
    }
  }
}

function checkEndpoint(endpoint: Endpoint, at: string, report: Report): void {
  if (!isText(endpoint.name)) report(`${at}.name`, endpoint.name, 'give it a stable name for metrics');
  if (!Object.hasOwn(KINDS, endpoint.kind)) {
    report(`${at}.kind`, endpoint.kind, `write one of ${Object.keys(KINDS).join(', ')}`);
  }
  if (!isPositiveInteger(endpoint.batchMax)) {
    report(`${at}.batchMax`, endpoint.batchMax, 'write how many questions fit into one request, 1 or more');
  }
  const members: Readonly<Record<string, unknown>> = endpoint;
  for (const member of ['accepts', 'weight', 'request', 'parse']) {
    if (typeof members[member] !== 'function') {
      report(`${at}.${member}`, members[member], 'write a pure function, see Endpoint in core/source.ts');
    }
  }
}

function checkEndpoints(endpoints: readonly Endpoint[], report: Report): void {
  if (!endpoints?.length) {
    report('endpoints', endpoints, 'describe at least one endpoint');
    return;
  }
  const names = new Set<string>();
  for (const [index, endpoint] of endpoints.entries()) {
    const at = `endpoints[${index}]`;
    checkEndpoint(endpoint, at, report);
    if (names.has(endpoint.name)) report(`${at}.name`, endpoint.name, 'give each endpoint its own name');
    names.add(endpoint.name);
  }
}

function checkKeysAndOptions(source: Source, report: Report): void {
  for (const [name, key] of Object.entries(source.keys ?? {})) {
    if (!ENVIRONMENT_NAME.test(key?.env)) {
      report(
        `keys.${name}.env`,
        key?.env,
        'write the name of an environment variable, such as EXAMPLE_API_KEY',
      );
    }
    if (typeof key?.required !== 'boolean')
      report(`keys.${name}.required`, key?.required, 'write true or false');
  }
  for (const [name, value] of Object.entries(source.options ?? {})) {
    if (typeof value !== 'string') report(`options.${name}`, value, 'write its default as text');
  }
  for (const [name, choices] of Object.entries(source.optionChoices ?? {})) {
    const byDefault = source.options?.[name];
    if (byDefault === undefined || !choices.includes(byDefault))
      report(`optionChoices.${name}`, choices, 'list all that this option may say, its default among them');
  }
}

/** Everything that is wrong with a source, whatever it was made of. */
export function sourceProblems(source: Source): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, found, remedy) => problems.push({ path, found: shown(found), remedy });
  if (!isText(source.id) || !ID.test(source.id)) {
    report('id', source.id, 'use lower-case letters, digits and dashes, such as my-source');
  }
  if (!isText(source.operator)) {
    report('operator', source.operator, 'name who runs it: mirrors count as one voice');
  }
  if (!isText(source.title)) report('title', source.title, 'name it for people');
  const defect = addressDefect(source.defaultBaseUrl);
  if (defect !== null) report('defaultBaseUrl', source.defaultBaseUrl, defect);
  else if (source.defaultBaseUrl.endsWith('/')) {
    report('defaultBaseUrl', source.defaultBaseUrl, 'leave the last slash away: paths begin with one');
  }
  checkKeysAndOptions(source, report);
  checkLimits(source.limits, report);
  const price = source.priceUsdPerCall;
  if (price !== null && !(Number.isFinite(price) && price >= 0)) {
    report('priceUsdPerCall', price, 'write 0 or more, or null where only the answer tells');
  }
  checkEndpoints(source.endpoints, report);
  const members: Readonly<Record<string, unknown>> = source;
  if (typeof members.limitState !== 'function') {
    report(
      'limitState',
      members.limitState,
      'write a function; () => NO_LIMIT_STATE where headers say nothing',
    );
  }
  return problems;
}

/**
 * A source of your own, checked: returns it as it is. Throws TypeError with everything that is wrong, what was found
 * and what to write.
 */
export function defineSource(source: Source): Source {
  const problems = sourceProblems(source);
  if (problems.length === 0) return source;
  const lines = problems.map((problem) => `  ${problemText(problem)}`);
  throw new TypeError(`source ${shown(source.id)} cannot be used:\n${lines.join('\n')}`);
}
