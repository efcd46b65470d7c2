import { createHash } from 'node:crypto';
import { type Config, type Flags, SYMBOL_FLAGS, type SymbolFlag } from './options.ts';

/** Where each symbol stands among all, 0..1, for each flag by itself: the same in every process, now and later. */
export function placeOf(flag: SymbolFlag, instrumentId: string): number {
  const digest = createHash('sha256').update(`${flag}|${instrumentId}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/** The flags of one symbol's turn: one that is on for a share of the symbols is on for those whose place is below it. */
export function flagsFor({ flags, rollout }: Pick<Config, 'flags' | 'rollout'>, instrumentId: string): Flags {
  if (rollout === undefined) return flags;
  const own = SYMBOL_FLAGS.flatMap((flag) => {
    const share = rollout[flag];
    return share === undefined ? [] : [[flag, placeOf(flag, instrumentId) < share] as const];
  });
  return { ...flags, ...Object.fromEntries(own) };
}
