import type { Decision } from '../core/decision.ts';
import type { CycleRecord } from '../core/ledger.ts';
import { outcomeOf } from '../core/outcome.testing.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import type { Side, Signal, SignalEnd, SignalEvent } from '../core/signal.ts';
import type { Ballot, Certificate, DecidingRule, DecisionKind, Voter } from '../core/vote.ts';

/** Records as an engine would make them: five-second slots from a fixed day, decisions with votes and certificates. */

export const CYCLE_MS = 5_000;
const FIRST_SLOT_AT_MS = Date.UTC(2026, 0, 15, 14, 30, 0);
export const CONFIG_VERSION = 'c0ffee00c0ffee00';
const SOURCES = ['alpaca', 'binance', 'coinbase', 'xai'];

export function slotAtMs(cycle: number): number {
  return FIRST_SLOT_AT_MS + cycle * CYCLE_MS;
}

const SCORE_MICRO_OF: Record<DecisionKind, number> = {
  BUY: 640_000,
  SELL: -640_000,
  HOLD: 90_000,
  ABSTAIN: 0,
};
const RULE_OF: Record<DecisionKind, DecidingRule> = {
  BUY: 'beyondTheta',
  SELL: 'beyondTheta',
  HOLD: 'insideTheta',
  ABSTAIN: 'noQuorum',
};

function sampleVoters(kind: DecisionKind): Voter[] {
  return SOURCES.map((sourceId, index): Voter => {
    const absent: Ballot = { state: 'absent', reason: 'timeout: no whole answer in time' };
    const answered: Ballot = { state: 'answered', scoreMicro: SCORE_MICRO_OF[kind] };
    const open: Ballot = { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 };
    const ballot = kind === 'ABSTAIN' ? absent : index === 3 ? open : answered;
    return { sourceId, operator: sourceId, weightPpb: 250_000_000, ballot };
  });
}

function sampleCertificate(kind: DecisionKind): Certificate {
  const score = SCORE_MICRO_OF[kind] / 1_000_000;
  return {
    rule: RULE_OF[kind],
    rules: { thetaMicro: 230_000, quorumPpb: 666_666_667, operatorsMin: 2, agreeMinMicro: 100_000 },
    voters: sampleVoters(kind),
    low: kind === 'ABSTAIN' ? null : score * 0.75 - 0.25,
    high: kind === 'ABSTAIN' ? null : score * 0.75 + 0.25,
  };
}

export function sampleDecision(instrumentId: string, kind: DecisionKind, cycle: number): Decision {
  const atMs = slotAtMs(cycle);
  const answered = kind === 'ABSTAIN' ? [] : SOURCES.slice(0, 3);
  return {
    kind,
    reason: kind === 'ABSTAIN' ? 'noQuorum' : null,
    instrumentId,
    cycle,
    atMs,
    score: kind === 'ABSTAIN' ? null : SCORE_MICRO_OF[kind] / 1_000_000,
    confidence: kind === 'BUY' || kind === 'SELL' ? 0.23 : null,
    regime: 'trend',
    price: {
      price: 184.37 + cycle / 100,
      currency: 'USD',
      asOfMs: atMs - 850,
      agreeing: ['alpaca', 'coinbase'],
      dissenting: [],
    },
    detail: kind === 'ABSTAIN' ? 'too little weight answered: 0 of the 0.667 needed' : '',
    certificate: sampleCertificate(kind),
    votes: answered.map((sourceId) => ({
      sourceId,
      score: SCORE_MICRO_OF[kind] / 1_000_000,
      because: 'EMA 12 über EMA 26, “steady” ↗',
      dataAtMs: atMs - 1_200,
      provenance: {
        sourceId,
        endpoint: '/v1/bars',
        eventAtMs: atMs - 1_200,
        receivedAtMs: atMs + 64,
        digest: '9f86d081884c7d65',
      },
    })),
    leftOut: [{ sourceId: 'yahoo', reason: 'stale', detail: 'its newest bar is 190 s old' }],
    configVersion: CONFIG_VERSION,
  };
}

