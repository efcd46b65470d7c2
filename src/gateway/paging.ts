import { hash } from 'node:crypto';
import { type Failure, failure } from '../core/failure.ts';
import type { Reading } from '../core/source.ts';
import { allFailed, commonFailure, type Exchange, type Job, type Send } from './job.ts';

/** Most requests that one answer may take. */
export const PAGES_MAX = 20;

/**
 * Follows `nextPage` of the first part and puts the parts together. When a part is missing nothing is answered: half a
 * series would look like a whole one.
 */
export async function followPages(
  first: Exchange,
  pageOf: (page: string) => Job | Failure,
  send: Send,
): Promise<Exchange> {
  let whole = first;
  const seen = new Set<string>();
  while (whole.nextPage !== null && isUsable(whole)) {
    if (seen.has(whole.nextPage))
      return incomplete(whole, failure('badPayload', 'the same page was named twice'));
    if (seen.size + 1 >= PAGES_MAX)
      return incomplete(whole, failure('tooLarge', `more than ${PAGES_MAX} pages`));
    seen.add(whole.nextPage);
    const job = pageOf(whole.nextPage);
    if ('kind' in job) return incomplete(whole, job);
    const part = await send(job);
    if (part.failure !== null && !isUsable(part)) return incomplete(whole, part.failure);
    whole = joined(whole, part);
  }
  return whole;
}

/** A page without data is a page; any other failure leaves a hole. */
function isUsable({ failure: found }: Exchange): boolean {
  return found === null || found.kind === 'noData';
}

function incomplete(whole: Exchange, found: Failure): Exchange {
  return { ...whole, failure: found, readings: allFailed(whole.readings.length, found), nextPage: null };
}

function joined(before: Exchange, part: Exchange): Exchange {
  const readings = before.readings.map((reading, i) => joinedReading(reading, part.readings[i] as Reading));
  return {
    ...part,
    failure: commonFailure(readings),
    readings,
    sentAtMs: before.sentAtMs,
    latencyMs: before.latencyMs + part.latencyMs,
    digest: hash('sha256', before.digest + part.digest).slice(0, part.digest.length),
  };
}

/** A page may hold some symbols only: for the others it has no data, which is no failure. */
function joinedReading(before: Reading, part: Reading): Reading {
  if (part.kind === 'failed') return part.failure.kind === 'noData' ? before : part;
  if (before.kind === 'failed') return before.failure.kind === 'noData' ? part : before;
  if (before.view.kind !== 'bars' || part.view.kind !== 'bars') return part;
  return { kind: 'ok', view: { kind: 'bars', bars: [...before.view.bars, ...part.view.bars] } };
}
