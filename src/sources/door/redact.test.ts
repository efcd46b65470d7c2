import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceSettings } from '../../core/source.ts';
import { detailText, redactKeys } from './redact.ts';

const settingsWith = (...keys: string[]): SourceSettings => ({
  baseUrl: 'https://api.example.com',
  keys: Object.fromEntries(keys.map((key, index) => [`key${index}`, key])),
  options: {},
});

describe('keys in foreign text', () => {
  test.each([
    { how: 'as it is', text: 'key abC/d+e= is invalid' },
    { how: 'percent-encoded', text: '?apikey=abC%2Fd%2Be%3D&x=1' },
    { how: 'percent-encoded in small letters', text: '?apikey=abC%2fd%2be%3d' },
    { how: 'inside JSON', text: '{"message":"key abC\\/d+e= is invalid"}' },
    { how: 'in capitals', text: 'KEY ABC/D+E= IS INVALID' },
  ])('are blanked $how', ({ text }) => {
    const clean = redactKeys(text, settingsWith('abC/d+e='));
    expect(clean).toContain('***');
    expect(clean.toLowerCase()).not.toMatch(/abc/);
  });

  test('that contain one another vanish whole', () => {
    expect(redactKeys('secret-long secret', settingsWith('secret', 'secret-long'))).toBe('*** ***');
  });

  test('left empty blank nothing', () => {
    expect(redactKeys('all fine', settingsWith(''))).toBe('all fine');
  });

  test('never survive, wherever they stand and whatever stands around them', () => {
    const key = fc.string({ minLength: 4, maxLength: 20 }).filter((text) => /^[^*\s]+$/.test(text));
    fc.assert(
      fc.property(key, fc.string(), fc.string({ maxLength: 300 }), (secret, before, after) => {
        expect(detailText(`${before}${secret}${after}`, settingsWith(secret))).not.toContain(secret);
      }),
    );
  });
});

describe('a detail', () => {
  test('is one line without control characters, at most 200 long', () => {
    const text = detailText(`a\u0000b\u001b[31m\r\n  c\u2028${'x'.repeat(500)}`, settingsWith());
    expect(text.startsWith('a b [31m c x')).toBe(true);
    expect(text).toHaveLength(200);
    expect(text.endsWith('…')).toBe(true);
  });

  test('does not uncover a key that control characters cut in two', () => {
    expect(detailText('sec\u0000ret', settingsWith('secret'))).toBe('sec ret');
  });
});
