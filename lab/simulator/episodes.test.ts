import { describe, expect, test } from 'vitest';
import { runEpisode } from './episode.ts';
import { runEpisodes } from './episodes.ts';
import { COLLUSIONS } from './lies.ts';

/** Goal: one source that says whatever it likes turns no decision round, and two that collude make none where scores are trimmed. */

const COUNT = 300;
const SEED = 'liars';
const TOLERANCE_BPS = 50;
const AGAINST_TWO = { operatorsMin: 3, scores: 'trimmed' };

test('equal episodes give equal decisions, lies included', { timeout: 30_000 }, async () => {
  const liars = new Map(
    Object.entries(COLLUSIONS)
      .slice(0, 2)
      .map(([, lie], index) => [`s${index + 1}`, lie] as const),
  );
  const run = () => runEpisode({ seed: 'twice', liars, consensus: {} });
  expect(await run()).toEqual(await run());
});

describe(`in ${COUNT} episodes of six sources`, { timeout: 120_000 }, () => {
  const honest = runEpisodes({ seed: SEED, count: COUNT, liars: 0, consensus: {}, honest: null });

  test('the honest never contradict one another, and give directions', async () => {
    const { figures } = await honest;
    expect(figures).toMatchObject({
      abstentions: 0,
      wrongSide: 0,
      priceOutside: 0,
      confirmedPriceOutside: 0,
    });
    expect(figures.directions).toBeGreaterThan(figures.decisions / 4);
  });

  test('one arbitrary source turns no side round and silences nobody', async () => {
    const { figures: truth, kinds } = await honest;
    const { figures } = await runEpisodes({
      seed: SEED,
      count: COUNT,
      liars: 1,
      consensus: {},
      honest: kinds,
    });
    expect(figures).toMatchObject({ flipped: 0, wrongSide: 0 });
    expect(figures.abstentions - truth.abstentions).toBeLessThanOrEqual(0.01 * figures.decisions);
    expect(figures.directions).toBeGreaterThan(truth.directions / 2);
    expect(figures.outsideBpsMax).toBeLessThanOrEqual(TOLERANCE_BPS);
  });

  test('two that collude make no side of their own where scores are trimmed and three must agree', async () => {
    const { kinds } = await honest;
    const { figures } = await runEpisodes({
      seed: SEED,
      count: COUNT,
      liars: 2,
      consensus: AGAINST_TWO,
      honest: kinds,
    });
    expect(figures).toMatchObject({ flipped: 0, wrongSide: 0 });
    expect(figures.directions).toBeGreaterThan(100);
  });
});

test('with the defaults two that collude are found out to make sides: the judge can see', {
  timeout: 60_000,
}, async () => {
  const { figures } = await runEpisodes({ seed: SEED, count: 60, liars: 2, consensus: {}, honest: null });
  expect(figures.wrongSide).toBeGreaterThan(0);
});
