import { type EpisodesOptions, runEpisodes } from '../../lab/simulator/episodes.ts';
import { part } from './part.ts';

/**
 * Six sources, of which one says whatever it likes, or two collude: thousands of short episodes of the whole engine in
 * virtual time, each beside the same with everybody honest. Options: `--episodes N`, `--seed TEXT`.
 */
await part('liars', { episodes: '10000', seed: 'liars' }, async ({ episodes, seed }) => {
  const run = (options: Pick<EpisodesOptions, 'liars' | 'consensus' | 'honest'>) =>
    runEpisodes({ seed, count: Number(episodes), ...options });
  const { figures: honest, kinds } = await run({ liars: 0, consensus: {}, honest: null });
  const against = { honest: kinds };
  const { figures: one } = await run({ ...against, liars: 1, consensus: {} });
  const { figures: oneOfThreePrices } = await run({
    ...against,
    liars: 1,
    consensus: { priceOperatorsMin: 3 },
  });
  const { figures: two } = await run({ ...against, liars: 2, consensus: {} });
  const strict = { operatorsMin: 3, scores: 'trimmed' };
  const { figures: twoTrimmed } = await run({ ...against, liars: 2, consensus: strict });

  const faults: string[] = [];
  const expectNone = (what: string, count: number) => {
    if (count > 0) faults.push(`${what}: ${count}, not 0`);
  };
  for (const [name, figures] of Object.entries({ one, oneOfThreePrices })) {
    expectNone(`${name}: sides turned round`, figures.flipped);
    expectNone(`${name}: sides that the honest contradict`, figures.wrongSide);
    const more = (figures.abstentions - honest.abstentions) / figures.decisions;
    if (more > 0.01) faults.push(`${name}: ${(100 * more).toFixed(2)} % more abstentions, not 1 % at most`);
  }
  expectNone('one, three prices: prices outside of what the honest show', oneOfThreePrices.priceOutside);
  expectNone('two, trimmed: sides turned round', twoTrimmed.flipped);
  expectNone('two, trimmed: sides that the honest contradict', twoTrimmed.wrongSide);
  return { faults, figures: { honest, one, oneOfThreePrices, two, twoTrimmed } };
});
