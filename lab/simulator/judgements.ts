import type { Config, Decision } from '../../src/index.ts';
import { type Market, TICK_MS } from '../market/market.ts';

/**
 * What must hold of a decision, worked out anew from what it states, from the configuration, and from what the market
 * truly did: none of the engine's own code has a part in it. Each returns what is wrong in words, or null.
 */

/** Weights are kept in billionths and scores in millionths: sums of a few of them are off by less than this. */
const ROUNDING = 1e-5;
/** Analysts that judge one answer at a time: their opinion ages from its receipt, not from the newest bar. */
const ANSWER_ANALYSTS: readonly string[] = ['model', 'ratings', 'gauge'];
/** Two honest providers of the lab may be this far from the truth, as a share of the price. */
const HONEST_SHARE = 0.001;

/** A BUY or SELL below quorum, below its threshold, or from too few operators. */
export function voteFault(decision: Decision, config: Config): string | null {
  const { kind, regime, certificate } = decision;
  if (kind !== 'BUY' && kind !== 'SELL') return null;
  const { quorum, operatorsMin, agreeMin } = config.consensus;
  const side = kind === 'BUY' ? 1 : -1;
  const operatorOf = new Map(config.sources.map(({ id, operator }) => [id, operator]));
  const operators = new Set<string>();
  let weight = 0;
  let total = 0;
  let weighted = 0;
  for (const { sourceId, weightPpb, ballot } of certificate.voters) {
    total += weightPpb;
    if (ballot.state !== 'answered') continue;
    const score = (side * ballot.scoreMicro) / 1e6;
    weight += weightPpb;
    weighted += weightPpb * score;
    const operator = operatorOf.get(sourceId);
    if (score >= agreeMin - ROUNDING && operator !== undefined) operators.add(operator);
  }
  if (weight < (quorum - ROUNDING) * total) {
    return `${kind} with ${(weight / total).toFixed(4)} of the weight, below the quorum of ${quorum.toFixed(4)}`;
  }
  if (operators.size < operatorsMin) {
    return `${kind} from ${operators.size} operators (${[...operators].join(', ')}), ${operatorsMin} must agree`;
  }
  if (regime === null) return `${kind} without a regime`;
  const theta = config.signals.thresholds[regime];
  const score = weighted / weight;
  return score < theta - ROUNDING ? `${kind} with a score of ${score.toFixed(6)}, below ${theta}` : null;
}

/** A BUY or SELL that rests on opinions or a price older than the configuration allows at `atMs`. */
export function ageFault(
  { kind, votes, price, ...decision }: Decision,
  config: Config,
  atMs: number,
): string | null {
  if (kind !== 'BUY' && kind !== 'SELL') return null;
  if (price === null) return `${kind} without a price`;
  const symbol = config.symbols.find(({ id }) => id === decision.instrumentId);
  const ageMsMax = config.gates.quoteAgeMsMax[symbol?.assetClass ?? 'stock'];
  if (atMs - price.asOfMs > ageMsMax) return `${kind} on a price ${atMs - price.asOfMs} ms old`;
  for (const { sourceId, dataAtMs, provenance } of votes) {
    const source = config.sources.find(({ id }) => id === sourceId);
    if (source === undefined) return `${kind} with a vote of ${sourceId}, which is no source`;
    const isAnswer = ANSWER_ANALYSTS.includes(source.analyst);
    const ageMs = atMs - (isAnswer ? provenance.receivedAtMs : dataAtMs);
    if (ageMs > source.ttlMs) return `${kind} with a vote of ${sourceId} that is ${ageMs} ms old`;
  }
  return null;
}

/** A price that the market did not show, give or take the tolerance between sources, while it counted as fresh. */
export function priceFault(
  { instrumentId, price }: Decision,
  config: Config,
  market: Market,
  slotAtMs: number,
): string | null {
  if (price === null) return null;
  if (!(Number.isFinite(price.price) && price.price > 0)) return `the price is ${price.price}`;
  const symbol = config.symbols.find(({ id }) => id === instrumentId);
  if (symbol === undefined || price.currency !== symbol.quote) return `the price is in ${price.currency}`;
  const tolerance = config.consensus.priceToleranceBps / 10_000 + HONEST_SHARE;
  const untilMs = slotAtMs + config.cycleMs;
  const fromMs = slotAtMs - config.gates.quoteAgeMsMax[symbol.assetClass];
  let nearest = Number.POSITIVE_INFINITY;
  for (let atMs = untilMs; atMs >= fromMs; atMs -= TICK_MS) {
    const truth = market.priceAt(instrumentId, atMs)?.price;
    if (truth === undefined) continue;
    nearest = Math.min(nearest, Math.abs(price.price / truth - 1));
    if (nearest <= tolerance) return null;
  }
  return `the price is ${price.price}, ${(nearest * 100).toFixed(2)} % from anything the market showed`;
}
