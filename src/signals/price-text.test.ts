import { expect, test } from 'vitest';
import { priceText } from './price-text.ts';

test.each([
  [171.2, '171.20'],
  [27_903.1234, '27903.12'],
  [34.5, '34.500'],
  [1.00012, '1.0001'],
  [0.5, '0.50000'],
  [0.00001234, '0.000012340'],
  [1e-20, '0.00000000000000'],
])('%d reads %s', (price, text) => {
  expect(priceText(price)).toBe(text);
});
