import { type Decision, decisionRef } from '../core/decision.ts';
import type { LedgerEntry } from '../core/ledger.ts';
import type { LiveView } from '../core/live.ts';
import { isSameVerdict, type Verdict } from '../core/vote.ts';

type Line = (fields: Readonly<Record<string, unknown>>, text: string) => void;

/** What of a log decisions are written to. */
export type DecisionLines = {
  /** Repeats are grouped. */
  readonly info: Line;
  /** Each is written. */
  readonly each: { readonly debug: Line; readonly info: Line };
  readonly shows: (level: 'debug' | 'info') => boolean;
};

/**
 * Writes one line for every decision that became a row of the record: at `info` where kind or reason are others than in the
 * line before, at `debug` where only what they rest on is. Sources that did not count have lines of their own, grouped
 * over the symbols; all carry the decision they belong to. The returned function ends it.
 */
export function logDecisions(live: Pick<LiveView, 'onCommitted'>, log: DecisionLines): () => void {
  const newest = new Map<string, Verdict>();
  return live.onCommitted((entries) => {
    if (!log.shows('info')) {
      newest.clear();
      return;
    }
    for (const entry of entries) if (entry.type === 'decision') logDecision(entry, newest, log);
  });
}

function logDecision(
  { seq, body }: Extract<LedgerEntry, { type: 'decision' }>,
  newest: Map<string, Verdict>,
  log: DecisionLines,
): void {
  const { instrumentId, kind, reason } = body;
  const before = newest.get(instrumentId);
  const isOther = before === undefined || !isSameVerdict(before, body);
  newest.set(instrumentId, { kind, reason });
  if (isOther) log.each.info(lineOf(body, seq), 'a decision changed');
  else log.each.debug(lineOf(body, seq), 'a decision stands on other votes');
  const decision = decisionRef(body);
  for (const leftOut of body.leftOut) log.info({ ...leftOut, decision }, 'a source did not count');
}

function lineOf(body: Decision, seq: number) {
  const { kind, reason, score, detail } = body;
  return { kind, reason, score, detail, seq, decision: decisionRef(body) };
}
