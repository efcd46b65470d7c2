import type { Clock } from '../core/clock.ts';
import type { HttpResponse } from '../core/http.ts';
import type { Exchange } from './job.ts';

/** What was found out about the two clocks. */
export type ClockMove = {
  /** By how much our own clock was just set; 0: it was not. */
  readonly setByMs: number;
  /** How far the provider's clock is ahead of ours from now on. */
  readonly aheadMs: number;
};

/** Our clock is corrected in passing by less than this; what is more was set by somebody, or the machine slept. */
const SET_MS_MIN = 250;
/** A header of whole seconds that contradicts where its clock was thought to be does so by as much as this at the least. */
const ELSEWHERE_MS_MIN = 1;
/** So many answers in a row must say so: behind one address there may be servers whose clocks differ. */
const ANSWERS_MIN = 3;
/** After one correction another one has so long to wait: a header that stands still would correct on and on. */
const CORRECTED_EVERY_MS = 600_000;
/** The header tells whole seconds. */
const HEADER_MS = 1_000;

/** What the server's clock said (Unix ms); null where it said nothing, or a cache between says what it said before. */
export function dateAtMsOf({ headers }: HttpResponse): number | null {
  const atMs = Date.parse(headers.date ?? '');
  return Number.isNaN(atMs) || headers.age !== undefined ? null : atMs;
}

/**
 * Where the provider's clock stands: its windows begin by that one, not by ours. Learned from the Date headers of its
 * answers (RFC 9110, section 6.6.1) where ours is off; whether ours was set shows against the time that has elapsed.
 */
export class ProviderClock {
  readonly #clock: Clock;
  readonly #onMove: (move: ClockMove, nowMs: number) => void;
  /** Our clock less the time elapsed: constant while nobody sets it. */
  #wallMs: number;
  #aheadMs = 0;
  /** An answer has shown where it stands. */
  #isHeard = false;
  #answersElsewhere = 0;
  /** By the time elapsed. */
  #correctableAtMs = 0;

  constructor(clock: Clock, onMove: (move: ClockMove, nowMs: number) => void) {
    this.#clock = clock;
    this.#onMove = onMove;
    this.#wallMs = clock.nowMs() - clock.elapsedMs();
  }

  /** Our time (Unix ms). */
  nowMs(): number {
    const nowMs = this.#clock.nowMs();
    const wallMs = nowMs - this.#clock.elapsedMs();
    const setByMs = wallMs - this.#wallMs;
    this.#wallMs = wallMs;
    if (Math.abs(setByMs) >= SET_MS_MIN) {
      // Where it stood is known better than where ours stands now; else ours is all there is.
      if (this.#isHeard) this.#aheadMs -= setByMs;
      this.#answersElsewhere = ANSWERS_MIN - 1;
      this.#correctableAtMs = 0;
      this.#onMove({ setByMs, aheadMs: this.#aheadMs }, nowMs);
    }
    return nowMs;
  }

  heard({
    dateAtMs,
    sentAtMs,
    receivedAtMs,
  }: Pick<Exchange, 'dateAtMs' | 'sentAtMs' | 'receivedAtMs'>): void {
    const nowMs = this.nowMs();
    if (dateAtMs === null) return;
    const [leastMs, mostMs] = [dateAtMs - receivedAtMs, dateAtMs + HEADER_MS - sentAtMs];
    // Our clock was set while the answer was under way.
    if (leastMs > mostMs) return;
    this.#isHeard = true;
    const offMs = Math.max(leastMs - this.#aheadMs, this.#aheadMs - mostMs);
    this.#answersElsewhere = offMs >= ELSEWHERE_MS_MIN ? this.#answersElsewhere + 1 : 0;
    const elapsedMs = this.#clock.elapsedMs();
    if (this.#answersElsewhere < ANSWERS_MIN || elapsedMs < this.#correctableAtMs) return;
    this.#answersElsewhere = 0;
    this.#correctableAtMs = elapsedMs + CORRECTED_EVERY_MS;
    this.#aheadMs = Math.round((leastMs + mostMs) / 2);
    this.#onMove({ setByMs: 0, aheadMs: this.#aheadMs }, nowMs);
  }
}
