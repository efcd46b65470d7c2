import { decideVote } from '../src/consensus/decide.ts';
import { gateCertificate } from '../src/consensus/verify-certificate.ts';
import type { Bar } from '../src/core/bar.ts';
import type { Decision, LeftOut, Regime } from '../src/core/decision.ts';
import type { Ledger, LedgerEntry } from '../src/core/ledger.ts';
import type { LiveSource, LiveState, LiveView } from '../src/core/live.ts';
import { SIGNAL_DEFAULTS } from '../src/core/options.ts';
import type { SignalOutcome } from '../src/core/outcome.ts';
import type { Signal, SignalEvent } from '../src/core/signal.ts';
import type { TrackRecord } from '../src/core/track-record.ts';
import { type AbstainReason, toMicro, type VoteRules, type Voter } from '../src/core/vote.ts';
import { createMemoryLedger } from '../src/ledger/memory/ledger.ts';
import { createTrackRecord } from '../src/outcomes/statistics-record.ts';

/** A service without an engine: a real record in memory, and a live view that a test sets by hand. */

export const CYCLE_MS = 5_000;
export const FIRST_SLOT_AT_MS = Date.UTC(2026, 0, 15, 14, 30, 0);
export const CONFIG_VERSION = 'c0ffee00c0ffee00';
export const SYMBOLS = ['AAPL', 'NVDA', 'TSLA', 'MSFT', 'BTC-USD', 'ETH-USD'] as const;

export const slotAtMs = (cycle: number): number => FIRST_SLOT_AT_MS + cycle * CYCLE_MS;

const WEIGHT_PPB = { alpaca: 250_000_000, yahoo: 200_000_000, binance: 200_000_000, xai: 350_000_000 };
export type VoterId = keyof typeof WEIGHT_PPB;
const VOTERS = Object.keys(WEIGHT_PPB) as VoterId[];

/** A score; `open`: was not needed; anything else: the reason why the source was left out. */
export type FakeVote = number | 'open' | { readonly reason: string; readonly detail: string };

export type DecisionSpec = {
  readonly instrumentId: string;
  readonly cycle: number;
  readonly price?: number;
  readonly votes?: Readonly<Partial<Record<VoterId, FakeVote>>>;
  readonly because?: string;
  readonly regime?: Regime;
  readonly theta?: number;
  /** A gate that abstains before any vote. */
  readonly gate?: { readonly reason: AbstainReason; readonly detail: string };
};

const SPLIT_VOTE: Record<VoterId, FakeVote> = { alpaca: 0.5, yahoo: -0.1, binance: 0.05, xai: -0.2 };

/** A decision as the real vote makes it from the given scores. Throws when the vote would be undecided. */
export function decisionOf(spec: DecisionSpec): Decision {
  const { instrumentId, cycle, price = 184.37, votes = SPLIT_VOTE, gate, regime = 'trend' } = spec;
  const atMs = slotAtMs(cycle);
  const rules: VoteRules = {
    thetaMicro: toMicro(spec.theta ?? SIGNAL_DEFAULTS.thresholds[regime]),
    quorumPpb: 666_666_667,
    operatorsMin: 2,
    agreeMinMicro: 100_000,
  };
  const shared = {
    instrumentId,
    cycle,
    atMs,
    regime: gate === undefined ? regime : null,
    price:
      gate?.reason === 'noPrice'
        ? null
        : { price, currency: 'USD', asOfMs: atMs - 850, agreeing: ['alpaca', 'yahoo'], dissenting: [] },
    configVersion: CONFIG_VERSION,
  };
  if (gate !== undefined) {
    const verdict = { kind: 'ABSTAIN', reason: gate.reason, detail: gate.detail } as const;
    return {
      ...shared,
      ...verdict,
      score: null,
      confidence: null,
      certificate: gateCertificate(rules),
      votes: [],
      leftOut: [],
    };
  }
  const outcome = decideVote(rules, votersOf(votes));
  if (outcome.kind === 'undecided') throw new RangeError(`the fake vote on ${instrumentId} is undecided`);
  const { verdict, certificate, score, confidence } = outcome;
  const detail = verdict.kind === 'ABSTAIN' ? 'too little weight answered: 45.0 % of the 66.7 % needed' : '';
  return {
    ...shared,
    ...verdict,
    score,
    confidence,
    detail,
    certificate,
    votes: voteLines(votes, atMs, spec.because),
    leftOut: leftOutOf(votes),
  };
}

