import { describe, expect, test } from 'vitest';
import { type Decision, loadProfile, type Signal, type SignalOutcome, type Voter } from '../../src/index.ts';
import { testMarket } from '../lab.testing.ts';
import type { Bills } from './purse.ts';
import { type Watched, Watchman } from './watchman.ts';

const loaded = loadProfile('reference', new Proxy({}, { get: () => 'key' }));
if (loaded.kind !== 'ok') throw new Error('the reference profile cannot be loaded');
const config = { ...loaded.config, symbols: loaded.config.symbols.slice(0, 1) };
const market = testMarket();
/** A Thursday in winter, New York trades. */
const SLOT_MS = Date.UTC(2026, 0, 15, 18);
const PRICE = market.priceAt('AAPL', SLOT_MS)?.price ?? 0;

function voters(...scores: readonly (number | null)[]): Voter[] {
  return config.sources.map(({ id, operator }, index): Voter => {
    const score = scores[index] ?? null;
    const weightPpb = Math.floor(1e9 / config.sources.length);
    return score === null
      ? { sourceId: id, operator, weightPpb, ballot: { state: 'absent', reason: 'timeout' } }
      : { sourceId: id, operator, weightPpb, ballot: { state: 'answered', scoreMicro: score * 1e6 } };
  });
}

const HEALTHY: Watched = { nowMs: () => SLOT_MS, isExcused: () => false };

function watchmanOf(host: Watched = HEALTHY, bills: Bills = {}, watched = config): Watchman {
  return new Watchman({ config: watched, market, host, bills: () => bills, firstSlotAtMs: SLOT_MS });
}

type Plant = Partial<Omit<Decision, 'kind' | 'reason'>> & { readonly voters?: readonly Voter[] };

/** A sound BUY, but for what is planted. */
function buy({ voters: ballots = voters(0.5, 0.5, 0.5, 0.5), ...plant }: Plant = {}): Decision {
  return {
    kind: 'BUY',
    reason: null,
    instrumentId: 'AAPL',
    cycle: 1,
    atMs: SLOT_MS,
    score: 0.5,
    confidence: 0.3,
    regime: 'trend',
    price: {
      price: PRICE,
      currency: 'USD',
      asOfMs: SLOT_MS,
      agreeing: ['alpaca', 'massive'],
      dissenting: [],
    },
    detail: '',
    certificate: {
      rule: 'beyondTheta',
      rules: { thetaMicro: 250_000, quorumPpb: 666_666_667, operatorsMin: 2, agreeMinMicro: 100_000 },
      voters: ballots,
      low: 0.3,
      high: 0.6,
    },
    votes: [vote('alpaca', SLOT_MS - 50_000)],
    leftOut: [],
    configVersion: 'c0ffee',
    ...plant,
  };
}

function vote(sourceId: string, dataAtMs: number) {
  const provenance = { sourceId, endpoint: 'bars', eventAtMs: dataAtMs, receivedAtMs: SLOT_MS, digest: 'd' };
  return { sourceId, score: 0.5, because: 'it rises', dataAtMs, provenance };
}

function hold(): Decision {
  return { ...buy(), kind: 'HOLD', confidence: null };
}

function openedBy(decision: Decision, id: string): Signal {
  const { instrumentId, cycle, atMs, configVersion } = decision;
  return {
    id,
    instrumentId,
    side: 'BUY',
    openedAtMs: atMs,
    cycle,
    currency: 'USD',
    entry: PRICE,
    target: PRICE * 1.01,
    stop: PRICE * 0.99,
    expiresAtMs: atMs + 3_600_000,
    regime: 'trend',
    confidence: 0.3,
    explanation: '',
    shares: [],
    configVersion,
  };
}

function outcomeOf(signalId: string): SignalOutcome {
  const head = { signalId, instrumentId: 'AAPL', side: 'BUY' as const, cycle: 1, atMs: SLOT_MS };
  return { ...head, kind: 'unresolved', reason: 'gap', detail: 'no bar' };
}

type Happening = {
  readonly decision?: Decision;
  /** What is shown, where it differs from what is on record. */
  readonly shown?: Decision;
  readonly opened?: readonly string[];
  readonly ended?: readonly string[];
  readonly scored?: readonly string[];
  readonly due?: number;
  readonly tookMs?: number;
  readonly overLimit?: boolean;
  readonly unrecorded?: boolean;
};

