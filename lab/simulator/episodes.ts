import { createSeededRandom, type Decision } from '../../src/index.ts';
import { type EpisodeSlot, runEpisode, SOURCE_IDS } from './episode.ts';
import { COLLUSIONS, LIES, type Lie } from './lies.ts';

/** What lying sources did to the decisions of many episodes. */
export type EpisodeFigures = {
  episodes: number;
  decisions: number;
  /** BUY or SELL. */
  directions: number;
  abstentions: number;
  /** BUY where the same moment with everybody honest gave SELL, or SELL where it gave BUY. */
  flipped: number;
  /** A direction that the mean of the honest scores in its own certificate contradicts, or that none of them backs. */
  wrongSide: number;
  /** Prices that two or more sources agreed on, outside of all that honest sources showed. */
  priceOutside: number;
  /** Prices of a confirmed decision, shown by one source alone, outside likewise. */
  confirmedPriceOutside: number;
  /** The furthest of either, in basis points. */
  outsideBpsMax: number;
  /** `seed lie`, of the first faults of each kind. */
  examples: Record<string, string[]>;
};

export type EpisodesOptions = {
  readonly seed: string;
  readonly count: number;
  readonly liars: 0 | 1 | 2;
  readonly consensus: Readonly<Record<string, unknown>>;
  /** The same episodes with everybody honest, to compare with. */
  readonly honest: readonly (readonly Decision['kind'][])[] | null;
};

export type EpisodesResult = {
  readonly figures: EpisodeFigures;
  /** By episode and look. */
  readonly kinds: readonly (readonly Decision['kind'][])[];
};

const EXAMPLES_MAX = 5;

/** Runs episodes one after the other; lie and liars of each are drawn from its seed. */
export async function runEpisodes(options: EpisodesOptions): Promise<EpisodesResult> {
  const { seed, count, consensus, honest } = options;
  const figures: EpisodeFigures = {
    episodes: 0,
    decisions: 0,
    directions: 0,
    abstentions: 0,
    flipped: 0,
    wrongSide: 0,
    priceOutside: 0,
    confirmedPriceOutside: 0,
    outsideBpsMax: 0,
    examples: {},
  };
  const kinds: Decision['kind'][][] = [];
  for (let number = 0; number < count; number += 1) {
    const episodeSeed = `${seed} ${number}`;
    const { liars, name } = drawLiars(episodeSeed, options.liars);
    const slots = await runEpisode({ seed: episodeSeed, liars, consensus });
    const fault = (kind: string) => {
      const examples = figures.examples[kind] ?? [];
      figures.examples[kind] = examples;
      if (examples.length < EXAMPLES_MAX)
        examples.push(`${episodeSeed}: ${[...liars.keys()].join('+')} ${name}`);
    };
    figures.episodes += 1;
    for (const [look, slot] of slots.entries()) judge(slot, honest?.[number]?.[look], liars, figures, fault);
    kinds.push(slots.map(({ decision }) => decision.kind));
  }
  return { figures, kinds };
}

function drawLiars(seed: string, count: EpisodesOptions['liars']) {
  const random = createSeededRandom(`${seed} liars ${count}`);
  const take = <T>(from: T[]): T => from.splice(Math.floor(random.next() * from.length), 1)[0] as T;
  const [name, lie] = take(Object.entries(count === 1 ? LIES : COLLUSIONS));
  const ids = [...SOURCE_IDS];
  return { name, liars: new Map(Array.from({ length: count }, () => [take(ids) as string, lie] as const)) };
}

function judge(
  { decision, span }: EpisodeSlot,
  honestKind: Decision['kind'] | undefined,
  liars: ReadonlyMap<string, Lie>,
  figures: EpisodeFigures,
  fault: (kind: string) => void,
): void {
  const { kind, price, certificate } = decision;
  figures.decisions += 1;
  if (kind === 'ABSTAIN') figures.abstentions += 1;
  if (price !== null && (price.price < span.low || price.price > span.high)) {
    const bps = 10_000 * Math.max(span.low / price.price - 1, price.price / span.high - 1);
    figures.outsideBpsMax = Math.max(figures.outsideBpsMax, Math.round(bps * 10) / 10);
    const what = price.agreeing.length > 1 ? 'priceOutside' : 'confirmedPriceOutside';
    figures[what] += 1;
    fault(what);
  }
  if (kind !== 'BUY' && kind !== 'SELL') return;
  figures.directions += 1;
  if (honestKind === (kind === 'BUY' ? 'SELL' : 'BUY')) {
    figures.flipped += 1;
    fault('flipped');
  }
  const honestScore = certificate.voters.reduce(
    (sum, { sourceId, weightPpb, ballot }) =>
      ballot.state === 'answered' && !liars.has(sourceId) ? sum + weightPpb * ballot.scoreMicro : sum,
    0,
  );
  if ((kind === 'BUY' ? honestScore : -honestScore) <= 0) {
    figures.wrongSide += 1;
    fault('wrongSide');
  }
}
