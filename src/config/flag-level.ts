import { z } from 'zod';

const PERCENT = /^(\d{1,3}(?:\.\d{1,2})?)\s*%$/;

type Level = { readonly byDefault: boolean; readonly noShadow: string };

/** `true`, `false`, `on`, `off`. */
export function switchLevel(byDefault: boolean) {
  return z
    .union([z.boolean(), z.enum(['on', 'off'])], {
      error: ({ input }) =>
        input === 'shadow'
          ? 'write on or off: it changes how questions travel, so there is no second decision to compare'
          : 'write on or off: it concerns all symbols at once',
    })
    .default(byDefault)
    .transform((level) => level === true || level === 'on');
}

/** The same, or on for a share of the symbols: `25%` becomes 0.25. `noShadow` tells why it cannot be a shadow. */
export function symbolLevel({ byDefault, noShadow }: Level) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    input === 'shadow'
      ? `write on, off or a share: ${noShadow}`
      : 'write on, off, or for how many of the symbols it is on, such as 25%';
  return z
    .union([z.boolean(), z.enum(['on', 'off']), z.string().regex(PERCENT, { error })], { error })
    .default(byDefault)
    .transform((level, context): boolean | number => {
      if (typeof level === 'boolean') return level;
      if (level === 'on' || level === 'off') return level === 'on';
      return shareOf(level, context);
    });
}

/** The same, or `shadow`: computed beside the real decision and compared with it. */
export function shadowLevel(byDefault: boolean) {
  const error = 'write on, off, shadow, or for how many of the symbols it is on, such as 25%';
  return z
    .union([z.boolean(), z.enum(['on', 'off', 'shadow']), z.string().regex(PERCENT, { error })], { error })
    .default(byDefault)
    .transform((level, context): boolean | number | 'shadow' => {
      if (typeof level === 'boolean' || level === 'shadow') return level;
      if (level === 'on' || level === 'off') return level === 'on';
      return shareOf(level, context);
    });
}

function shareOf(percent: string, context: z.RefinementCtx): boolean | number {
  const share = Number(PERCENT.exec(percent)?.[1]) / 100;
  if (share > 1) {
    context.addIssue({ code: 'custom', message: 'write at most 100%' });
    return z.NEVER;
  }
  return share === 0 ? false : share === 1 ? true : share;
}
