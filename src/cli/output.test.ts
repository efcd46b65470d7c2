import { expect, test } from 'vitest';
import { labelText } from './output.ts';

test('the seed of a record that others wrote sends nothing to the terminal', () => {
  const seed = 'a\u001b[31m\nb';
  expect(labelText({ kind: 'SIMULATED', seed })).toBe('SIMULATED (seed a [31m b)');
  expect(labelText({ kind: 'SIMULATED', seed: 'demo' })).toBe('SIMULATED (seed demo)');
});
