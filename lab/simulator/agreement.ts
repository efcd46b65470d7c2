import { instrumentOf, sessionAt, wilson95 } from '../../src/index.ts';
import type { DecisionTrack, Standing } from './decision-track.ts';
import { effectiveSize, type Proportion, proportion } from './proportion.ts';

export type Match = { readonly recall: Proportion; readonly precision: Proportion };

/** How often a run decided what asking everyone afresh would have decided, counted per symbol and slot of an open market. */
export type AgreementPart = {
  readonly audited: number;
  readonly equal: number;
  readonly rate: number | null;
  /** Wilson, with the size lowered by the design effect of hours of one symbol. */
  readonly ci95: readonly [low: number, high: number] | null;
  /** Of the BUY and SELL of the other, those found; of our BUY and SELL, those that the other says too. */
  readonly directions: Match;
  /** The same of changes of kind, in the very slot and at most one slot apart. */
  readonly transitions: {
    readonly exact: Match;
    readonly withinOneSlot: Match;
  };
  /** We abstained and the other did not. */
  readonly needlessAbstentions: number;
};

export type Agreement = AgreementPart & {
  /** Of the slots of the run, those in which the other was asked too. */
  readonly auditedShare: number;
  readonly parts: Readonly<Record<PartName, AgreementPart>>;
  /** Equal decisions by hour of the day, UTC: 24 of them. */
  readonly byHour: readonly Proportion[];
};

export type PartName = 'stocksInSession' | 'cryptoInSession' | 'cryptoOtherHours';

const HOUR_MS = 3_600_000;

/** Slots in which both tracks say that the market is closed are no question and are not counted. */
export function agreementOf(ours: DecisionTrack, fresh: DecisionTrack): Agreement {
  const whole = new PartTally(ours, fresh);
  const parts = {
    stocksInSession: new PartTally(ours, fresh),
    cryptoInSession: new PartTally(ours, fresh),
    cryptoOtherHours: new PartTally(ours, fresh),
  };
  const isStock = ours.symbolIds.map((id) => instrumentOf(id).assetClass === 'stock');
  const byHour = Array.from({ length: 24 }, () => ({ count: 0, of: 0 }));
  let slotsAudited = 0;
  for (let slot = 0; slot < ours.slots; slot += 1) {
    if (fresh.at(slot, 0) === null) continue;
    slotsAudited += 1;
    const slotAtMs = ours.startAtMs + slot * ours.cycleMs;
    const inSession = sessionAt('stock', slotAtMs).phase === 'open';
    const hour = byHour[new Date(slotAtMs).getUTCHours()];
    for (const [symbol, stock] of isStock.entries()) {
      const [we, they] = [ours.at(slot, symbol), fresh.at(slot, symbol)];
      if (we === null || they === null) continue;
      if (we.reason === 'marketClosed' && they.reason === 'marketClosed') continue;
      const part = stock ? 'stocksInSession' : inSession ? 'cryptoInSession' : 'cryptoOtherHours';
      whole.see(slot, symbol, we, they);
      parts[part].see(slot, symbol, we, they);
      if (hour === undefined) continue;
      hour.of += 1;
      if (isSame(we, they)) hour.count += 1;
    }
  }
  return {
    ...whole.part(),
    auditedShare: ours.slots === 0 ? 0 : slotsAudited / ours.slots,
    parts: {
      stocksInSession: parts.stocksInSession.part(),
      cryptoInSession: parts.cryptoInSession.part(),
      cryptoOtherHours: parts.cryptoOtherHours.part(),
    },
    byHour: byHour.map(({ count, of }) => proportion(count, of)),
  };
}

/** Of all decisions that both made, the share that differs; null without any. */
export function changedShare(one: DecisionTrack, other: DecisionTrack): number | null {
  const { rate } = agreementOf(one, other);
  return rate === null ? null : 1 - rate;
}

type Matches = { ours: number; fresh: number; found: number; right: number };
const none = (): Matches => ({ ours: 0, fresh: 0, found: 0, right: 0 });

