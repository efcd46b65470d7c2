/** A limit as the provider keeps it. */
export type LabLimit = {
  /** For people and for the refusal's text: `minute`, `day`. */
  readonly name: string;
  /** Units per window; for a bucket the most that fits. */
  readonly max: number;
  /** For a bucket: the time in which an empty one fills up. */
  readonly windowMs: number;
  /** Fixed windows begin at multiples of `windowMs` since the epoch; a bucket refills without a break. */
  readonly counting: 'fixed' | 'sliding' | 'bucket';
  /** What a unit is: a request, or the weight the provider gives it. */
  readonly unit: 'requests' | 'weight';
  /** What exceeding it means: wait a little, or come back another day. */
  readonly refusal: 'limit' | 'quota';
};

export type LimitStanding = {
  readonly limit: LabLimit;
  readonly used: number;
  readonly remaining: number;
  /** When at least one more unit will be free (Unix ms). */
  readonly resetAtMs: number;
};

export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'over'; readonly limit: LabLimit; readonly retryAfterMs: number };

type Meter = { startMs: number; used: number; readonly arrivals: { atMs: number; units: number }[] };

/** One account's consumption. A request is admitted by all limits or charged to none; refused ones are not charged. */
export class LimitGate {
  readonly #limits: readonly LabLimit[];
  readonly #meters: readonly Meter[];

  constructor(limits: readonly LabLimit[], nowMs: number) {
    this.#limits = limits;
    this.#meters = limits.map(() => ({ startMs: nowMs, used: 0, arrivals: [] }));
  }

  /** @param share of every limit that counts now, 0..1 */
  admit(weight: number, nowMs: number, share = 1): Admission {
    let over: Extract<Admission, { kind: 'over' }> | null = null;
    for (const [at, limit] of this.#limits.entries()) {
      const meter = this.#meters[at] as Meter;
      advance(limit, meter, nowMs);
      const units = limit.unit === 'weight' ? weight : 1;
      const max = limit.max * share;
      if (meter.used + units <= max + 1e-9) continue;
      const retryAfterMs = freeAtMs({ ...limit, max }, meter, units, nowMs) - nowMs;
      if (over === null || retryAfterMs > over.retryAfterMs) over = { kind: 'over', limit, retryAfterMs };
    }
    if (over !== null) return over;
    for (const [at, limit] of this.#limits.entries()) {
      const units = limit.unit === 'weight' ? weight : 1;
      const meter = this.#meters[at] as Meter;
      meter.used += units;
      if (limit.counting === 'sliding') meter.arrivals.push({ atMs: nowMs, units });
    }
    return { kind: 'admitted' };
  }

  /** What the provider could state in its headers, limits in their order. */
  standings(nowMs: number): LimitStanding[] {
    return this.#limits.map((limit, at) => {
      const meter = this.#meters[at] as Meter;
      advance(limit, meter, nowMs);
      const used = Math.ceil(meter.used - 1e-9);
      return {
        limit,
        used,
        remaining: Math.max(0, limit.max - used),
        resetAtMs:
          limit.counting === 'fixed'
            ? meter.startMs + limit.windowMs
            : freeAtMs(limit, meter, limit.max, nowMs),
      };
    });
  }
}

function advance(limit: LabLimit, meter: Meter, nowMs: number): void {
  if (limit.counting === 'fixed') {
    const startMs = Math.floor(nowMs / limit.windowMs) * limit.windowMs;
    if (startMs !== meter.startMs) {
      meter.startMs = startMs;
      meter.used = 0;
    }
  } else if (limit.counting === 'bucket') {
    meter.used = Math.max(0, meter.used - ((nowMs - meter.startMs) * limit.max) / limit.windowMs);
    meter.startMs = nowMs;
  } else {
    let gone = 0;
    for (const { atMs, units } of meter.arrivals) {
      if (atMs > nowMs - limit.windowMs) break;
      meter.used -= units;
      gone += 1;
    }
    if (gone > 0) meter.arrivals.splice(0, gone);
  }
}

/** When `units` more will fit (Unix ms); `meter` stands at `nowMs`. */
function freeAtMs(limit: LabLimit, meter: Meter, units: number, nowMs: number): number {
  if (limit.counting === 'fixed') return meter.startMs + limit.windowMs;
  const excess = meter.used + units - limit.max;
  if (excess <= 0) return nowMs;
  if (limit.counting === 'bucket') return nowMs + Math.ceil((excess * limit.windowMs) / limit.max - 1e-6);
  let freed = 0;
  for (const { atMs, units: had } of meter.arrivals) {
    freed += had;
    if (freed >= excess) return atMs + limit.windowMs;
  }
  return nowMs + limit.windowMs;
}
