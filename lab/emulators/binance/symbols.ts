import type { Reply } from '../core/provider.ts';

/** `["BTCUSDT","ETHUSDT"]` as sent in a query; null where it is not such a list. */
export function askedSymbols(text: string | null): string[] | null {
  const inner = /^\[("[A-Z0-9-_.]{1,20}"(?:,"[A-Z0-9-_.]{1,20}")*)\]$/.exec(text ?? '')?.[1];
  return inner === undefined ? null : inner.split(',').map((part) => part.slice(1, -1));
}

export function badRequest(code: number, msg: string): Reply {
  return { status: 400, body: { code, msg } };
}

export function invalidSymbol(): Reply {
  return badRequest(-1121, 'Invalid symbol.');
}
