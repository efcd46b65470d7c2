/** The steps of a process between which it can die. */
export const CRASH_STEPS = ['anywhere', 'send', 'receive', 'write', 'acknowledge', 'save'] as const;
export type CrashStep = (typeof CRASH_STEPS)[number];

/** What befalls our own machine, not a provider. All times are Unix ms of the world, not of the machine's clock. */
export type MachineFault =
  /** Our clock is this far ahead, or behind where negative; both edges are jumps. */
  | {
      readonly kind: 'clockOffset';
      readonly ms: number;
      readonly fromMs: number;
      readonly toMs?: number;
    }
  /** The disk is full, or read-only: writes fail and leave nothing. */
  | { readonly kind: 'diskRefuses'; readonly fromMs: number; readonly toMs?: number }
  /** Writes fail and are there all the same: only their sync failed. */
  | { readonly kind: 'diskInDoubt'; readonly fromMs: number; readonly toMs?: number }
  | {
      readonly kind: 'crash';
      /** The process dies when it first comes to the step from then on, or there and then at `anywhere`. */
      readonly atMs: number;
      readonly step: CrashStep;
      /** So many times it comes to the step and lives. */
      readonly skip: number;
      /** Until a new process is started. */
      readonly downMs: number;
    };

export type Crash = Extract<MachineFault, { kind: 'crash' }>;
type Span = { readonly fromMs: number; readonly toMs?: number };

export function isOn({ fromMs, toMs = Number.POSITIVE_INFINITY }: Span, atMs: number): boolean {
  return fromMs <= atMs && atMs < toMs;
}

/** How far our clock is ahead. */
export function clockOffsetMs(faults: readonly MachineFault[], atMs: number): number {
  let offsetMs = 0;
  for (const fault of faults) if (fault.kind === 'clockOffset' && isOn(fault, atMs)) offsetMs += fault.ms;
  return offsetMs;
}

/** What the disk does with a write. */
export function diskAt(
  faults: readonly MachineFault[],
  atMs: number,
): 'works' | 'diskRefuses' | 'diskInDoubt' {
  for (const fault of faults) {
    if ((fault.kind === 'diskRefuses' || fault.kind === 'diskInDoubt') && isOn(fault, atMs))
      return fault.kind;
  }
  return 'works';
}

/** Whether disk or clock were in trouble at any moment from `fromMs` to `untilMs`; a clock is when it jumps. */
export function isTroubledBetween(faults: readonly MachineFault[], fromMs: number, untilMs: number): boolean {
  return faults.some((fault) => {
    if (fault.kind === 'crash') return false;
    const { toMs = Number.POSITIVE_INFINITY } = fault;
    if (fault.kind !== 'clockOffset') return fault.fromMs <= untilMs && toMs > fromMs;
    return [fault.fromMs, toMs].some((edgeMs) => edgeMs >= fromMs && edgeMs <= untilMs);
  });
}
