import { expect, test } from 'vitest';
import { markdownTable, withSection } from './marked-section.ts';

const TEXT = '# Title\n\n<!-- a -->\nold\n<!-- end a -->\n\n<!-- b -->\nkept\n<!-- end b -->\n';

test('replaces what stands between the marks, and nothing else', () => {
  expect(withSection(TEXT, 'a', 'new\n')).toBe(TEXT.replace('\nold\n', '\n\nnew\n\n'));
});

test('writes the same text again to the same effect', () => {
  const once = withSection(TEXT, 'b', 'new') ?? '';
  expect(withSection(once, 'b', 'new')).toBe(once);
});

test.each(['c', 'a -->'])('has nothing to replace without marks: %s', (name) => {
  expect(withSection(TEXT, name, 'new')).toBeNull();
});

test('a bar in a cell does not end it', () => {
  expect(markdownTable(['x', 'y'], [['a|b', 'c']])).toBe('| x | y |\n| --- | --- |\n| a\\|b | c |');
});
