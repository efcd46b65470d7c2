import type { Decision } from '../core/decision.ts';
import type { AuditCounts } from '../core/live.ts';
import type { Random } from '../core/random.ts';
import { isSameVerdict } from '../core/vote.ts';
import { canAfford } from '../planner/audit-share.ts';
import type { Desk, Seat } from './desk.ts';
import { rememberedOf } from './learned-ranges.ts';
import type { Round, TurnParts } from './round.ts';

const DAY_MS = 86_400_000;

/** A turn in which everyone is asked, whatever is known. */
export type AuditTurn = { readonly round: Round; decide(): Promise<Decision> };

/**
 * Holds a random share of the published decisions against what asking everyone afresh comes to, by the same gates and
 * rules. The published decision stays; what was learned serves the desks and the drift bounds.
 */
export class Auditor {
  readonly #random: Random;
  #parts: TurnParts;
  #audited: ReadonlySet<Desk>;
  readonly #running = new Set<Desk>();
  #counts = { audited: 0, equal: 0, incomplete: 0 };

  constructor(parts: TurnParts, desks: readonly Desk[], random: Random) {
    this.#parts = parts;
    this.#random = random;
    this.#audited = affordableOf(parts, desks);
  }

  /** Audits on under another configuration; an audit under way belongs to neither and is not counted. */
  adopt(parts: TurnParts, desks: readonly Desk[]): void {
    this.#parts = parts;
    this.#audited = affordableOf(parts, desks);
  }

  /** Whether this decision is to be audited; draws by chance. Where the market is closed there is nothing to ask. */
  isDue(desk: Desk, { reason }: Decision): boolean {
    const { planner, flags } = this.#parts.config;
    if (planner.auditShare === 0 || !(flags.changeGate || flags.decidedVote || flags.opinionReuse))
      return false;
    if (reason === 'marketClosed' || reason === 'fault' || !this.#audited.has(desk)) return false;
    return this.#random.next() < planner.auditShare && !this.#running.has(desk);
  }

  /** Settles when everyone has answered or the time is up. Rejects only where the code is wrong. */
  async audit(desk: Desk, planned: Decision, turn: AuditTurn): Promise<void> {
    this.#running.add(desk);
    const parts = this.#parts;
    try {
      const { startAtMs } = turn.round;
      const before = this.#unasked(turn.round);
      const fresh = await turn.decide();
      for (const { voter, remembered } of before) {
        const { opinion, toldAtMs } = voter.desk;
        if (opinion !== null && toldAtMs >= startAtMs) this.#parts.drift.learn(remembered, opinion.score);
      }
      if (this.#parts !== parts) return;
      if (turn.round.heldBack > 0) this.#counts.incomplete += 1;
      else {
        this.#counts.audited += 1;
        if (isSameVerdict(fresh, planned)) this.#counts.equal += 1;
      }
    } finally {
      // The desks know more now than the standing decision rests on: the next turn weighs it.
      desk.weighed = null;
      this.#running.delete(desk);
    }
  }

  counts(): AuditCounts {
    const { config, drift } = this.#parts;
    const symbols = config.planner.auditShare === 0 ? 0 : this.#audited.size;
    return { mode: config.consensus.mode, symbols, ...this.#counts, pairs: drift.pairs() };
  }

  /** The voters that a vote would have to hold open now: their drift is what must be known. */
  #unasked(round: Round) {
    const { desk, parts } = round;
    const nowMs = parts.clock.nowMs();
    const regime = desk.market.regime(nowMs);
    if (regime === null) return [];
    return desk.voters.flatMap((voter) => {
      const remembered = nowMs < voter.desk.refreshAtMs ? null : rememberedOf(round, voter, regime);
      return remembered === null ? [] : [{ voter, remembered }];
    });
  }
}

function affordableOf({ config }: TurnParts, desks: readonly Desk[]): ReadonlySet<Desk> {
  const { cycleMs, planner } = config;
  const perSymbol = (planner.auditShare * DAY_MS) / cycleMs;
  const symbols = new Map<Seat, number>();
  for (const desk of desks) for (const seat of seatsAt(desk)) symbols.set(seat, (symbols.get(seat) ?? 0) + 1);
  const unaffordable = new Set(
    [...symbols].flatMap(([seat, count]) => (canAfford(seat.options, count * perSymbol) ? [] : [seat])),
  );
  return new Set(desks.filter((desk) => ![...seatsAt(desk)].some((seat) => unaffordable.has(seat))));
}

/** Everyone who is asked about an instrument when all are. */
function seatsAt({ watchers, voters }: Desk): ReadonlySet<Seat> {
  return new Set([...watchers, ...voters.map(({ seat }) => seat)]);
}