/** Counts of one part of the hours. */
class PartTally {
  readonly #ours: DecisionTrack;
  readonly #fresh: DecisionTrack;
  readonly #clusters = new Map<number, { count: number; of: number }>();
  readonly #directions = none();
  readonly #exact = none();
  readonly #near = none();
  #audited = 0;
  #equal = 0;
  #needlessAbstentions = 0;

  constructor(ours: DecisionTrack, fresh: DecisionTrack) {
    this.#ours = ours;
    this.#fresh = fresh;
  }

  see(slot: number, symbol: number, we: Standing, they: Standing): void {
    const isEqual = isSame(we, they);
    const hour = Math.floor((slot * this.#ours.cycleMs) / HOUR_MS);
    const name = hour * this.#ours.symbolIds.length + symbol;
    const cluster = this.#clusters.get(name) ?? { count: 0, of: 0 };
    this.#clusters.set(name, cluster);
    cluster.of += 1;
    this.#audited += 1;
    if (isEqual) {
      cluster.count += 1;
      this.#equal += 1;
    }
    if (we.kind === 'ABSTAIN' && they.kind !== 'ABSTAIN') this.#needlessAbstentions += 1;
    if (isDirection(we)) this.#directions.ours += 1;
    if (isDirection(they)) this.#directions.fresh += 1;
    if (isEqual && isDirection(we)) {
      this.#directions.found += 1;
      this.#directions.right += 1;
    }
    this.#seeChange(slot, symbol);
  }

  part(): AgreementPart {
    const { rate } = proportion(this.#equal, this.#audited);
    return {
      audited: this.#audited,
      equal: this.#equal,
      rate,
      ci95: wilson95(rate, effectiveSize([...this.#clusters.values()])),
      directions: matchOf(this.#directions),
      transitions: { exact: matchOf(this.#exact), withinOneSlot: matchOf(this.#near) },
      needlessAbstentions: this.#needlessAbstentions,
    };
  }

  /** A change of kind can be seen only where both looked in the slot before, too. */
  #seeChange(slot: number, symbol: number): void {
    const [ours, fresh] = [this.#ours, this.#fresh];
    if (slot === 0 || ours.at(slot - 1, symbol) === null || fresh.at(slot - 1, symbol) === null) return;
    for (const [matches, tolerance] of [
      [this.#exact, 0],
      [this.#near, 1],
    ] as const) {
      if (changesTo(fresh, slot, symbol) !== null) {
        matches.fresh += 1;
        if (isMet(ours, fresh, slot, symbol, tolerance)) matches.found += 1;
      }
      if (changesTo(ours, slot, symbol) !== null) {
        matches.ours += 1;
        if (isMet(fresh, ours, slot, symbol, tolerance)) matches.right += 1;
      }
    }
  }
}

function matchOf({ ours, fresh, found, right }: Matches): Match {
  return { recall: proportion(found, fresh), precision: proportion(right, ours) };
}

/** Whether `candidate` changes to what `wanted` changes to in `slot`, at most `tolerance` slots away. */
function isMet(
  candidate: DecisionTrack,
  wanted: DecisionTrack,
  slot: number,
  symbol: number,
  tolerance: number,
): boolean {
  const to = changesTo(wanted, slot, symbol);
  for (let near = slot - tolerance; near <= slot + tolerance; near += 1) {
    if (changesTo(candidate, near, symbol) === to) return true;
  }
  return false;
}

/** The kind to which a symbol's decision changes in a slot; null where it stays or was not looked at. */
function changesTo(track: DecisionTrack, slot: number, symbol: number): string | null {
  if (slot < 1) return null;
  const [before, now] = [track.at(slot - 1, symbol), track.at(slot, symbol)];
  return before === null || now === null || before.kind === now.kind ? null : now.kind;
}

function isSame(one: Standing, other: Standing): boolean {
  return one.kind === other.kind && one.reason === other.reason;
}

function isDirection({ kind }: Standing): boolean {
  return kind === 'BUY' || kind === 'SELL';
}
