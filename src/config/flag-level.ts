import { z } from 'zod';

const PERCENT = /^(\d{1,3}(?:\.\d{1,2})?)\s*%$/;

/** `true`, `false`, `on`, `off`. */
export function switchLevel(byDefault: boolean) {
  return z
    .union([z.boolean(), z.enum(['on', 'off'])], {
      error: 'write on or off: it concerns all symbols at once',
    })
    .default(byDefault)
    .transform((level) => level === true || level === 'on');
}

/** The same, or on for a share of the symbols: `25%` becomes 0.25. */
export function symbolLevel(byDefault: boolean) {
  return z
    .union([z.boolean(), z.enum(['on', 'off']), z.string().regex(PERCENT)], {
      error: 'write on, off, or for how many of the symbols it is on, such as 25%',
    })
    .default(byDefault)
    .transform((level, context): boolean | number => {
      if (typeof level === 'boolean') return level;
      if (level === 'on' || level === 'off') return level === 'on';
      const share = Number(PERCENT.exec(level)?.[1]) / 100;
      if (share > 1) {
        context.addIssue({ code: 'custom', message: 'write at most 100%' });
        return z.NEVER;
      }
      return share === 0 ? false : share === 1 ? true : share;
    });
}
