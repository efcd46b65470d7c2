import { z } from 'zod';
import type { MarketEvent } from '../market/event-market.ts';
import { MINUTE_MS, minuteOf, momentOf } from './minutes.ts';

const when = { atMinute: z.number().min(0), symbols: z.array(z.string()).min(1).optional() };
const minutes = z.number().min(0).max(1_440);

/** One line of a scenario's events: what truly happens in its market. */
export const marketEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('flashCrash'),
    factor: z.number().positive().default(0.65),
    fallMinutes: minutes.default(5),
    lowMinutes: minutes.default(5),
    riseMinutes: minutes.default(10),
    ...when,
  }),
  z.strictObject({ kind: z.literal('split'), factor: z.number().positive().default(0.1), ...when }),
]);

export function marketEventOf(line: z.output<typeof marketEventSchema>, startAtMs: number): MarketEvent {
  const base = {
    atMs: momentOf(line.atMinute, startAtMs),
    factor: line.factor,
    ...(line.symbols === undefined ? {} : { instrumentIds: line.symbols }),
  };
  if (line.kind === 'split') return { kind: 'split', ...base };
  return {
    kind: 'flashCrash',
    ...base,
    fallMs: line.fallMinutes * MINUTE_MS,
    lowMs: line.lowMinutes * MINUTE_MS,
    riseMs: line.riseMinutes * MINUTE_MS,
  };
}

/** The line that is read as this event. */
export function marketEventLine(event: MarketEvent, startAtMs: number): z.input<typeof marketEventSchema> {
  const base = {
    atMinute: minuteOf(event.atMs, startAtMs),
    factor: event.factor,
    ...(event.instrumentIds === undefined ? {} : { symbols: [...event.instrumentIds] }),
  };
  if (event.kind === 'split') return { kind: 'split', ...base };
  return {
    kind: 'flashCrash',
    ...base,
    fallMinutes: event.fallMs / MINUTE_MS,
    lowMinutes: event.lowMs / MINUTE_MS,
    riseMinutes: event.riseMs / MINUTE_MS,
  };
}
