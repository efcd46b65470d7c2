import type { Decision } from '../../src/index.ts';

/** Why a decision is another than that of asking everyone afresh: what it rests on, by the greatest difference. */
export type Difference = {
  /** `model opinion kept (xai)`, `bars behind (alpaca)`, … */
  readonly cause: string;
  readonly count: number;
  /** Of all differences, 0..1. */
  readonly share: number;
};

/** Counts the causes of differences. */
export class Differences {
  readonly #counts = new Map<string, number>();

  /** Takes two decisions of one slot and symbol; equal ones are no difference. */
  see(ours: Decision, fresh: Decision): void {
    if (ours.kind === fresh.kind && ours.reason === fresh.reason) return;
    const cause = causeOf(ours, fresh);
    this.#counts.set(cause, (this.#counts.get(cause) ?? 0) + 1);
  }

  /** Most frequent first. */
  top(): Difference[] {
    const all = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    return [...this.#counts]
      .map(([cause, count]) => ({ cause, count, share: count / all }))
      .sort((a, b) => b.count - a.count);
  }
}

/**
 * The first that applies: one abstained; the regime is another one, and with it the threshold; a voter's opinion is older
 * and other than the fresh one, and pulls hardest; a voter whom the fresh vote heard is missing; else what is left.
 */
export function causeOf(ours: Decision, fresh: Decision): string {
  if (ours.kind === 'ABSTAIN') return `abstained: ${ours.reason}`;
  if (fresh.kind === 'ABSTAIN') return `asked afresh it abstains: ${fresh.reason}`;
  if (ours.regime !== fresh.regime) return 'regime of an earlier minute';
  let hardest: { readonly cause: string; readonly pull: number } | null = null;
  for (const vote of fresh.votes) {
    const { sourceId } = vote;
    const kept = ours.votes.find((line) => line.sourceId === sourceId);
    if (kept === undefined || kept.score === vote.score) continue;
    const pull = Math.abs(kept.score - vote.score) * weightOf(fresh, sourceId);
    if (hardest !== null && hardest.pull >= pull) continue;
    hardest = {
      cause: `${kept.dataAtMs < vote.dataAtMs ? 'older data kept' : 'other answer'} (${sourceId})`,
      pull,
    };
  }
  if (hardest !== null) return hardest.cause;
  const missing = fresh.votes.find(({ sourceId }) => leftOutBy(ours, sourceId));
  return missing === undefined ? 'threshold or rounding' : `left out (${missing.sourceId})`;
}

function weightOf({ certificate }: Decision, sourceId: string): number {
  return certificate.voters.find((voter) => voter.sourceId === sourceId)?.weightPpb ?? 0;
}

function leftOutBy({ certificate }: Decision, sourceId: string): boolean {
  return certificate.voters.some((voter) => voter.sourceId === sourceId && voter.ballot.state === 'absent');
}
