import { type Change, differences, pathsNeedingRestart } from './config/consequences.ts';
import { redactedConfig } from './config/load.ts';
import { type Redecided, redecide } from './consensus/redecide.ts';
import { voteRules } from './consensus/vote-rules.ts';
import type { Decision } from './core/decision.ts';
import type { ConfigRow, Ledger } from './core/ledger.ts';
import type { Config } from './core/options.ts';
import { seatsOf } from './seats.ts';
import { electorate } from './turn/seating.ts';

/** What a configuration would have made of one recorded decision. */
export type Replayed = { readonly decision: Decision; readonly now: Redecided };

export type ConfigCheck = {
  /** The newest version on record; null where there is none. */
  readonly against: ConfigRow | null;
  readonly changes: readonly Change[];
  readonly needRestart: readonly string[];
  /** Recorded decisions of the time that was looked at, and those that stood when it began, oldest first. */
  readonly replayed: readonly Replayed[];
};

const PAGE_ROWS = 500;

/** Holds a configuration against a record: what it changes, and what it would have made of the decisions since `fromMs`. */
export async function checkAgainstRecord(
  ledger: Ledger,
  config: Config,
  fromMs: number,
): Promise<ConfigCheck> {
  const [against = null] = await ledger.configs(1);
  const changes = against === null ? [] : differences(against.body.config, redactedConfig(config));
  const replayed = (await decisionsSince(ledger, config, fromMs)).map((decision) => ({
    decision,
    now: redecideUnder(config, decision),
  }));
  return { against, changes, needRestart: pathsNeedingRestart(changes), replayed };
}

/** What `config` makes of the ballots of a recorded decision. */
export function redecideUnder(config: Config, decision: Decision): Redecided {
  const instrument = config.symbols.find(({ id }) => id === decision.instrumentId);
  if (instrument === undefined) return { kind: 'gate' };
  const enabled = seatsOf(config).filter(({ options }) => options.enabled);
  return redecide(decision, {
    rules: (regime) => voteRules(config.consensus, config.signals.thresholds[regime]),
    voters: electorate(instrument, enabled).map(({ seat: { options }, weightPpb }) => ({
      sourceId: options.id,
      operator: options.operator,
      weightPpb,
    })),
  });
}

/** Whether another verdict would have been published. */
export function isOtherwise({ decision, now }: Replayed): boolean {
  if (now.kind !== 'decided') return false;
  return now.verdict.kind !== decision.kind || now.verdict.reason !== decision.reason;
}

async function decisionsSince(ledger: Ledger, { symbols }: Config, fromMs: number): Promise<Decision[]> {
  const found: Decision[] = [];
  let beforeSeq = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await ledger.decisions({ fromMs, beforeSeq, limit: PAGE_ROWS });
    found.push(...rows.map(({ decision }) => decision));
    beforeSeq = rows.at(-1)?.seq ?? 0;
    if (rows.length < PAGE_ROWS) break;
  }
  for (const { id } of symbols) {
    const standing = await ledger.decisionAt(id, fromMs - 1);
    if (standing !== null) found.push(standing.decision);
  }
  return found.sort((a, b) => a.atMs - b.atMs);
}
