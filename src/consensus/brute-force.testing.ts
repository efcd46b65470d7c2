import * as fc from 'fast-check';
import {
  type Ballot,
  SCORE_MICRO,
  type Verdict,
  type VoteRules,
  type Voter,
  WEIGHT_TOTAL_PPB,
} from '../core/vote.ts';
import { bounds, type Extreme } from './bounds.ts';
import { decideVote } from './decide.ts';
import { shareOut } from './weights.ts';

/**
 * A second implementation of design section 3 that shares nothing with the first: exact fractions in BigInt,
 * and every completion tried one by one. SEXTANT_SLOW=1 tries 100,000 fresh votes in place of a fixed 2,000.
 */

export const VOTE_RUNS =
  process.env.SEXTANT_SLOW === '1' ? { numRuns: 100_000 } : { numRuns: 2_000, seed: 20_260_115 };

export type Vote = { readonly rules: VoteRules; readonly voters: readonly Voter[] };

/** One completion at random: per voter in permille, below 300 absent, above that the place in its range. */
export type Pick = readonly number[];

type Answer = { readonly operator: string; readonly weight: bigint; readonly score: bigint };

/** X = numerator / denominator, in millionths. */
type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

const isLess = (a: Fraction, b: Fraction): boolean =>
  a.numerator * b.denominator < b.numerator * a.denominator;

function meanOf(answers: readonly Answer[]): Fraction {
  let numerator = 0n;
  let denominator = 0n;
  for (const { weight, score } of answers) {
    numerator += weight * score;
    denominator += weight;
  }
  return { numerator, denominator };
}

/** Every way to leave out at most `most` of the operators. */
function without(answers: readonly Answer[], most: number): readonly (readonly Answer[])[] {
  if (most === 0) return [answers];
  const operators = [...new Set(answers.map(({ operator }) => operator))];
  const fewer = operators.flatMap((dropped) =>
    without(
      answers.filter(({ operator }) => operator !== dropped),
      most - 1,
    ),
  );
  return [answers, ...fewer];
}

/** X of answers: the mean, or the mean nearest to 0 that is left when any third of the operators is left out. */
function xOf(rules: VoteRules, voters: readonly Voter[], answers: readonly Answer[]): Fraction {
  if (rules.scores !== 'trimmed') return meanOf(answers);
  const none = { numerator: 0n, denominator: 0n };
  const operatorsOf = (weighty: readonly string[]) => new Set(weighty).size;
  const all = operatorsOf(voters.flatMap(({ operator, weightPpb }) => (weightPpb > 0 ? [operator] : [])));
  const heard = answers.filter(({ weight }) => weight > 0n);
  const dropMax = Math.floor(all / 3);
  if (operatorsOf(heard.map(({ operator }) => operator)) <= dropMax) return none;
  const means = without(heard, dropMax).map(meanOf);
  if (means.every(({ numerator }) => numerator > 0n)) return means.reduce((a, b) => (isLess(b, a) ? b : a));
  if (means.every(({ numerator }) => numerator < 0n)) return means.reduce((a, b) => (isLess(a, b) ? b : a));
  return { numerator: 0n, denominator: 1n };
}

/** "The decision" of design section 3, word by word, for answers that are all in. */
function plainDecision({ rules, voters }: Vote, answers: readonly Answer[]): string {
  const x = xOf(rules, voters, answers);
  if (x.denominator === 0n || meanOf(answers).denominator + BigInt(voters.length) < BigInt(rules.quorumPpb))
    return 'ABSTAIN noQuorum';
  const theta = { numerator: BigInt(rules.thetaMicro), denominator: 1n };
  const minusTheta = { numerator: -theta.numerator, denominator: 1n };
  const operatorsWith = (agrees: (score: bigint) => boolean) =>
    new Set(answers.filter(({ score }) => agrees(score)).map(({ operator }) => operator)).size;
  const agreeMin = BigInt(rules.agreeMinMicro);
  if (!isLess(x, theta)) {
    return operatorsWith((score) => score >= agreeMin) >= rules.operatorsMin ? 'BUY' : 'ABSTAIN oneOperator';
  }
  if (!isLess(minusTheta, x)) {
    return operatorsWith((score) => score <= -agreeMin) >= rules.operatorsMin
      ? 'SELL'
      : 'ABSTAIN oneOperator';
  }
  return 'HOLD';
}

