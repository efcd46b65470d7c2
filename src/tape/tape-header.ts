import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import { TAPE_FORMAT, type TapeHeader } from './tape-line.ts';

/** The first line of a tape. `config` must be redacted. */
export function tapeHeader(
  known: Pick<TapeHeader, 'sextant' | 'label' | 'startAtMs' | 'configVersion' | 'config'>,
): TapeHeader {
  return { is: 'header', format: TAPE_FORMAT, ...known, configDigest: configDigestOf(known.config) };
}

/** Whether the configuration is the one that the header was written with. */
export function isWhole({ config, configDigest }: TapeHeader): boolean {
  return configDigestOf(config) === configDigest;
}

function configDigestOf(config: unknown): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex');
}
