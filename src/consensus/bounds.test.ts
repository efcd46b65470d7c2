import { describe, expect, test } from 'vitest';
import type { Ballot, Voter } from '../core/vote.ts';
import { bounds } from './bounds.ts';

const said = (score: number): Ballot => ({ state: 'answered', scoreMicro: Math.round(score * 1e6) });
const open = (low: number, high: number): Ballot => ({
  state: 'open',
  lowMicro: Math.round(low * 1e6),
  highMicro: Math.round(high * 1e6),
});
const of = (ballots: Readonly<Record<string, Ballot>>): Voter[] =>
  Object.entries(ballots).map(([sourceId, ballot]) => ({
    sourceId,
    operator: sourceId,
    weightPpb: 250_000_000,
    ballot,
  }));

describe('the interval of a partly answered vote', () => {
  test('with nothing open both ends are the mean', () => {
    const found = bounds(of({ a: said(0.5), b: said(-0.1), c: { state: 'absent', reason: 'timeout' } }));
    expect(found?.low).toEqual(found?.high);
    expect(found?.low).toMatchObject({ score: 0.2, answering: [] });
  });

  test('only those below the mean join the low end, only those above it the high end', () => {
    const found = bounds(of({ a: said(0.5), b: open(0.6, 0.9), c: open(-0.7, 0.4), d: open(-1, 1) }));
    expect(found?.low).toMatchObject({ score: -0.4, answering: ['d', 'c'] });
    expect(found?.high).toMatchObject({ score: 0.8, answering: ['d', 'b'] });
  });

  test('a member that lay below the mean but lies above it once others have joined stays out', () => {
    const found = bounds(of({ a: said(1), b: open(-1, 1), c: open(0.5, 1) }));
    expect(found?.low).toMatchObject({ score: 0, answering: ['b'] });
    expect(found?.high).toMatchObject({ score: 1, answering: [] });
  });

  test('before any answer there is none', () => {
    expect(bounds(of({ a: open(-1, 1) }))).toBeNull();
  });
});