/** What the watchman finds in one slot in which all of that happened. */
function found({ decision = buy(), ...happening }: Happening): string[] {
  const { shown = decision, opened = [], ended = [], scored = [], due = 1, tookMs = 400 } = happening;
  const watchman = watchmanOf();
  const base = { seq: 1, cycle: 1, atMs: SLOT_MS, prevHash: '', hash: '' };
  watchman.arrival('alpaca', {
    atMs: SLOT_MS,
    route: 'bars',
    weight: 1,
    status: 200,
    delayMs: 5,
    overLimit: happening.overLimit ?? false,
  });
  const kinds = { BUY: 1, SELL: 0, HOLD: 0, ABSTAIN: 0 };
  const cycle = { cycle: 1, slotAtMs: SLOT_MS, configVersion: '', due, made: due, dueIds: null, kinds };
  if (happening.unrecorded !== true) {
    watchman.recorded(
      [
        { ...base, type: 'decision', instrumentId: 'AAPL', body: decision },
        ...ended.map((signalId) => ({
          ...base,
          type: 'signal' as const,
          instrumentId: 'AAPL',
          body: {
            event: 'ended' as const,
            signalId,
            instrumentId: 'AAPL',
            side: 'BUY' as const,
            cycle: 1,
            atMs: SLOT_MS,
            cause: 'stop' as const,
            price: PRICE,
          },
        })),
        ...opened.map((id) => ({
          ...base,
          type: 'signal' as const,
          instrumentId: 'AAPL',
          body: { event: 'opened' as const, signal: openedBy(decision, id) },
        })),
        ...scored.map((signalId) => ({
          ...base,
          type: 'outcome' as const,
          instrumentId: 'AAPL',
          body: outcomeOf(signalId),
        })),
        { ...base, type: 'cycle', instrumentId: null, body: { ...cycle, outcomesDigest: '' } },
      ],
      SLOT_MS + tookMs,
    );
  }
  watchman.slotOver(SLOT_MS, [shown]);
  return watchman.violations.map(({ invariant, detail }) => `${invariant}: ${detail}`);
}