type Open = {
  readonly operator: string;
  readonly weight: bigint;
  readonly low: bigint;
  readonly high: bigint;
};

/** The sides of the agreement limit matter to the operator rule as the ends of a range matter to X. */
function telling({ low, high }: Open, agreeMinMicro: number): bigint[] {
  const agreeMin = BigInt(agreeMinMicro);
  const around = [agreeMin, agreeMin - 1n, -agreeMin, 1n - agreeMin].filter(
    (score) => score > low && score < high,
  );
  return [...new Set([low, high, ...around])];
}

type Completions = {
  readonly verdicts: ReadonlySet<string>;
  readonly low: Fraction;
  readonly high: Fraction;
};

/**
 * Every completion in which each open voter stays absent or answers a telling score. That is enough for the
 * extremes of X: for a fixed set of answering voters X rises with every single score, so its least and
 * greatest value have all at one end. It is enough to refute a verdict wrongly called decided: with X beyond
 * theta the verdict depends on who agrees, and the telling scores hold, for each voter, the least and the
 * greatest score that agrees or does not.
 */
function completions(vote: Vote): Completions {
  const { rules, voters } = vote;
  const { answers, open } = split(voters);
  const verdicts = new Set<string>();
  let low: Fraction | null = null;
  let high: Fraction | null = null;
  const visit = (at: number, soFar: readonly Answer[]): void => {
    const voter = open[at];
    if (voter !== undefined) {
      visit(at + 1, soFar);
      for (const score of telling(voter, open.length <= 4 ? rules.agreeMinMicro : SCORE_MICRO)) {
        visit(at + 1, [...soFar, { ...voter, score }]);
      }
      return;
    }
    verdicts.add(plainDecision(vote, soFar));
    const x = xOf(rules, voters, soFar);
    if (x.denominator === 0n) return;
    if (low === null || isLess(x, low)) low = x;
    if (high === null || isLess(high, x)) high = x;
  };
  visit(0, answers);
  const none = { numerator: 0n, denominator: 0n };
  return { verdicts, low: low ?? none, high: high ?? none };
}

/**
 * Verdicts between the ends of the ranges: for every set of answering voters they are raised from low to high
 * one after the other, and where that leaps over the inside of theta, the score in between is searched for.
 */
function verdictsBetween(vote: Vote): ReadonlySet<string> {
  const { rules, voters } = vote;
  const { answers, open } = split(voters);
  const verdicts = new Set<string>();
  for (let members = 0; members < 2 ** open.length; members += 1) {
    const joining = open.filter((_, index) => (members & (1 << index)) !== 0);
    for (const [raised, voter] of joining.entries()) {
      const others = joining.flatMap((other, index) =>
        index === raised ? [] : [{ ...other, score: index < raised ? other.high : other.low }],
      );
      const withScore = (score: bigint) => [...answers, ...others, { ...voter, score }];
      const isBelow = (score: bigint) => {
        const x = xOf(rules, voters, withScore(score));
        return x.numerator <= -BigInt(rules.thetaMicro) * x.denominator;
      };
      let low = voter.low;
      let high = voter.high;
      if (!isBelow(low) || isBelow(high)) continue;
      while (high - low > 1n) {
        const middle = low + (high - low) / 2n;
        if (isBelow(middle)) low = middle;
        else high = middle;
      }
      verdicts.add(plainDecision(vote, withScore(high)));
    }
  }
  return verdicts;
}

/**
 * Throws unless the vote is decided exactly when all its completions agree, on what they agree on, with exact
 * bounds.
 */
export function checkAgainstBruteForce(vote: Vote, picks: readonly Pick[] = []): void {
  const { rules, voters } = vote;
  const outcome = decideVote(rules, voters);
  const { verdicts, low, high } = completions(vote);
  const found = [...verdicts].join(', ');

  if (outcome.kind === 'decided') {
    const verdict = verdictText(outcome.verdict);
    if (verdicts.size !== 1 || !verdicts.has(verdict))
      throw new Error(`decided ${verdict}, completions: ${found}`);
    if (outcome.rule !== 'noQuorum') checkInterval(outcome.certificate, low, high);
    for (const pick of picks) {
      const picked = plainDecision(vote, picking(voters, pick));
      if (picked !== verdict)
        throw new Error(`decided ${verdict}, but the completion ${pick.join()} gives ${picked}`);
    }
    const extra = [...verdictsBetween(vote)].filter((between) => between !== verdict);
    if (extra.length > 0)
      throw new Error(`decided ${verdict}, but between the ends lies ${extra.join(', ')}`);
  } else {
    const all = new Set([...verdicts, ...(verdicts.size > 1 ? [] : verdictsBetween(vote))]);
    if (all.size < 2) throw new Error(`undecided, but every completion gives ${found}`);
    if (outcome.low !== null) checkInterval(outcome, low, high);
    else if (!verdicts.has('ABSTAIN noQuorum'))
      throw new Error('no interval is stated, but the quorum is met');
  }
  if (rules.scores !== 'trimmed') checkAttained(voters);
}

