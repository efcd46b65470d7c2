import { z } from 'zod';
import { CRASH_STEPS, type MachineFault } from './machine-faults.ts';
import { minuteOf, momentOf } from './minutes.ts';

const span = { fromMinute: z.number().min(0).default(0), toMinute: z.number().positive().optional() };

/** One line of what befalls our own machine. */
export const machineFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('clockOffset'), ms: z.int(), ...span }),
  z.strictObject({ kind: z.literal('diskRefuses'), ...span }),
  z.strictObject({ kind: z.literal('diskInDoubt'), ...span }),
  z.strictObject({
    kind: z.literal('crash'),
    atMinute: z.number().min(0),
    step: z.enum(CRASH_STEPS).default('anywhere'),
    skip: z.int().min(0).default(0),
    downSeconds: z.number().min(0).default(2),
  }),
]);

export function machineFaultOf(line: z.output<typeof machineFaultSchema>, startAtMs: number): MachineFault {
  if (line.kind === 'crash') {
    const { kind, step, skip, atMinute, downSeconds } = line;
    return { kind, step, skip, atMs: momentOf(atMinute, startAtMs), downMs: Math.round(downSeconds * 1_000) };
  }
  const { fromMinute, toMinute, ...kind } = line;
  return {
    ...kind,
    fromMs: momentOf(fromMinute, startAtMs),
    ...(toMinute === undefined ? {} : { toMs: momentOf(toMinute, startAtMs) }),
  };
}

/** The line that is read as this fault. */
export function machineFaultLine(fault: MachineFault, startAtMs: number): z.input<typeof machineFaultSchema> {
  if (fault.kind === 'crash') {
    const { kind, step, skip, atMs, downMs } = fault;
    return { kind, step, skip, atMinute: minuteOf(atMs, startAtMs), downSeconds: downMs / 1_000 };
  }
  const { fromMs, toMs, ...kind } = fault;
  return {
    ...kind,
    fromMinute: minuteOf(fromMs, startAtMs),
    ...(toMs === undefined ? {} : { toMinute: minuteOf(toMs, startAtMs) }),
  };
}