export function signalIdOf(instrumentId: string, side: Side, cycle: number): string {
  const stamp = new Date(slotAtMs(cycle)).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${instrumentId}-${stamp}-${side}`;
}

export function sampleSignal(instrumentId: string, side: Side, cycle: number): Signal {
  return {
    id: signalIdOf(instrumentId, side, cycle),
    instrumentId,
    side,
    openedAtMs: slotAtMs(cycle),
    cycle,
    currency: 'USD',
    entry: 184.37,
    target: side === 'BUY' ? 187.37 : 181.37,
    stop: side === 'BUY' ? 182.37 : 186.37,
    expiresAtMs: slotAtMs(cycle) + 14_400_000,
    regime: 'trend',
    confidence: 0.23,
    explanation: 'Three of four sources agree: alpaca 0.21, binance 0.21, coinbase 0.22.',
    shares: [
      { sourceId: 'alpaca', share: 0.21 },
      { sourceId: 'binance', share: 0.21 },
      { sourceId: 'coinbase', share: 0.22 },
    ],
    configVersion: CONFIG_VERSION,
  };
}

export function opened(
  instrumentId: string,
  side: Side,
  cycle: number,
): Extract<SignalEvent, { event: 'opened' }> {
  return { event: 'opened', signal: sampleSignal(instrumentId, side, cycle) };
}

/** The end, in `cycle`, of the signal that was opened in `openedInCycle`. */
export function ended(
  instrumentId: string,
  side: Side,
  openedInCycle: number,
  cycle: number,
  cause: SignalEnd = 'flip',
): Extract<SignalEvent, { event: 'ended' }> {
  const signalId = signalIdOf(instrumentId, side, openedInCycle);
  return { event: 'ended', signalId, instrumentId, side, cycle, atMs: slotAtMs(cycle), cause, price: 185.02 };
}

/** What came of the signal that was opened in `openedInCycle`, recorded in `cycle`. */
export function resolved(instrumentId: string, side: Side, openedInCycle: number, cycle: number) {
  return outcomeOf(sampleSignal(instrumentId, side, openedInCycle), { cycle, atMs: slotAtMs(cycle) }, true);
}

export function unresolved(
  instrumentId: string,
  side: Side,
  openedInCycle: number,
  cycle: number,
): Extract<SignalOutcome, { kind: 'unresolved' }> {
  const signalId = signalIdOf(instrumentId, side, openedInCycle);
  const found = { kind: 'unresolved', reason: 'gap', detail: 'no bar for 600 s' } as const;
  return { signalId, instrumentId, side, cycle, atMs: slotAtMs(cycle), ...found };
}

/** A cycle in which the named instruments change their minds. */
export function sampleRecord(
  cycle: number,
  due: readonly string[],
  changes: Readonly<Record<string, DecisionKind>>,
  events: readonly SignalEvent[] = [],
  outcomes: readonly SignalOutcome[] = [],
): CycleRecord {
  const decisions = Object.entries(changes).map(([id, kind]) => sampleDecision(id, kind, cycle));
  return {
    cycle,
    slotAtMs: slotAtMs(cycle),
    configVersion: CONFIG_VERSION,
    due,
    decisions,
    events,
    outcomes,
  };
}

/** Six cycles over three instruments, with two signals of which one ends: 16 entries after the configuration. */
export function sampleRecords(): CycleRecord[] {
  const due = ['AAPL', 'BTC-USD', 'TSLA'];
  return [
    sampleRecord(1, due, { TSLA: 'ABSTAIN', AAPL: 'HOLD', 'BTC-USD': 'HOLD' }),
    sampleRecord(2, due, { AAPL: 'BUY' }, [opened('AAPL', 'BUY', 2)]),
    sampleRecord(3, due, {}),
    sampleRecord(4, due, { AAPL: 'SELL' }, [ended('AAPL', 'BUY', 2, 4), opened('AAPL', 'SELL', 4)]),
    sampleRecord(6, due, { 'BTC-USD': 'BUY' }, [opened('BTC-USD', 'BUY', 6)]),
    sampleRecord(7, ['AAPL', 'TSLA'], { TSLA: 'HOLD' }),
  ];
}

/** A cycle after those, in which two of their signals get outcomes: two entries and the cycle row. */
export function outcomesRecord(outcomes?: readonly SignalOutcome[]): CycleRecord {
  const both = [resolved('AAPL', 'BUY', 2, 8), unresolved('AAPL', 'SELL', 4, 8)];
  return sampleRecord(8, ['AAPL', 'TSLA'], {}, [], outcomes ?? both);
}
