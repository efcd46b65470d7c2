import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/index.ts';
import { Savings } from './savings.ts';

const SLOT_MS = 1_000_000;

type Place = 'asked' | 'kept' | 'open' | 'silent' | 'told all';

/** A decision of one voter per place. */
function decision(places: readonly Place[]): Decision {
  const sourceIds = places.map((_, index) => `s${index}`);
  const placed = (wanted: readonly Place[]) =>
    sourceIds.filter((_, index) => wanted.includes(places[index] as Place));
  return {
    instrumentId: 'AAPL',
    certificate: {
      voters: places.map((place, index) => ({
        sourceId: sourceIds[index],
        ballot: {
          state: place === 'open' ? 'open' : place === 'asked' || place === 'kept' ? 'answered' : 'absent',
        },
      })),
    },
    votes: placed(['asked', 'kept']).map((sourceId) => ({
      sourceId,
      provenance: { receivedAtMs: placed(['asked']).includes(sourceId) ? SLOT_MS + 40 : SLOT_MS - 40 },
    })),
    leftOut: [
      ...placed(['silent']).map((sourceId) => ({ sourceId, reason: 'timeout', detail: '' })),
      ...placed(['told all']).map((sourceId) => ({ sourceId, reason: 'noData', detail: '' })),
    ],
  } as unknown as Decision;
}

describe('what became of the lookups', () => {
  test('every voter of a new vote is one, and has one fate', () => {
    const savings = new Savings(true);
    const places: Place[] = ['asked', 'kept', 'open', 'silent', 'told all'];
    savings.slotOver({ slotAtMs: SLOT_MS, decisions: [decision(places)] });
    expect(savings.lookups).toEqual({ total: 5, gate: 0, reuse: 2, bound: 1, asked: 2 });
    expect(savings.votesByAsked).toEqual([0, 0, 1]);
  });

  test('a confirmed decision saves them all by the gate, and is no new vote', () => {
    const savings = new Savings(true);
    const standing = decision(['asked', 'kept']);
    savings.slotOver({ slotAtMs: SLOT_MS, decisions: [standing] });
    savings.slotOver({ slotAtMs: SLOT_MS + 5_000, decisions: [{ ...standing, atMs: SLOT_MS + 5_000 }] });
    expect(savings.lookups).toEqual({ total: 4, gate: 2, reuse: 1, bound: 0, asked: 1 });
    expect(savings.votesByAsked).toEqual([0, 1]);
  });

  test('a client that keeps nothing asked for whatever counts', () => {
    const savings = new Savings(false);
    savings.slotOver({ slotAtMs: SLOT_MS, decisions: [decision(['asked', 'kept'])] });
    expect(savings.lookups).toMatchObject({ reuse: 0, asked: 2 });
  });

  test('where nobody voted there was nothing to look up', () => {
    const savings = new Savings(true);
    savings.slotOver({ slotAtMs: SLOT_MS, decisions: [decision([])] });
    expect(savings.lookups.total).toBe(0);
  });
});
