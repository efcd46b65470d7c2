import type { TapeOptions } from '../main.ts';

export type TapeArguments = { readonly tape?: string; readonly tapeMaxMb: number };

const MB = 1_000_000;

/** What `--tape` and `--tape-max-mb` say; undefined where no tape is wanted. */
export function tapeOptions({ tape, tapeMaxMb }: TapeArguments): TapeOptions | undefined {
  return tape === undefined ? undefined : { path: tape, bytesMax: tapeMaxMb * MB };
}
