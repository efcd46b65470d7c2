import { describe, expect, test } from 'vitest';
import { bindRefusal, ownHosts, requestRefusal } from './guard.ts';

describe('binding', () => {
  test.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('%s is allowed', (host) => {
    expect(bindRefusal(host)).toBeNull();
  });

  test.each(['0.0.0.0', '::', '192.168.1.4', '', 'example.com', '127.0.0.1.evil.example', '1127.0.0.1'])(
    '"%s" is refused, with what to write',
    (host) => {
      expect(bindRefusal(host)).toContain(`server.host is "${host}"`);
      expect(bindRefusal(host)).toContain('write 127.0.0.1');
    },
  );
});

describe('a request', () => {
  const hosts = ownHosts('127.0.0.2', 8137);
  const refusalOf = (fields: { host?: string; origin?: string; method?: string }) =>
    requestRefusal({ method: 'GET', host: '127.0.0.1:8137', origin: undefined, ...fields }, hosts);

  test.each(['127.0.0.1:8137', 'localhost:8137', 'LOCALHOST:8137', '[::1]:8137', '127.0.0.2:8137'])(
    'to %s passes',
    (host) => expect(refusalOf({ host })).toBeNull(),
  );

  test.each([
    'evil.example',
    'evil.example:8137',
    '127.0.0.1',
    '127.0.0.1:80',
    'localhost.:8137',
    'localhost:8137.evil.example',
    'a@localhost:8137',
    '',
  ])('to "%s" is refused as misdirected', (host) => {
    expect(refusalOf({ host })).toMatchObject({ status: 421, code: 'wrongHost' });
  });

  test('without a Host header is refused', () => {
    expect(requestRefusal({ method: 'GET', host: undefined, origin: undefined }, hosts)?.status).toBe(421);
  });

  test('may leave the port out only where it is the one of HTTP', () => {
    const at = (port: number) =>
      requestRefusal({ method: 'GET', host: 'localhost', origin: undefined }, ownHosts('127.0.0.1', port));
    expect(at(80)).toBeNull();
    expect(at(8137)?.status).toBe(421);
  });

  test.each(['https://evil.example', 'null', 'http://localhost:9', 'https://localhost:8137'])(
    'from the origin %s is refused',
    (origin) => expect(refusalOf({ origin })).toMatchObject({ status: 403, code: 'wrongOrigin' }),
  );

  test('from the own page passes', () => expect(refusalOf({ origin: 'http://localhost:8137' })).toBeNull());

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('that would %s is refused', (method) => {
    expect(refusalOf({ method })).toMatchObject({ status: 405, code: 'methodNotAllowed' });
  });
});
