import type { ErrorCode } from './contract.ts';

/** Who may talk to the API: programs on this machine, and pages that this server itself served. */

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/;
const HTTP_PORT = 80;

/** Why the server must not listen on `host`, or null when it may. There is no token yet, so only loopback is safe. */
export function bindRefusal(host: string): string | null {
  if (LOOPBACK.test(host)) return null;
  return (
    `server.host is "${host}", which other machines can reach, and the API has no access token yet: ` +
    'write 127.0.0.1, localhost or ::1, and put a reverse proxy with a login on this machine before it if others must read it'
  );
}

/** As it stands in a URL: IPv6 in brackets. */
export const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/**
 * Host headers that name this server. A page of another site that points its own name at 127.0.0.1 (DNS rebinding)
 * sends that name here and is thereby found out.
 */
export function ownHosts(host: string, port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]', urlHost(host)];
  return new Set(names.flatMap((name) => [`${name}:${port}`, ...(port === HTTP_PORT ? [name] : [])]));
}

export type Refusal = {
  readonly status: 403 | 405 | 421;
  readonly code: ErrorCode;
  readonly message: string;
};

/** Why a request is turned away before its path is looked at, or null. */
export function requestRefusal(
  request: {
    readonly method: string;
    readonly host: string | undefined;
    readonly origin: string | undefined;
  },
  hosts: ReadonlySet<string>,
): Refusal | null {
  const { method, host = '', origin } = request;
  if (!hosts.has(host.toLowerCase())) {
    const allowed = [...hosts].join(', ');
    return {
      status: 421,
      code: 'wrongHost',
      message: `the Host header is "${host.slice(0, 100)}"; allowed: ${allowed}`,
    };
  }
  if (origin !== undefined && !hosts.has(origin.toLowerCase().replace(/^http:\/\//, ''))) {
    return { status: 403, code: 'wrongOrigin', message: 'pages of other sites may not read this API' };
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return {
      status: 405,
      code: 'methodNotAllowed',
      message: `the method is ${method}; allowed: GET, HEAD`,
    };
  }
  return null;
}
