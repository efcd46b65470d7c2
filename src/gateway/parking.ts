import type { Failure, FailureKind } from '../core/failure.ts';
import { failure } from '../core/failure.ts';
import type { GatewayOptions } from '../core/gateway-options.ts';
import type { Errand } from './errands.ts';

/** Refusals that are about the symbol, so that asking again soon cannot help. */
const ABOUT_THE_SYMBOL: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'unknownSymbol',
  'badRequest',
  'plan',
]);

type Parked = { readonly untilMs: number; readonly refusals: number; readonly failure: Failure };

export type ParkingVerdict =
  | { readonly kind: 'free' }
  /** Its time has come: to be asked again, alone. */
  | { readonly kind: 'recheck' }
  | { readonly kind: 'parked'; readonly failure: Failure };

const FREE: ParkingVerdict = { kind: 'free' };
const RECHECK: ParkingVerdict = { kind: 'recheck' };

/** Symbols a source has refused, each at one endpoint, whatever was asked there. Time comes in as an argument. */
export class Parking {
  readonly #options: GatewayOptions['parking'];
  readonly #parked = new Map<string, Parked>();

  constructor(options: GatewayOptions['parking']) {
    this.#options = options;
  }

  /** Symbols that are parked, one for each endpoint. */
  get size(): number {
    return this.#parked.size;
  }

  check({ name }: Errand, nowMs: number): ParkingVerdict {
    if (this.#parked.size === 0) return FREE;
    const parked = this.#parked.get(name);
    if (parked === undefined) return FREE;
    if (nowMs >= parked.untilMs) return RECHECK;
    const detail = `refused before (${parked.failure.kind}: ${parked.failure.detail})`;
    return { kind: 'parked', failure: failure('parked', detail, parked.untilMs - nowMs) };
  }

  /** Takes note of an answer: null is a good one. */
  note({ name }: Errand, found: Failure | null, nowMs: number): void {
    if (found === null) {
      if (this.#parked.size > 0) this.#parked.delete(name);
      return;
    }
    if (!ABOUT_THE_SYMBOL.has(found.kind)) return;
    const refusals = (this.#parked.get(name)?.refusals ?? 0) + 1;
    const waitMs = Math.min(this.#options.recheckMs * 2 ** (refusals - 1), this.#options.recheckMsMax);
    this.#parked.delete(name);
    this.#parked.set(name, { untilMs: nowMs + waitMs, refusals, failure: found });
    if (this.#parked.size <= this.#options.symbolsMax) return;
    const [oldest] = this.#parked.keys();
    if (oldest !== undefined) this.#parked.delete(oldest);
  }
}
