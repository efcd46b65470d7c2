import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision, VoteLine } from '../core/decision.ts';
import { CONSENSUS_DEFAULTS, type ConsensusOptions, SIGNAL_DEFAULTS } from '../core/options.ts';
import { type Certificate, SCORE_MICRO, type Voter } from '../core/vote.ts';
import { anyVote } from './brute-force.testing.ts';
import { decideVote } from './decide.ts';
import { checkCertificate, gateCertificate } from './verify-certificate.ts';
import { voteRules } from './vote-rules.ts';

const AT_MS = 1_768_487_405_000;

function line(sourceId: string, score: number): VoteLine {
  const provenance = {
    sourceId,
    endpoint: 'bars',
    eventAtMs: AT_MS,
    receivedAtMs: AT_MS,
    digest: '0011223344556677',
  };
  return { sourceId, score, because: 'above its average', dataAtMs: AT_MS, provenance };
}

function decisionOf(certificate: Certificate, fields: Partial<Decision>): Decision {
  return {
    kind: 'ABSTAIN',
    reason: null,
    instrumentId: 'AAPL',
    cycle: 1,
    atMs: AT_MS,
    score: null,
    confidence: null,
    regime: 'range',
    price: null,
    detail: '',
    votes: [],
    leftOut: [],
    configVersion: 'test',
    certificate,
    ...fields,
  };
}

/** The decision on a vote, or null while it is undecided. */
function decided(rules: Certificate['rules'], voters: readonly Voter[]): Decision | null {
  const outcome = decideVote(rules, voters);
  if (outcome.kind === 'undecided') return null;
  const { verdict, certificate, score, confidence } = outcome;
  const votes = certificate.voters.flatMap(({ sourceId, ballot }) =>
    ballot.state === 'answered' ? [line(sourceId, ballot.scoreMicro / SCORE_MICRO)] : [],
  );
  return decisionOf(certificate, { ...verdict, score, confidence, votes });
}

const RULES = { thetaMicro: 300_000, quorumPpb: 666_666_667, operatorsMin: 2, agreeMinMicro: 100_000 };
const voter = (sourceId: string, operator: string, weightPpb: number, ballot: Voter['ballot']): Voter => ({
  sourceId,
  operator,
  weightPpb,
  ballot,
});
const VOTERS: readonly Voter[] = [
  voter('alpha', 'a', 333_333_333, { state: 'answered', scoreMicro: 900_000 }),
  voter('beta', 'b', 333_333_333, { state: 'answered', scoreMicro: 800_000 }),
  voter('delta', 'd', 166_666_667, { state: 'absent', reason: 'timeout' }),
  voter('gamma', 'c', 166_666_667, { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 }),
];
const buy = decided(RULES, VOTERS) as Decision;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Paths to all numbers of a value. */
function numberPaths(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'number') return [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => numberPaths(member, [...path, key]));
}

function withChanged(decision: Decision, path: readonly string[], change: (value: Json) => Json): Decision {
  const copy = structuredClone(decision) as unknown as Json;
  const last = path.at(-1) ?? '';
  const holder = path
    .slice(0, -1)
    .reduce<Json>((value, key) => (value as { [key: string]: Json })[key] ?? null, copy);
  const members = holder as { [key: string]: Json };
  members[last] = change(members[last] ?? null);
  return copy as unknown as Decision;
}

