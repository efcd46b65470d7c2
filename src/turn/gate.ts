import { isSoundQuote } from '../consensus/watch-price.ts';
import type { Quote } from '../core/quote.ts';
import { dueReason, moveReason, quietUntilMs, type Weighed } from '../planner/change-gate.ts';
import type { Desk } from './desk.ts';
import { renewalTimes } from './renewal.ts';
import type { TurnParts } from './round.ts';

/** Why an instrument is to be weighed anew now, whatever its price does; null where only its price can have that done. */
export function dueNow({ config, clock }: TurnParts, desk: Desk): string | null {
  if (!config.flags.changeGate) return 'the change gate is off';
  const { weighed, standing } = desk;
  const nowMs = clock.nowMs();
  if (weighed !== null && nowMs < desk.quietUntilMs) return null;
  const rests = { weighed, standing, refreshAtMs: renewalTimes(desk), options: config.planner };
  desk.quietUntilMs = quietUntilMs(rests);
  return nowMs < desk.quietUntilMs ? null : dueReason({ ...rests, nowMs });
}

/** Whether one quote, sound as far as one quote can be, shows nothing that opens the change gate. */
export function isStillAt(
  quote: Quote,
  { config, clock }: Pick<TurnParts, 'config' | 'clock'>,
  { instrument, signal }: Pick<Desk, 'instrument' | 'signal'>,
  weighed: Weighed,
): boolean {
  const isSound = isSoundQuote(quote, { instrument, nowMs: clock.nowMs(), options: config.gates });
  return isSound && moveReason(quote.price, weighed, signal) === null;
}