export function verdictText({ kind, reason }: Verdict): string {
  return reason === null ? kind : `${kind} ${reason}`;
}

function checkInterval(
  stated: { readonly low: number | null; readonly high: number | null },
  low: Fraction,
  high: Fraction,
): void {
  const exact = ({ numerator, denominator }: Fraction) =>
    Number(numerator) / (Number(denominator) * SCORE_MICRO);
  if (stated.low !== exact(low)) throw new Error(`low is ${stated.low}, the least X is ${exact(low)}`);
  if (stated.high !== exact(high))
    throw new Error(`high is ${stated.high}, the greatest X is ${exact(high)}`);
}

/** The completions that the bounds name give exactly the bounds. */
function checkAttained(voters: readonly Voter[]): void {
  const found = bounds(voters);
  if (found === null) return;
  const at = ({ answering }: Extreme, end: 'lowMicro' | 'highMicro'): Fraction =>
    meanOf(
      voters.flatMap(({ sourceId, operator, weightPpb, ballot }): Answer[] => {
        const weight = BigInt(weightPpb);
        if (ballot.state === 'answered') return [{ operator, weight, score: BigInt(ballot.scoreMicro) }];
        if (ballot.state !== 'open' || !answering.includes(sourceId)) return [];
        return [{ operator, weight, score: BigInt(ballot[end]) }];
      }),
    );
  for (const [extreme, end] of [[found.low, 'lowMicro'] as const, [found.high, 'highMicro'] as const]) {
    const { numerator, denominator } = at(extreme, end);
    if (
      numerator !== BigInt(extreme.tally.weightedMicro) ||
      denominator !== BigInt(extreme.tally.weightPpb)
    ) {
      throw new Error(`the completion ${extreme.answering.join(', ')} does not attain ${end}`);
    }
  }
}

function picking(voters: readonly Voter[], pick: Pick): Answer[] {
  const { answers, open } = split(voters);
  const joining = open.flatMap((voter, index): Answer[] => {
    const place = BigInt(pick[index] ?? 0) - 300n;
    return place < 0n ? [] : [{ ...voter, score: voter.low + ((voter.high - voter.low) * place) / 700n }];
  });
  return [...answers, ...joining];
}

/** What the decision of the design comes to where each open voter answers at its place in its range, or not at all. */
export function plainVerdict(vote: Vote, pick: Pick): string {
  return plainDecision(vote, picking(vote.voters, pick));
}

export const anyPicks: fc.Arbitrary<readonly Pick[]> = fc.array(
  fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 8, maxLength: 8 }),
  { minLength: 4, maxLength: 4 },
);

function split(voters: readonly Voter[]): { readonly answers: Answer[]; readonly open: Open[] } {
  const answers: Answer[] = [];
  const open: Open[] = [];
  for (const { operator, weightPpb, ballot } of voters) {
    const weight = BigInt(weightPpb);
    if (ballot.state === 'answered') answers.push({ operator, weight, score: BigInt(ballot.scoreMicro) });
    if (ballot.state === 'open') {
      open.push({ operator, weight, low: BigInt(ballot.lowMicro), high: BigInt(ballot.highMicro) });
    }
  }
  return { answers, open };
}

type Lean = -1 | 0 | 1;

const anyMicro = fc.integer({ min: 1, max: SCORE_MICRO });

