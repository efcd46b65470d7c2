import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fileSchema } from '../src/config/schema.ts';
import { FAILURE_KINDS } from '../src/core/failure.ts';
import { ABSTAIN_REASONS } from '../src/core/vote.ts';

/** The documents say what is there: keys, links, commands. */

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

type Shape = { properties?: Record<string, Shape>; additionalProperties?: Shape | boolean };

function keysOf(shape: Shape, path: string): string[] {
  const inner = typeof shape.additionalProperties === 'object' ? shape.additionalProperties : null;
  if (inner?.properties !== undefined) return [`${path}.<id>`, ...keysOf(inner, `${path}.<id>`)];
  const entries = Object.entries(shape.properties ?? {});
  if (entries.length === 0) return [path];
  return entries.flatMap(([key, child]) => keysOf(child, path === '' ? key : `${path}.${key}`));
}

test('docs/CONFIGURATION.md lists every key of the schema and no other', () => {
  const schema = z.toJSONSchema(fileSchema, { io: 'input' }) as Shape;
  const listed = [...read('docs/CONFIGURATION.md').matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap(
    ([, cell = '']) => {
      const [first = '', ...rest] = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      const parent = first.slice(0, first.lastIndexOf('.'));
      return [first, ...rest.map((name) => (name.startsWith('.') ? parent + name : name))];
    },
  );
  expect(listed.sort()).toEqual(keysOf(schema, '').sort());
});

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'))
    .filter((f) => f.endsWith('.md'))
    .map((f) => `docs/${f}`),
];

describe.each(documents)('%s', (document) => {
  const text = read(document);

  test('links to files that exist', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target = '']) => target);
    for (const target of targets)
      expect(() => readFileSync(join(root, dirname(document), target))).not.toThrow();
  });

  test('names scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('names files of the project that exist', () => {
    const named = [
      ...text.matchAll(/`((?:src|lab|web|bench|test|docs|profiles|scripts)\/[\w./-]+\.\w+)`/g),
    ].map(([, name = '']) => name);
    for (const name of named) expect(() => readFileSync(join(root, name)), name).not.toThrow();
  });
});

test('docs/ERRORS.md names every failure kind and every reason to abstain, and no other', () => {
  const [failures = '', abstentions = ''] = read('docs/ERRORS.md').split('## Why a decision abstains');
  const named = (text: string): string[] =>
    [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name).sort();
  expect(named(failures)).toEqual(Object.keys(FAILURE_KINDS).sort());
  expect(named(abstentions)).toEqual(Object.keys(ABSTAIN_REASONS).sort());
});