const answerOf = (votes: DecisionSpec['votes'], id: VoterId): FakeVote => votes?.[id] ?? 'open';

function votersOf(votes: DecisionSpec['votes']): Voter[] {
  return VOTERS.map((sourceId): Voter => {
    const vote = answerOf(votes, sourceId);
    const ballot: Voter['ballot'] =
      typeof vote === 'number'
        ? { state: 'answered', scoreMicro: toMicro(vote) }
        : vote === 'open'
          ? { state: 'open', lowMicro: -1_000_000, highMicro: 1_000_000 }
          : { state: 'absent', reason: vote.reason };
    return { sourceId, operator: sourceId, weightPpb: WEIGHT_PPB[sourceId], ballot };
  });
}

const BECAUSE: Record<VoterId, string> = {
  alpaca: '20-bar average 0.42 % above the 50-bar one',
  yahoo: 'price 1.3 deviations below its 20-bar mean',
  binance: 'RSI 14 at 58.2, rising',
  xai: 'earnings beat, guidance raised; momentum intact on volume',
};

function voteLines(votes: DecisionSpec['votes'], atMs: number, because?: string): Decision['votes'] {
  return VOTERS.flatMap((sourceId) => {
    const score = answerOf(votes, sourceId);
    if (typeof score !== 'number') return [];
    const dataAtMs = atMs - (sourceId === 'xai' ? 140_000 : 30_000);
    const digest = '9f86d081884c7d65';
    const provenance = {
      sourceId,
      endpoint: 'bars',
      eventAtMs: dataAtMs,
      receivedAtMs: dataAtMs + 64,
      digest,
    };
    return { sourceId, score, because: because ?? BECAUSE[sourceId], dataAtMs, provenance };
  });
}

function leftOutOf(votes: DecisionSpec['votes']): LeftOut[] {
  return VOTERS.flatMap((sourceId) => {
    const vote = answerOf(votes, sourceId);
    return typeof vote === 'object' ? { sourceId, ...vote } : [];
  });
}