describe('the watchman', () => {
  test('has nothing to say of a sound slot', () => {
    expect(found({ opened: ['AAPL-1-BUY'] })).toEqual([]);
    expect(found({ opened: ['AAPL-1-BUY'], scored: ['AAPL-1-BUY'] })).toEqual([]);
    expect(found({ decision: hold() })).toEqual([]);
  });

  const mirrored = voters(0.5, 0.5, 0.5, 0.5).map((voter) => ({ ...voter, sourceId: 'alpaca' }));

  test.each<[string, Happening, RegExp]>([
    ['a request above a limit', { overLimit: true }, /^overLimit: alpaca/],
    ['nothing on record', { unrecorded: true }, /^missingDecision: nothing is on record/],
    ['a symbol left out', { due: 0 }, /^missingDecision: 0 of 0/],
    ['a decision after its cycle', { tookMs: 5_001 }, /^lateDecision: 5001 ms/],
    [
      'a side below quorum',
      { decision: buy({ voters: voters(1, 1, 1) }) },
      /^unsoundVote: AAPL: BUY with 0\.5/,
    ],
    [
      'a side of one operator',
      { decision: buy({ voters: mirrored }) },
      /^unsoundVote: .*1 operators \(alpaca\)/,
    ],
    [
      'a side that only lukewarm ones share',
      { decision: buy({ voters: voters(1, 0.09, 0.09, 0.09) }) },
      /^unsoundVote: .*1 operators/,
    ],
    [
      'a side below its threshold',
      { decision: buy({ voters: voters(0.4, 0.3, 0.1, 0.1) }) },
      /^unsoundVote: .*0\.225000, below 0\.25/,
    ],
    ['a side without a regime', { decision: buy({ regime: null }) }, /^unsoundVote: .*without a regime/],
    [
      'a side on old bars with a fresh receipt',
      { decision: buy({ votes: [vote('alpaca', SLOT_MS - 90_001)] }) },
      /^staleDirection: .*alpaca that is 90001 ms old/,
    ],
    [
      'a vote of a stranger',
      { decision: buy({ votes: [vote('nobody', SLOT_MS)] }) },
      /^staleDirection: .*nobody/,
    ],
    ['a side without a price', { decision: buy({ price: null }) }, /^staleDirection: .*without a price/],
    [
      'a side on an old price',
      { decision: buy({ price: { ...priced(PRICE), asOfMs: SLOT_MS - 90_001 } }) },
      /^staleDirection: .*90001 ms old/,
    ],
    [
      'a price from nowhere',
      { shown: { ...hold(), kind: 'BUY', price: priced(PRICE * 1.02) } },
      /^impossiblePrice/,
    ],
    [
      'a price in another unit',
      { decision: buy({ price: priced(PRICE * 100) }) },
      /^impossiblePrice: .*9\d{3}\.\d\d %/,
    ],
    ['a price that is none', { decision: buy({ price: priced(Number.NaN) }) }, /^impossiblePrice: .*NaN/],
    [
      'a price in another currency',
      { decision: buy({ price: { ...priced(PRICE), currency: 'USDT' } }) },
      /^impossiblePrice: .*USDT/,
    ],
    [
      'a decision that is not on record',
      { shown: hold() },
      /^unrecordedDecision: AAPL shows HOLD, on record is BUY/,
    ],
    ['a signal opened twice', { opened: ['A', 'A'] }, /^signalChain: A was opened twice/],
    ['two open signals', { opened: ['A', 'B'] }, /^signalChain: B was opened while A is open/],
    ['a signal on no side', { decision: hold(), opened: ['A'] }, /^signalChain: A was opened on a HOLD/],
    ['an end without a beginning', { ended: ['A'] }, /^signalChain: A ended, but it is not open/],
    ['an outcome without a signal', { scored: ['A'] }, /^signalChain: A has an outcome, but was never/],
    [
      'two outcomes of a signal',
      { opened: ['A'], scored: ['A', 'A'] },
      /^signalChain: A has a second outcome/,
    ],
  ])('sees %s', (_, happening, message) => {
    expect(found(happening)[0]).toMatch(message);
  });

  test('sees a budget that is crossed in a day, by the providers’ own bills, and counts anew the day after', () => {
    const budget = { usdPerDay: 1, usdPerMonth: null, callsPerDay: null, callsPerMonth: null };
    const sources = config.sources.map((source) => ({
      ...source,
      budget: source.id === 'xai' ? budget : null,
    }));
    const bills = { xai: { requests: 1, billedUsd: 0.9 } };
    const watchman = watchmanOf({ ...HEALTHY, isExcused: () => true }, bills, { ...config, sources });
    const invariants = () => watchman.violations.map(({ invariant }) => invariant);
    watchman.slotOver(SLOT_MS, []);
    expect(invariants()).toEqual([]);
    bills.xai = { requests: 2, billedUsd: 1.1 };
    watchman.slotOver(SLOT_MS + 5_000, []);
    expect(invariants()).toEqual(['overBudget']);
    bills.xai = { requests: 3, billedUsd: 2.0 };
    watchman.slotOver(SLOT_MS + 86_400_000, []);
    expect(invariants()).toEqual(['overBudget']);
  });

  test('asks for no decision while the machine has trouble of its own, and for every one afterwards', () => {
    let isExcused = true;
    const watchman = watchmanOf({ ...HEALTHY, isExcused: () => isExcused });
    watchman.slotOver(SLOT_MS, []);
    expect(watchman.violationCount).toBe(0);
    isExcused = false;
    watchman.slotOver(SLOT_MS + 5_000, []);
    expect(watchman.violations[0]?.invariant).toBe('missingDecision');
  });

  test('misses an outcome four days and an hour after a signal’s time is up', () => {
    const watchman = watchmanOf();
    const body = { event: 'opened' as const, signal: openedBy(buy(), 'A') };
    const entry = { seq: 1, cycle: 1, atMs: SLOT_MS, prevHash: '', hash: '', instrumentId: 'AAPL' };
    watchman.recorded([{ ...entry, type: 'signal', body }], SLOT_MS);
    const missed = () => watchman.violations.filter(({ detail }) => /has no outcome/.test(detail)).length;
    const dueMs = body.signal.expiresAtMs + 97 * 3_600_000;
    const seen = [dueMs, dueMs + 5_000, dueMs + 10_000].map((slotAtMs) => {
      watchman.slotOver(slotAtMs, []);
      return missed();
    });
    expect(seen).toEqual([0, 1, 1]);
  });

  test('keeps the first hundred and counts the rest', () => {
    const watchman = watchmanOf();
    for (let i = 0; i < 150; i += 1) watchman.brokenRecord(`row ${i}`);
    expect(watchman.violations).toHaveLength(100);
    expect(watchman.violationCount).toBe(150);
  });
});

function priced(price: number): NonNullable<Decision['price']> {
  return { price, currency: 'USD', asOfMs: SLOT_MS, agreeing: ['alpaca', 'massive'], dissenting: [] };
}
