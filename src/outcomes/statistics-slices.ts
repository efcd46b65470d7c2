import { parseInstrument } from '../core/instrument.ts';
import type { SliceDimension } from '../core/track-record.ts';
import type { RecordedConfig } from './statistics-configs.ts';
import { BUCKETS, bucketBounds, bucketOf } from './statistics-reliability.ts';
import type { Scored, Stratum } from './statistics-scored.ts';

/** Names the slices that an outcome belongs to: one, or one for each source or flag. */
export type SliceKeys = (scored: Scored) => readonly string[];

export function sliceKeys(
  by: SliceDimension,
  configs: ReadonlyMap<string, Pick<RecordedConfig, 'flags'>>,
): SliceKeys {
  switch (by) {
    case 'source':
      return ({ leanings }) => leanings.map(({ sourceId }) => sourceId);
    case 'confidence':
      return ({ confidence }) => BUCKET_KEYS[bucketOf(confidence)] ?? [];
    case 'symbol':
      return oncePerStratum(({ instrumentId }) => [instrumentId]);
    case 'assetClass':
      return oncePerStratum(({ instrumentId }) => {
        const parsed = parseInstrument(instrumentId);
        return parsed.kind === 'ok' ? [parsed.instrument.assetClass] : [];
      });
    case 'flag':
      return oncePerStratum(({ instrumentId, configVersion }) =>
        Object.entries(configs.get(configVersion)?.flags(instrumentId) ?? {}).map(
          ([name, isOn]) => `${name}=${isOn ? 'on' : 'off'}`,
        ),
      );
    case 'side':
    case 'regime':
    case 'configVersion':
      return oncePerStratum((stratum) => [stratum[by]]);
  }
}

/** `0.2–0.3`. */
const BUCKET_KEYS = Array.from({ length: BUCKETS }, (_, bucket) => {
  const { from, to } = bucketBounds(bucket);
  return [`${from.toFixed(1)}–${to.toFixed(1)}`];
});

function oncePerStratum(keysOf: (stratum: Stratum) => readonly string[]): SliceKeys {
  const known = new WeakMap<Stratum, readonly string[]>();
  return ({ stratum }) => {
    const before = known.get(stratum);
    if (before !== undefined) return before;
    const keys = keysOf(stratum);
    known.set(stratum, keys);
    return keys;
  };
}
