import { ABSTAIN_REASONS, type AbstainReason, type Decision, type DecisionKind } from '../../src/index.ts';
import type { RunObserver, SlotView } from './observer.ts';

/** What stood for one symbol in one slot. */
export type Standing = { readonly kind: DecisionKind; readonly reason: AbstainReason | null };

const STANDINGS: readonly Standing[] = [
  { kind: 'BUY', reason: null },
  { kind: 'SELL', reason: null },
  { kind: 'HOLD', reason: null },
  ...(Object.keys(ABSTAIN_REASONS) as AbstainReason[]).map(
    (reason) => ({ kind: 'ABSTAIN', reason }) as const,
  ),
];
const CODE_OF = new Map(STANDINGS.map((standing, index) => [codeName(standing), index + 1]));

/** What stood for every symbol in every slot of a run, a byte each. */
export class DecisionTrack implements RunObserver {
  readonly symbolIds: readonly string[];
  readonly startAtMs: number;
  readonly cycleMs: number;
  readonly slots: number;
  readonly #codes: Uint8Array;

  constructor(symbolIds: readonly string[], startAtMs: number, cycleMs: number, slots: number) {
    this.symbolIds = symbolIds;
    this.startAtMs = startAtMs;
    this.cycleMs = cycleMs;
    this.slots = slots;
    this.#codes = new Uint8Array(slots * symbolIds.length);
  }

  slotOver({ slot, decisions }: Pick<SlotView, 'slot' | 'decisions'>): void {
    for (const decision of decisions) this.#put(slot, decision);
  }

  /** Null where the run did not look. */
  at(slot: number, symbolIndex: number): Standing | null {
    const code = this.#codes[slot * this.symbolIds.length + symbolIndex] ?? 0;
    return STANDINGS[code - 1] ?? null;
  }

  #put(slot: number, decision: Decision): void {
    const symbolIndex = this.symbolIds.indexOf(decision.instrumentId);
    if (symbolIndex === -1) return;
    this.#codes[slot * this.symbolIds.length + symbolIndex] = CODE_OF.get(codeName(decision)) ?? 0;
  }
}

function codeName({ kind, reason }: Standing): string {
  return `${kind} ${reason}`;
}
