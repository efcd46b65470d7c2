import { parseInstrument } from '../core/instrument.ts';
import type { SliceDimension, Statistics } from '../core/track-record.ts';
import type { RecordedConfig } from './statistics-configs.ts';
import { BUCKETS, bucketBounds, bucketOf } from './statistics-reliability.ts';
import type { Scored } from './statistics-scored.ts';
import { SliceTally } from './statistics-slice.ts';

/** Names the slices that an outcome belongs to: one, or one for each source or flag. Equal strata get the same array. */
export type SliceKeys = (scored: Scored) => readonly string[];

export function sliceKeys(
  by: SliceDimension,
  configs: ReadonlyMap<string, Pick<RecordedConfig, 'flags'>>,
): SliceKeys {
  switch (by) {
    case 'source':
      return oncePer(
        ({ leanings }) => leanings,
        (leanings) => leanings.map(({ sourceId }) => sourceId),
      );
    case 'confidence':
      return ({ confidence }) => BUCKET_KEYS[bucketOf(confidence)] ?? [];
    case 'symbol':
      return oncePer(stratumOf, ({ instrumentId }) => [instrumentId]);
    case 'assetClass':
      return oncePer(stratumOf, ({ instrumentId }) => {
        const parsed = parseInstrument(instrumentId);
        return parsed.kind === 'ok' ? [parsed.instrument.assetClass] : [];
      });
    case 'flag':
      return oncePer(stratumOf, ({ instrumentId, configVersion }) =>
        Object.entries(configs.get(configVersion)?.flags(instrumentId) ?? {}).map(
          ([name, isOn]) => `${name}=${isOn ? 'on' : 'off'}`,
        ),
      );
    case 'side':
    case 'regime':
    case 'configVersion':
      return oncePer(stratumOf, (stratum) => [stratum[by]]);
  }
}

/** `0.2–0.3`. */
const BUCKET_KEYS = Array.from({ length: BUCKETS }, (_, bucket) => {
  const { from, to } = bucketBounds(bucket);
  return [`${from.toFixed(1)}–${to.toFixed(1)}`];
});

const stratumOf = ({ stratum }: Scored): Scored['stratum'] => stratum;

function oncePer<Part extends object>(
  partOf: (scored: Scored) => Part,
  keysOf: (part: Part) => readonly string[],
): SliceKeys {
  const known = new WeakMap<Part, readonly string[]>();
  return (scored) => {
    const part = partOf(scored);
    const before = known.get(part);
    if (before !== undefined) return before;
    const keys = keysOf(part);
    known.set(part, keys);
    return keys;
  };
}

type Group = { readonly keys: readonly string[]; readonly tally: SliceTally };

/** Outcomes that belong to the same slices are counted once, and added up when somebody looks. */
export class SliceGroups {
  readonly #keysOf: SliceKeys;
  readonly #groups = new Map<string, Group>();
  readonly #groupOf = new WeakMap<readonly string[], Group>();

  constructor(keysOf: SliceKeys) {
    this.#keysOf = keysOf;
  }

  add(scored: Scored): void {
    const keys = this.#keysOf(scored);
    const { tally } = this.#groupOf.get(keys) ?? this.#found(keys);
    tally.add(scored.atMs, scored.result);
  }

  /** Sorted by key. */
  slices(outcomesMin: number): NonNullable<Statistics['slices']> {
    const parts = new Map<string, SliceTally[]>();
    for (const { keys, tally } of this.#groups.values()) {
      for (const key of keys) {
        const known = parts.get(key);
        if (known === undefined) parts.set(key, [tally]);
        else known.push(tally);
      }
    }
    return [...parts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, tallies]) => ({ key, statistics: sumOf(tallies).statistics(outcomesMin) }));
  }

  #found(keys: readonly string[]): Group {
    const name = keys.join('|');
    const group = this.#groups.get(name) ?? { keys, tally: new SliceTally() };
    this.#groups.set(name, group);
    this.#groupOf.set(keys, group);
    return group;
  }
}

function sumOf(tallies: readonly SliceTally[]): SliceTally {
  const [first, ...others] = tallies;
  if (first !== undefined && others.length === 0) return first;
  const sum = new SliceTally();
  for (const tally of tallies) sum.merge(tally);
  return sum;
}