export function openedOf(decision: Decision, atr: number): Extract<SignalEvent, { event: 'opened' }> {
  const { kind, price, regime, confidence } = decision;
  if ((kind !== 'BUY' && kind !== 'SELL') || price === null || regime === null || confidence === null) {
    throw new RangeError(`a ${kind} opens no signal`);
  }
  const stamp = new Date(decision.atMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const way = kind === 'BUY' ? 1 : -1;
  const signal: Signal = {
    id: `${decision.instrumentId}-${stamp}-${kind}`,
    instrumentId: decision.instrumentId,
    side: kind,
    openedAtMs: decision.atMs,
    cycle: decision.cycle,
    currency: price.currency,
    entry: price.price,
    target: price.price + way * 3 * atr,
    stop: price.price - way * 2 * atr,
    expiresAtMs: decision.atMs + SIGNAL_DEFAULTS.expiryMs,
    regime,
    confidence,
    explanation: `${kind} at ${price.price} ${price.currency}`,
    shares: decision.votes.map(({ sourceId, score }) => ({
      sourceId,
      share: (WEIGHT_PPB[sourceId as VoterId] / 1e9) * score,
    })),
    configVersion: CONFIG_VERSION,
  };
  return { event: 'opened', signal };
}

export function sourceOf(sourceId: string, fields: Partial<LiveSource> = {}): LiveSource {
  return {
    sourceId,
    title: sourceId,
    kind: sourceId,
    operator: sourceId,
    analyst: 'trend',
    weightShare: (WEIGHT_PPB[sourceId as VoterId] ?? 0) / 1e9,
    state: 'ok',
    score: 0.98,
    breakers: [{ endpoint: 'bars', state: 'closed', untilMs: null }],
    requests: 120,
    answered: 120,
    failedByKind: {},
    spentUsd: 0,
    budget: null,
    quotas: [],
    limits: [],
    cache: null,
    latencyP50Ms: 61.4,
    lastOkAtMs: FIRST_SLOT_AT_MS,
    lastFailure: null,
    ...fields,
  };
}

export type FakeService = {
  readonly ledger: Ledger;
  readonly live: LiveView;
  /** Counts nothing until a configuration with this service's label is on record. */
  readonly trackRecord: TrackRecord;
  /** Records a cycle, then announces it, as the engine does. */
  commit(
    cycle: number,
    decisions: readonly Decision[],
    events?: readonly SignalEvent[],
    outcomes?: readonly SignalOutcome[],
  ): Promise<readonly LedgerEntry[]>;
  setState(fields: Partial<LiveState>): void;
  setSources(sources: readonly LiveSource[]): void;
  setBars(instrumentId: string, bars: readonly Bar[]): void;
};

export function createFakeService(ledger: Ledger = createMemoryLedger()): FakeService {
  const listeners = new Set<(entries: readonly LedgerEntry[]) => void>();
  const standing = new Map<string, Decision>();
  const open = new Map<string, Signal>();
  const bars = new Map<string, readonly Bar[]>(SYMBOLS.map((id) => [id, []]));
  let sources: readonly LiveSource[] = VOTERS.map((id) => sourceOf(id));
  let state: LiveState = {
    label: { kind: 'SIMULATED', seed: 'test' },
    startedAtMs: FIRST_SLOT_AT_MS,
    nowMs: FIRST_SLOT_AT_MS,
    cycleMs: CYCLE_MS,
    configVersion: CONFIG_VERSION,
    cycle: null,
    lastCycleAtMs: null,
    lastCycleTookMs: null,
    decisionsDue: 0,
    decisionsMade: 0,
    audits: {
      mode: 'certain',
      symbols: 0,
      audited: 0,
      equal: 0,
      incomplete: 0,
      pairs: {},
      rate: null,
      ci95: null,
    },
    ready: true,
    troubles: [],
  };
  const live: LiveView = {
    state: () => state,
    sources: () => sources,
    decisions: () => SYMBOLS.flatMap((id) => standing.get(id) ?? []),
    openSignals: () => [...open.values()],
    bars: (instrumentId, count) => bars.get(instrumentId)?.slice(-count) ?? null,
    onCommitted: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    ledger,
    live,
    trackRecord: createTrackRecord({ ledger, data: state.label.kind, pause: async () => {} }),
    commit: async (cycle, decisions, events = [], outcomes = []) => {
      const due = [...new Set([...standing.keys(), ...decisions.map((made) => made.instrumentId)])].sort();
      const record = {
        cycle,
        slotAtMs: slotAtMs(cycle),
        configVersion: CONFIG_VERSION,
        due,
        decisions,
        events,
        outcomes,
      };
      const entries = await ledger.append(record);
      for (const decision of decisions) standing.set(decision.instrumentId, decision);
      for (const event of events) {
        if (event.event === 'opened') open.set(event.signal.id, event.signal);
        else open.delete(event.signalId);
      }
      const slot = slotAtMs(cycle);
      const made = state.decisionsMade + due.length;
      state = {
        ...state,
        cycle,
        nowMs: slot + 120,
        lastCycleAtMs: slot,
        lastCycleTookMs: 48.2,
        decisionsDue: made,
        decisionsMade: made,
      };
      for (const listener of listeners) listener(entries);
      return entries;
    },
    setState: (fields) => {
      state = { ...state, ...fields };
    },
    setSources: (given) => {
      sources = given;
    },
    setBars: (instrumentId, given) => bars.set(instrumentId, given),
  };
}
