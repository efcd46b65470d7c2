import type { Decision } from '../../src/index.ts';
import type { RunObserver, SlotView } from './observer.ts';

/**
 * What became of the lookups of a run: one per slot, symbol that was voted on, and voter, each of which a client that
 * asks everyone afresh makes with a call. Told from the decisions and their votes alone.
 */
export type Lookups = {
  readonly total: number;
  /** The standing decision was confirmed. */
  readonly gate: number;
  /** An opinion or a silence known already was counted. */
  readonly reuse: number;
  /** The vote was decided without it. */
  readonly bound: number;
  /** Asked in this slot, as far as the vote tells: an answer without news leaves no trace in it. */
  readonly asked: number;
};

/** Counts {@link Lookups}, and how many sources each new vote had to ask. */
export class Savings implements RunObserver {
  readonly #lookups = { total: 0, gate: 0, reuse: 0, bound: 0, asked: 0 };
  readonly #votesByAsked: number[] = [];
  readonly #standing = new Map<string, Decision['votes']>();
  readonly #reuses: boolean;

  /** `reuses`: whether the run keeps opinions. Where it does not, every answer that counts was asked for. */
  constructor(reuses: boolean) {
    this.#reuses = reuses;
  }

  get lookups(): Lookups {
    return { ...this.#lookups };
  }

  /** At index n: new votes that asked n sources. */
  get votesByAsked(): readonly number[] {
    return Array.from(this.#votesByAsked, (count) => count ?? 0);
  }

  slotOver({ slotAtMs, decisions }: Pick<SlotView, 'slotAtMs' | 'decisions'>): void {
    for (const decision of decisions) this.#see(decision, slotAtMs);
  }

  #see({ instrumentId, certificate, votes, leftOut }: Decision, slotAtMs: number): void {
    const { voters } = certificate;
    if (voters.length === 0) return;
    const lookups = this.#lookups;
    lookups.total += voters.length;
    // A decision that was merely confirmed carries the very votes of the one before.
    const isConfirmed = this.#standing.get(instrumentId) === votes;
    this.#standing.set(instrumentId, votes);
    if (isConfirmed) {
      lookups.gate += voters.length;
      return;
    }
    let asked = 0;
    for (const { sourceId, ballot } of voters) {
      if (ballot.state === 'open') lookups.bound += 1;
      else if (this.#isAsked(sourceId, { votes, leftOut }, slotAtMs)) asked += 1;
      else lookups.reuse += 1;
    }
    lookups.asked += asked;
    this.#votesByAsked[asked] = (this.#votesByAsked[asked] ?? 0) + 1;
  }

  /** Its answer came in this slot, or it was asked in vain: "it has told all it can" is said without asking. */
  #isAsked(
    sourceId: string,
    { votes, leftOut }: Pick<Decision, 'votes' | 'leftOut'>,
    slotAtMs: number,
  ): boolean {
    const vote = votes.find((line) => line.sourceId === sourceId);
    if (vote !== undefined) return !this.#reuses || vote.provenance.receivedAtMs >= slotAtMs;
    return leftOut.some((line) => line.sourceId === sourceId && line.reason !== 'noData');
  }
}
