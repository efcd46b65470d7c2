import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCertificate } from './consensus/verify-certificate.ts';
import type { Decision } from './core/decision.ts';
import { CONSENSUS_DEFAULTS, FLAG_DEFAULTS } from './core/options.ts';
import { SCORE_MICRO } from './core/vote.ts';
import { type Script, START_MS, stage } from './engine.testing.ts';
import { explainDecision } from './signals/explain.ts';
import { standInMicro } from './turn/stand-in.ts';

/** Everybody is asked, so that every failure shows. */
const ASK_ALL = { flags: { ...FLAG_DEFAULTS, decidedVote: false } };
const BACKED = [{ source: 'spare', meaning: 'weaker' }] as const;
const SPARE: Script = { score: 0.5, isBackup: true };

async function decisionOf(scripts: Record<string, Script>, config = {}): Promise<Decision> {
  const staged = stage(scripts, ['BTC-USD'], { config: { ...ASK_ALL, ...config } });
  await staged.cycles(2);
  const [decision] = staged.board.decisions();
  if (decision === undefined) throw new Error('no decision');
  expect(checkCertificate(decision, { consensus: CONSENSUS_DEFAULTS })).toBeNull();
  return decision;
}

const AGREEING: Record<string, Script> = { a: { score: 0.8 }, b: { score: 0.6 } };

describe('a voter that fails', () => {
  test('is replaced by its backup within the cycle, discounted and named', async () => {
    const decision = await decisionOf({
      ...AGREEING,
      c: { score: 0.5, fails: true, backups: BACKED },
      spare: SPARE,
    });
    expect(decision.certificate.voters[2]).toMatchObject({
      sourceId: 'c',
      operator: 'spare-inc',
      ballot: { state: 'answered', scoreMicro: 400_000 },
    });
    expect(decision.votes[2]).toMatchObject({
      sourceId: 'c',
      score: 0.4,
      because: 'c says so',
      provenance: { sourceId: 'spare' },
      standIn: { sourceId: 'spare', operator: 'spare-inc', meaning: 'weaker', discount: 0.8, score: 0.5 },
    });
    expect(decision.leftOut).toContainEqual({
      sourceId: 'c',
      reason: 'down',
      detail: '503 Service Unavailable; spare stands in, discounted to 0.8',
    });
    const lines = explainDecision(decision).join('\n');
    expect(lines).toMatch(/spare voted \+0\.40 in the place of c \(weaker, \+0\.50 discounted to 0\.8\)/);
  });

  test.each([
    { meaning: 'equal', analyst: 'c', scoreMicro: 300_000 },
    { meaning: 'weaker', analyst: 'c', scoreMicro: 240_000 },
    { meaning: 'different', analyst: 'spare', scoreMicro: 250_000 },
  ] as const)(
    'is replaced by data of $meaning meaning, read by the analyst of $analyst',
    async ({ meaning, analyst, scoreMicro }) => {
      const c = { score: 0.3, fails: true, backups: [{ source: 'spare', meaning }] };
      const { votes, certificate } = await decisionOf({ ...AGREEING, c, spare: SPARE });
      expect(votes[2]?.because).toBe(`${analyst} says so`);
      expect(certificate.voters[2]?.ballot).toEqual({ state: 'answered', scoreMicro });
    },
  );

  test('that hangs is replaced in time', async () => {
    const staged = stage(
      { ...AGREEING, c: { latencyMs: 60_000, market: false, backups: BACKED }, spare: SPARE },
      ['BTC-USD'],
      { config: ASK_ALL },
    );
    await staged.cycles(2);
    expect(staged.board.decisions()[0]?.votes[2]?.standIn?.sourceId).toBe('spare');
    expect(staged.board.state().lastCycleTookMs).toBeLessThanOrEqual(3_050);
  });

  test('has its next backup asked where the first fails too', async () => {
    const backups = [...BACKED, { source: 'second', meaning: 'equal' }] as const;
    const decision = await decisionOf({
      ...AGREEING,
      c: { fails: true, backups },
      spare: { ...SPARE, fails: true },
      second: SPARE,
    });
    expect(decision.votes[2]?.standIn?.sourceId).toBe('second');
    expect(decision.leftOut.map(({ sourceId }) => sourceId)).toContain('spare');
  });

  test('is silent where the flag is off, or where the source says that it has no such data', async () => {
    const c: Script = { fails: true, backups: BACKED };
    const off = await decisionOf(
      { ...AGREEING, c, spare: SPARE },
      { flags: { ...ASK_ALL.flags, fallback: false } },
    );
    const unknown = await decisionOf({ ...AGREEING, c: { ...c, failsWith: 'unknownSymbol' }, spare: SPARE });
    for (const { certificate } of [off, unknown]) expect(certificate.voters[2]?.ballot.state).toBe('absent');
  });

  test('is replaced where its data are frozen, and the gateway is told so', async () => {
    const c: Script = { score: 0.9, barsUntilMs: START_MS, backups: BACKED };
    const staged = stage({ ...AGREEING, c, spare: SPARE }, ['BTC-USD'], { config: ASK_ALL });
    await staged.cycles(16);
    expect(staged.board.decisions()[0]?.votes[2]?.standIn).toBeUndefined();
    await staged.cycles(4);
    const [decision] = staged.board.decisions();
    expect(decision?.votes[2]?.standIn?.sourceId).toBe('spare');
    expect(decision?.leftOut[0]).toMatchObject({ sourceId: 'c', reason: 'stale' });
    expect(staged.judgements).toContainEqual({ sourceId: 'c', fault: 'frozen' });
  });

  test('speaks for itself again in the cycle after its return', async () => {
    const scripts: Record<string, Script> = {
      ...AGREEING,
      c: { score: 0.9, fails: true, backups: BACKED },
      spare: SPARE,
    };
    const staged = stage(scripts, ['BTC-USD'], { config: ASK_ALL });
    await staged.cycles(3);
    expect(staged.board.decisions()[0]?.votes[2]?.standIn).toBeDefined();
    scripts.c = { ...scripts.c, fails: false };
    await staged.cycles(1);
    expect(staged.board.decisions()[0]?.votes[2]).toMatchObject({
      sourceId: 'c',
      provenance: { sourceId: 'c' },
    });
  });
});

