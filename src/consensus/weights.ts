import { WEIGHT_TOTAL_PPB } from '../core/vote.ts';

/** A voter's weight as configured: any positive number, read to a millionth. */
export type RawWeight = { readonly sourceId: string; readonly weight: number };

/**
 * A source may hold a third at most: PBFT's bound of f faulty among n > 3f (Castro and Liskov 1999), so that
 * one of six may lie. Fewer than three sources cannot be held to it and share equally.
 */
const CAP_SHARES = 3;

/** Greatest weight a source of `sourceCount` may hold once rounded: ceil(max(1/3, 1/sourceCount)) in ppb. */
export function capPpb(sourceCount: number): number {
  return Math.ceil(WEIGHT_TOTAL_PPB / Math.min(CAP_SHARES, sourceCount));
}

/**
 * Normalises the weights of the eligible sources, caps each at max(1/3, 1/n) and gives what lies above to the
 * others in proportion, until none is above (design section 3). Returns parts per billion by source id; they
 * sum to WEIGHT_TOTAL_PPB exactly, each less than 1 ppb from its true share (largest remainder, ties to the
 * smaller id). The order of `sources` does not matter. Empty for no sources. Throws RangeError on a weight
 * that is not positive or on a source named twice.
 *
 * The cap is per source, not per operator: two mirrors of one operator may hold two thirds together. Capping
 * operators as well would leave two operators with two thirds of the weight and nobody to give the rest to.
 * That one operator alone never gives a direction is what `operatorsMin` is for.
 */
export function shareOut(sources: readonly RawWeight[]): ReadonlyMap<string, number> {
  for (const { sourceId, weight } of sources) {
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new RangeError(`weight of ${sourceId} is ${weight}: a voter's weight is a positive number`);
  }
  const shares = sources.length <= CAP_SHARES ? equalShares(sources) : roundToTotal(quotas(unitsOf(sources)));
  if (shares.size < sources.length) throw new RangeError('a source is named twice among the weights');
  return shares;
}

/** What comes of so few: of three none may hold more than a third either. */
function equalShares(sources: readonly RawWeight[]): ReadonlyMap<string, number> {
  const whole = Math.floor(WEIGHT_TOTAL_PPB / sources.length);
  const missing = WEIGHT_TOTAL_PPB - whole * sources.length;
  const ids = sources.map(({ sourceId }) => sourceId).sort();
  return new Map(ids.map((id, rank) => [id, rank < missing ? whole + 1 : whole]));
}

function unitsOf(sources: readonly RawWeight[]): ReadonlyMap<string, bigint> {
  return new Map(
    sources.map(({ sourceId, weight }) => [sourceId, BigInt(Math.max(1, Math.round(weight * 1_000_000)))]),
  );
}

type Quotas = { readonly parts: ReadonlyMap<string, bigint>; readonly denominator: bigint };

/** The exact share of source i in ppb is parts_i / denominator. */
function quotas(units: ReadonlyMap<string, bigint>): Quotas {
  const shares = BigInt(Math.min(CAP_SHARES, units.size));
  const total = BigInt(WEIGHT_TOTAL_PPB);
  const capped = new Set<string>();
  for (;;) {
    // With c capped, (shares - c) / shares of the weight is left; fewer than shares - c sources can exceed
    // the cap, so somebody always remains to take it.
    const left = shares - BigInt(capped.size);
    const free = [...units].filter(([sourceId]) => !capped.has(sourceId));
    const freeUnits = free.reduce((sum, [, unit]) => sum + unit, 0n);
    const over = free.filter(([, unit]) => unit * left > freeUnits);
    if (over.length === 0) {
      const part = (sourceId: string, unit: bigint) =>
        total * (capped.has(sourceId) ? freeUnits : left * unit);
      return {
        parts: new Map([...units].map(([sourceId, unit]) => [sourceId, part(sourceId, unit)])),
        denominator: shares * freeUnits,
      };
    }
    for (const [sourceId] of over) capped.add(sourceId);
  }
}

/**
 * Hamilton's method: everybody the whole part, then one each by largest remainder until the total is reached.
 */
function roundToTotal({ parts, denominator }: Quotas): ReadonlyMap<string, number> {
  const rows = [...parts].map(([sourceId, part]) => ({
    sourceId,
    whole: Number(part / denominator),
    rest: part % denominator,
  }));
  rows.sort((a, b) => (a.rest === b.rest ? (a.sourceId < b.sourceId ? -1 : 1) : a.rest > b.rest ? -1 : 1));
  const missing = WEIGHT_TOTAL_PPB - rows.reduce((sum, { whole }) => sum + whole, 0);
  return new Map(rows.map(({ sourceId, whole }, rank) => [sourceId, rank < missing ? whole + 1 : whole]));
}
