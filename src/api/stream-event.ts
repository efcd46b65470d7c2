import type { LedgerEntry } from '../core/ledger.ts';

/** A ledger entry as a server-sent event; empty for a configuration, which is not sent. */
export function eventText({ seq, atMs, hash, type, body }: LedgerEntry): string {
  if (type === 'config') return '';
  return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({ seq, atMs, hash, body })}\n\n`;
}

/** Tells the browser when to come back, and that the stream is open. */
export const STREAM_OPENING = 'retry: 2000\n\n';
/** A comment: keeps proxies from closing a quiet stream. */
export const HEARTBEAT = ': beat\n\n';
