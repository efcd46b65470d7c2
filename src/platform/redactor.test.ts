import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REDACTED, Redactor } from './redactor.ts';

const SECRET = 'k3y/with+odd "chars"=é\\';

describe('a known secret is struck out', () => {
  test.each([
    { form: 'as it is', text: SECRET },
    { form: 'percent-encoded', text: encodeURIComponent(SECRET) },
    { form: 'percent-encoded in lower case', text: encodeURIComponent(SECRET).toLowerCase() },
    { form: 'form-encoded', text: new URLSearchParams({ key: SECRET }).toString() },
    { form: 'inside JSON', text: JSON.stringify({ key: SECRET }) },
    { form: 'in base64', text: Buffer.from(SECRET).toString('base64') },
    { form: 'in base64 of a pair', text: Buffer.from(`user:${SECRET}:x`).toString('base64') },
    { form: 'in base64url one byte on', text: Buffer.from(`a${SECRET}`).toString('base64url') },
  ])('$form', ({ text }) => {
    const redacted = new Redactor([SECRET]).redact(`before ${text} after`);
    expect(redacted).toContain(REDACTED);
    expect(redacted).toMatch(/^before .* after$/);
    for (const trace of ['k3y', 'odd', 'chars', 'b2RkI', 'aXRoK']) expect(redacted).not.toContain(trace);
  });
});

test('a longer secret leaves no remainder where it begins like a shorter one', () => {
  expect(new Redactor(['abcd', 'abcd1234']).redact('x abcd1234 y')).toBe('x *** y');
});

test('secrets that come later are known from then on', () => {
  const redactor = new Redactor();
  expect(redactor.redact('later-key')).toBe('later-key');
  redactor.know(['later-key', '']);
  expect(redactor.redact('a later-key.')).toBe('a ***.');
});

test('any secret disappears from any text, raw, percent-encoded and base64', () => {
  const anySecret = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 });
  fc.assert(
    fc.property(anySecret, fc.string(), fc.string(), (secret, before, after) => {
      const redactor = new Redactor([secret]);
      expect(redactor.redact(`${before}${secret}${after}`)).not.toContain(secret);
      expect(redactor.redact(encodeURIComponent(secret))).toBe(REDACTED);
      const whole = Buffer.from(secret).toString('base64');
      expect(redactor.redact(whole)).not.toContain(whole.slice(0, 8));
    }),
    { numRuns: 200 },
  );
});
