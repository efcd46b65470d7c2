import type { HttpJsonDeclaration } from '../../core/http-json.ts';
import { addressDefect, type Problem, shown } from '../problem.ts';
import { pointerSteps } from './pointer.ts';
import { splitUrl } from './request.ts';
import { keyNames, placeholders } from './template.ts';

/** Headers and parts of a query that carry a secret: their value is to come from a key. */
const SECRET_HEADER = /^(?:proxy-)?authorization$|^cookie$|api-?key|token$|secret/i;
const SECRET_QUERY = /[?&](?:api[-_]?key|access[-_]?token|secret|password)=(?!\{key:)[^&#]/i;

type Report = (path: string, found: unknown, remedy: string) => void;

const KEY_NAME = /^key:[A-Za-z][A-Za-z0-9]*$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

function checkTemplate(path: string, template: string, allowed: readonly string[], report: Report): void {
  for (const name of placeholders(template)) {
    if (allowed.includes(name) || (allowed.includes('key:NAME') && KEY_NAME.test(name))) continue;
    report(path, `{${name}}`, `known here are ${allowed.map((known) => `{${known}}`).join(', ')}`);
  }
}

/** What the url asks for must fit what the answer can tell apart. */
function checkUrl({ url, batchMax, answer, headers }: HttpJsonDeclaration, report: Report): void {
  const { baseUrl } = splitUrl(url);
  const defect = addressDefect(baseUrl);
  if (defect !== null) report('url', url, defect);
  if (placeholders(baseUrl).length > 0) report('url', url, 'keep placeholders out of the host');
  checkTemplate('url', url, ['symbol', 'symbols', 'key:NAME'], report);
  const asked = placeholders(url).filter((name) => name === 'symbol' || name === 'symbols');
  if (asked.length > 1) report('url', url, 'name {symbol} or {symbols} once');
  if (asked[0] === 'symbol' && batchMax > 1) {
    report('batchMax', batchMax, 'write 1, or {symbols} in the url where it takes several');
  }
  if (asked.length === 0 && answer.symbol === null) {
    report('url', url, 'write {symbol} or {symbols}, or say where the answer names its symbol');
  }
  for (const [name, template] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) report(`headers.${name}`, name, 'write the name of an HTTP header');
    checkTemplate(`headers.${name}`, template, ['key:NAME'], report);
  }
}

function checkSymbols({ symbols, answer }: HttpJsonDeclaration, report: Report): void {
  if (symbols.stock === null && symbols.crypto === null && Object.keys(symbols.map).length === 0) {
    report('symbols', symbols, 'say how stocks or crypto are spelled, such as crypto: "{base}-{quote}"');
  }
  for (const assetClass of ['stock', 'crypto'] as const) {
    const format = symbols[assetClass];
    if (format === null) continue;
    checkTemplate(`symbols.${assetClass}`, format, ['id', 'base', 'quote'], report);
    const names = placeholders(format);
    if (!names.includes('id') && !names.includes('base')) {
      report(`symbols.${assetClass}`, format, 'write {id} or {base}, or every symbol would be the same');
    }
  }
  const { value } = answer;
  const named = placeholders(symbols.crypto ?? '{id}');
  if (
    value.kind === 'price' &&
    value.currency === null &&
    !named.includes('quote') &&
    !named.includes('id')
  ) {
    report('answer.value.currency', null, 'say which currency the price is in: the crypto symbol does not');
  }
}

function checkPointer(path: string, pointer: string, report: Report): void {
  const steps = pointerSteps(pointer);
  if (steps === null)
    report(path, pointer, 'write a JSON pointer such as /data/price, or nothing for the whole');
  else if (path !== 'answer.records' && steps.some(({ kind }) => kind === 'each')) {
    report(path, pointer, 'use * in answer.records only; this pointer leads on from a record');
  }
}

function checkAnswer({ answer, batchMax }: HttpJsonDeclaration, report: Report): void {
  const { records, symbol, time, value } = answer;
  checkPointer('answer.records', records, report);
  checkPointer('answer.value.pointer', value.pointer, report);
  if (time !== null) checkPointer('answer.time.pointer', time.pointer, report);
  if (value.kind === 'price' && value.currency !== null && 'pointer' in value.currency) {
    checkPointer('answer.value.currency.pointer', value.currency.pointer, report);
  }
  const hasEach = pointerSteps(records)?.some(({ kind }) => kind === 'each') ?? false;
  if (symbol === '*') {
    if (!hasEach) report('answer.symbol', symbol, 'it needs a * in answer.records to take the name from');
  } else if (symbol !== null) checkPointer('answer.symbol', symbol, report);
  else {
    if (batchMax > 1) report('batchMax', batchMax, 'write 1, or say where a record names its symbol');
    if (hasEach)
      report('answer.records', records, 'point at one record, or say where a record names its symbol');
  }
  if (value.kind === 'score' && time === null) {
    report(
      'answer.time',
      null,
      'say where the time of the score stands: an opinion without age never expires',
    );
  }
}

/** Secrets that stand in the declaration itself, which is stored and shown. What was found is not repeated. */
function secretProblems({ url, headers }: HttpJsonDeclaration): Problem[] {
  const paths = Object.entries(headers)
    .filter(([name, template]) => SECRET_HEADER.test(name) && keyNames(template).length === 0)
    .map(([name]) => `headers.${name}`);
  if (SECRET_QUERY.test(url)) paths.push('url');
  const remedy = 'put the secret under keys and write {key:NAME} in its place';
  return paths.map((path) => ({ path, found: 'what looks like a secret written out', remedy }));
}

/** Names of all keys that a declaration asks for. */
export function declaredKeys({ url, headers }: HttpJsonDeclaration): string[] {
  return [...new Set([url, ...Object.values(headers)].flatMap(keyNames))];
}

/** What is wrong with a declaration beyond its shape, which the configuration checks. */
export function httpJsonProblems(declaration: HttpJsonDeclaration): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, found, remedy) => problems.push({ path, found: shown(found), remedy });
  checkUrl(declaration, report);
  checkSymbols(declaration, report);
  checkAnswer(declaration, report);
  return [...problems, ...secretProblems(declaration)];
}
