import { z } from 'zod';
import type { Fault } from '../faults.ts';
import { minuteOf, momentOf } from './minutes.ts';

/** When a fault is on, in minutes after the start of the scenario; from the start and to its end when left out. */
const span = {
  fromMinute: z.number().min(0).default(0),
  toMinute: z.number().positive().optional(),
  symbols: z.array(z.string()).min(1).optional(),
};

const PLAIN = [
  'dead',
  'hang',
  'reset',
  'trickle',
  'error500',
  'limitIn200',
  'html403',
  'garbage',
  'truncated',
  'wrongSymbol',
  'stale',
  'frozen',
] as const;

/** One line of a scenario's fault plan. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(PLAIN), ...span }),
  z.strictObject({
    kind: z.literal('limit'),
    retryAfterS: z.number().min(0).nullable().default(null),
    ...span,
  }),
  z.strictObject({ kind: z.literal('ban'), retryAfterS: z.number().min(0).default(3_600), ...span }),
  z.strictObject({ kind: z.literal('priceFactor'), factor: z.number().positive(), ...span }),
  z.strictObject({ kind: z.literal('timeShift'), ms: z.int(), ...span }),
  z.strictObject({ kind: z.literal('limitShare'), share: z.number().min(0).max(1), ...span }),
  z.strictObject({ kind: z.literal('slow'), factor: z.number().positive(), ...span }),
]);

/** The fault as the lab plays it. */
export function faultOf(line: z.output<typeof faultSchema>, startAtMs: number): Fault {
  const { fromMinute, toMinute, symbols, ...kind } = line;
  return {
    ...kind,
    fromMs: momentOf(fromMinute, startAtMs),
    ...(toMinute === undefined ? {} : { toMs: momentOf(toMinute, startAtMs) }),
    ...(symbols === undefined ? {} : { instrumentIds: symbols }),
  };
}

/** The line that is read as this fault. */
export function faultLine(fault: Fault, startAtMs: number): z.input<typeof faultSchema> {
  const { fromMs = startAtMs, toMs, instrumentIds, ...kind } = fault;
  return {
    ...kind,
    fromMinute: minuteOf(fromMs, startAtMs),
    ...(toMs === undefined ? {} : { toMinute: minuteOf(toMs, startAtMs) }),
    ...(instrumentIds === undefined ? {} : { symbols: [...instrumentIds] }),
  };
}