const anyRules: fc.Arbitrary<VoteRules> = fc.record({
  thetaMicro: fc.oneof(fc.constantFrom(1, 2, 100_000, 250_000, 350_000, 600_000, SCORE_MICRO), anyMicro),
  quorumPpb: fc.oneof(
    { weight: 3, arbitrary: fc.constant(666_666_667) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(1, 200_000_000, 333_333_333, 500_000_000, 800_000_000, WEIGHT_TOTAL_PPB),
    },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: WEIGHT_TOTAL_PPB }) },
  ),
  operatorsMin: fc.constantFrom(1, 2, 2, 3, 4),
  agreeMinMicro: fc.oneof(fc.constantFrom(1, 100_000, 100_000, 500_000, SCORE_MICRO), anyMicro),
});

/**
 * Scores at and next to the limits of the rules, and any others; most of one sign where the vote leans to a
 * side.
 */
function anyScore({ thetaMicro, agreeMinMicro }: VoteRules, lean: Lean): fc.Arbitrary<number> {
  const limits = [SCORE_MICRO, thetaMicro, thetaMicro - 1, agreeMinMicro, agreeMinMicro - 1, 0];
  const evenly = fc.oneof(
    fc.constantFrom(...limits, ...limits.map((limit) => 0 - limit)),
    fc.integer({ min: -SCORE_MICRO, max: SCORE_MICRO }),
  );
  const leaning = evenly.map((scoreMicro) => lean * Math.abs(scoreMicro) + 0);
  return lean === 0 ? evenly : fc.oneof({ weight: 5, arbitrary: leaning }, { weight: 1, arbitrary: evenly });
}

function anyBallot(rules: VoteRules, lean: Lean, answeredPart: number): fc.Arbitrary<Ballot> {
  const score = anyScore(rules, lean);
  return fc.oneof(
    {
      weight: answeredPart,
      arbitrary: score.map((scoreMicro): Ballot => ({ state: 'answered', scoreMicro })),
    },
    {
      weight: 2,
      arbitrary: fc.constant<Ballot>({ state: 'open', lowMicro: -SCORE_MICRO, highMicro: SCORE_MICRO }),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(score, score)
        .map(([a, b]): Ballot => ({ state: 'open', lowMicro: Math.min(a, b), highMicro: Math.max(a, b) })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(score, fc.integer({ min: 0, max: 100_000 })).map(
        ([low, span]): Ballot => ({
          state: 'open',
          lowMicro: low,
          highMicro: Math.min(low + span, SCORE_MICRO),
        }),
      ),
    },
    { weight: 1, arbitrary: fc.constant<Ballot>({ state: 'absent', reason: 'timeout' }) },
  );
}

/** Shares as the engine makes them, or without the cap: the rules hold for any weights, 0 included. */
function weightsOf(units: readonly number[], isCapped: boolean): number[] {
  if (isCapped) {
    const shares = shareOut(units.map((unit, index) => ({ sourceId: `s${index}`, weight: unit + 1 })));
    return [...units.keys()].map((index) => shares.get(`s${index}`) ?? 0);
  }
  const total = units.reduce((sum, unit) => sum + unit, 1);
  const shares = units.map((unit) => Math.floor((unit / total) * WEIGHT_TOTAL_PPB));
  const rest = WEIGHT_TOTAL_PPB - shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share, index) => (index === 0 ? share + rest : share));
}

const anyLean = fc.constantFrom<Lean>(-1, 0, 1);

const votes = (rulesOf: fc.Arbitrary<VoteRules>, operators: readonly string[]): fc.Arbitrary<Vote> =>
  fc.tuple(rulesOf, anyLean, fc.constantFrom(4, 20)).chain(([rules, lean, answeredPart]) =>
    fc
      .record({
        seats: fc.array(
          fc.record({
            operator: fc.constantFrom(...operators),
            unit: fc.constantFrom(0, 1, 1, 1, 2, 5, 100),
            ballot: anyBallot(rules, lean, answeredPart),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        isCapped: fc.boolean(),
      })
      .map(({ seats, isCapped }) => {
        const weights = weightsOf(
          seats.map(({ unit }) => unit),
          isCapped,
        );
        const voters = seats.map(
          ({ operator, ballot }, index): Voter => ({
            sourceId: `s${index}`,
            operator,
            weightPpb: weights[index] ?? 0,
            ballot,
          }),
        );
        return { rules, voters };
      }),
  );

export const anyVote = votes(anyRules, ['p', 'q', 'r', 's']);

/** Of up to eight operators, so that up to two of them are dropped. */
export const anyTrimmedVote = votes(
  anyRules.map((rules): VoteRules => ({ ...rules, scores: 'trimmed' })),
  ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'],
);