describe('a sound decision', () => {
  test('is found sound, also after it was stored as JSON', () => {
    expect(buy.kind).toBe('BUY');
    expect(checkCertificate(buy)).toBeNull();
    expect(checkCertificate(JSON.parse(JSON.stringify(buy)) as Decision)).toBeNull();
  });

  test('whatever the capped vote was', () => {
    fc.assert(
      fc.property(anyVote, ({ rules, voters }) => {
        const decision = decided(rules, voters);
        const isCapped = voters.every(
          ({ weightPpb }) => weightPpb <= Math.ceil(1e9 / Math.min(3, voters.length)),
        );
        if (decision === null || !isCapped) return;
        expect(checkCertificate(JSON.parse(JSON.stringify(decision)) as Decision)).toBeNull();
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

describe('a changed number is noticed', () => {
  const free =
    /^(cycle|atMs|certificate\.rules\.|certificate\.voters\.3\.ballot\.highMicro|votes\.\d\.(dataAtMs|provenance))/;
  const paths = numberPaths(buy as unknown as Json).map((path) => path.join('.'));
  const bound = paths.filter((path) => !free.test(path));

  test('the numbers looked at are those that the decision follows from', () => {
    expect(bound).toEqual(
      [
        'score',
        'confidence',
        'certificate.voters.0.weightPpb',
        'certificate.voters.0.ballot.scoreMicro',
        'certificate.voters.1.weightPpb',
        'certificate.voters.1.ballot.scoreMicro',
        'certificate.voters.2.weightPpb',
        'certificate.voters.3.weightPpb',
        'certificate.voters.3.ballot.lowMicro',
        'certificate.low',
        'certificate.high',
        'votes.0.score',
        'votes.1.score',
      ].sort((a, b) => paths.indexOf(a) - paths.indexOf(b)),
    );
  });

  test.each(bound)('%s', (path) => {
    const step = /ppb|Micro/i.test(path) ? 1 : 1e-6;
    for (const by of [step, -step]) {
      const changed = withChanged(buy, path.split('.'), (value) => (value as number) + by);
      expect(checkCertificate(changed)).not.toBeNull();
    }
  });

  test.each([
    { path: 'certificate.rules.thetaMicro', value: 900_000 },
    { path: 'certificate.rules.quorumPpb', value: 900_000_000 },
    { path: 'certificate.rules.operatorsMin', value: 3 },
    { path: 'certificate.rules.agreeMinMicro', value: 850_000 },
    { path: 'certificate.voters.3.ballot.highMicro', value: 1_000_001 },
  ])('$path, as soon as the decision no longer follows', ({ path, value }) => {
    expect(checkCertificate(withChanged(buy, path.split('.'), () => value))).not.toBeNull();
  });
});

describe('what does not follow is named', () => {
  const withVoters = (voters: readonly Voter[]): Decision => ({
    ...buy,
    certificate: { ...buy.certificate, voters },
  });
  const [alpha, beta, delta, gamma] = VOTERS as readonly [Voter, Voter, Voter, Voter];

  test.each<{ name: string; decision: Decision; says: string }>([
    {
      name: 'another kind',
      decision: { ...buy, kind: 'SELL' },
      says: 'kind is SELL, but from the ballots follows BUY',
    },
    { name: 'a reason', decision: { ...buy, reason: 'halted' }, says: 'reason is halted' },
    {
      name: 'another rule',
      decision: { ...buy, certificate: { ...buy.certificate, rule: 'insideTheta' } },
      says: 'rule is insideTheta',
    },
    {
      name: 'voters out of order',
      decision: withVoters([beta, alpha, delta, gamma]),
      says: 'alpha is not in its place',
    },
    { name: 'a voter twice', decision: withVoters([alpha, alpha, delta, gamma]), says: 'alpha votes twice' },
    {
      name: 'a weight above the cap',
      decision: withVoters([
        { ...alpha, weightPpb: 333_333_335 },
        { ...beta, weightPpb: 333_333_331 },
        delta,
        gamma,
      ]),
      says: 'above the cap of 333333334',
    },
    { name: 'a lost ballot', decision: withVoters([alpha, beta, gamma]), says: 'weights sum to' },
    {
      name: 'mirrors passed off as two operators',
      decision: withVoters([alpha, { ...beta, operator: 'a' }, delta, gamma]),
      says: 'the open ballots can still change the decision',
    },
    { name: 'a missing vote line', decision: { ...buy, votes: buy.votes.slice(1) }, says: 'alpha answered' },
    {
      name: 'a stray vote line',
      decision: { ...buy, votes: [...buy.votes, line('gamma', 0.5)] },
      says: 'gamma has a vote line',
    },
    {
      name: 'a doubled vote line',
      decision: { ...buy, votes: [...buy.votes, line('beta', 0.8)] },
      says: 'two vote lines',
    },
    {
      name: 'a row that is no decision',
      decision: { kind: 'BUY' } as unknown as Decision,
      says: 'the decision cannot be read',
    },
    {
      name: 'a ballot in no known state',
      decision: withVoters([
        alpha,
        beta,
        delta,
        { ...gamma, ballot: { state: 'opem' } as unknown as Voter['ballot'] },
      ]),
      says: 'neither answered, open nor absent',
    },
  ])('$name', ({ decision, says }) => {
    expect(checkCertificate(decision)).toContain(says);
  });
});

describe('a decision by a gate', () => {
  const halted = decisionOf(gateCertificate(RULES), { reason: 'halted', regime: null });

  test('abstains for a reason of a gate and states nothing else', () => {
    expect(checkCertificate(halted)).toBeNull();
  });

  test.each<{ name: string; change: Partial<Decision> }>([
    { name: 'a direction', change: { kind: 'BUY', reason: null } },
    { name: 'no reason', change: { reason: null } },
    { name: 'a reason of the vote', change: { reason: 'noQuorum' } },
    { name: 'a score', change: { score: 0 } },
    { name: 'a confidence', change: { confidence: 0 } },
    { name: 'an interval', change: { certificate: { ...halted.certificate, low: 0 } } },
    { name: 'half an interval', change: { certificate: { ...halted.certificate, high: 0 } } },
    { name: 'voters', change: { certificate: { ...halted.certificate, voters: VOTERS } } },
    { name: 'votes', change: { votes: [line('alpha', 1)] } },
  ])('is refused with $name', ({ change }) => {
    expect(checkCertificate({ ...halted, ...change })).not.toBeNull();
  });
});

describe('beside the configuration on record', () => {
  const config = { consensus: CONSENSUS_DEFAULTS, signals: SIGNAL_DEFAULTS };
  const heldUnder = (consensus: ConsensusOptions, theta: number): Decision => {
    const voters = VOTERS.map(
      (voter): Voter =>
        voter.ballot.state === 'open' ? { ...voter, ballot: { state: 'answered', scoreMicro: 0 } } : voter,
    );
    const decision = decided(voteRules(consensus, theta), voters);
    if (decision === null) throw new Error('all have answered');
    return decision;
  };
  const { trend, range } = SIGNAL_DEFAULTS.thresholds;

  test('the rules are those of its version, for the regime of the decision', () => {
    expect(checkCertificate(heldUnder(CONSENSUS_DEFAULTS, range), config)).toBeNull();
    expect(checkCertificate({ ...heldUnder(CONSENSUS_DEFAULTS, trend), regime: 'trend' }, config)).toBeNull();
    const gated = gateCertificate(voteRules(CONSENSUS_DEFAULTS, range));
    expect(checkCertificate(decisionOf(gated, { reason: 'halted', regime: null }), config)).toBeNull();
  });

  test.each<{ name: string; rules: Partial<ConsensusOptions>; theta?: number }>([
    { name: 'another threshold', rules: {}, theta: trend },
    { name: 'another quorum', rules: { quorum: 0.5 } },
    { name: 'fewer operators', rules: { operatorsMin: 1 } },
    { name: 'a lower bar to agree', rules: { agreeMin: 0.01 } },
    { name: 'trimmed scores', rules: { scores: 'trimmed' } },
  ])('$name is found out', ({ rules, theta = range }) => {
    const decision = heldUnder({ ...CONSENSUS_DEFAULTS, ...rules }, theta);
    expect(checkCertificate(decision)).toBeNull();
    expect(checkCertificate(decision, config)).toMatch(/its rules are .*, but its configuration says/);
  });

  test('a record from before scores could be trimmed is held against the mean', () => {
    const { scores: _, ...before } = CONSENSUS_DEFAULTS;
    const decision = heldUnder(CONSENSUS_DEFAULTS, range);
    expect(checkCertificate(decision, { ...config, consensus: before })).toBeNull();
  });

  test('nothing is held against a configuration that is not on record', () => {
    expect(checkCertificate(heldUnder(CONSENSUS_DEFAULTS, 0.9), null)).toBeNull();
    expect(checkCertificate(heldUnder(CONSENSUS_DEFAULTS, 0.9), { cycleMs: 5_000 })).toBeNull();
  });
});