test('one backup of two voters that fail stands in for the first', async () => {
  const { certificate } = await decisionOf({
    ...AGREEING,
    c: { fails: true, backups: BACKED },
    d: { fails: true, backups: BACKED },
    spare: SPARE,
  });
  expect(certificate.voters.map(({ ballot }) => ballot.state)).toEqual([
    'answered',
    'answered',
    'answered',
    'absent',
  ]);
});

test('a backup of an operator that votes already makes no second voice of it', async () => {
  const decision = await decisionOf({
    a: { score: 0.9 },
    b: { score: 0 },
    c: { fails: true, backups: [{ source: 'spare', meaning: 'equal' }] },
    spare: { score: 0.9, isBackup: true, operator: 'a-inc' },
  });
  expect(decision).toMatchObject({ kind: 'ABSTAIN', reason: 'oneOperator' });
});

test('a stand-in never counts more than it said, nor on the other side', () => {
  const score = fc.double({ min: -1, max: 1, noNaN: true });
  const discount = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });
  fc.assert(
    fc.property(score, discount, (said, factor) => {
      const standIn = { sourceId: 's', operator: 'o', meaning: 'weaker', discount: factor, score: said };
      const micro = standInMicro({ ...standIn, meaning: 'weaker' });
      expect(Math.abs(micro)).toBeLessThanOrEqual(Math.round(Math.abs(said) * SCORE_MICRO));
      expect(micro * said).toBeGreaterThanOrEqual(0);
    }),
  );
});

describe('a record of a stand-in is refused', () => {
  const recorded = decisionOf({ ...AGREEING, c: { score: 0.5, fails: true, backups: BACKED }, spare: SPARE });
  test.each([
    ['that was given more than it said', { discount: 1.2 }, /is discounted to 1\.2/],
    ['whose score does not make its ballot', { score: 0.6 }, /said 0\.6, which discounted to 0\.8 is not/],
    ['that counts for another operator', { operator: 'b-inc' }, /counts for spare-inc/],
    ['at another discount than configured', { discount: 0.5, score: 0.8 }, /configuration says 0\.8/],
  ])('%s', async (_, changed, fault) => {
    const decision = await recorded;
    const votes = decision.votes.map((line) =>
      line.standIn === undefined ? line : { ...line, standIn: { ...line.standIn, ...changed } },
    );
    const config = { consensus: CONSENSUS_DEFAULTS, signals: { thresholds: {} } };
    expect(checkCertificate({ ...decision, votes }, config)).toMatch(fault);
  });
});
