import { z } from 'zod';
import type { SourceHealth } from '../core/answer.ts';
import type { Bar } from '../core/bar.ts';
import type { Decision, PriceFix, VoteLine } from '../core/decision.ts';
import { FAILURE_KINDS, type FailureKind } from '../core/failure.ts';
import type { SignalRow } from '../core/ledger.ts';
import type { DataLabel, LiveSource, LiveState } from '../core/live.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import type { Signal, SignalEvent } from '../core/signal.ts';
import { ABSTAIN_REASONS, type AbstainReason, type Certificate, type Voter } from '../core/vote.ts';
import type {
  BarsAnswer,
  DecisionsAnswer,
  ErrorAnswer,
  LiveAnswer,
  ReadyAnswer,
  SignalAnswer,
  SignalsAnswer,
  SourcesAnswer,
} from './contract.ts';

/**
 * What the API answers, as schemas: the source of OpenAPI, and an allow-list on the way out (a field not named here
 * never leaves). `satisfies` holds each to its type, so a new field in core is a compile error here.
 */

const namesOf = <Name extends string>(table: Readonly<Record<Name, string>>) =>
  z.enum(Object.keys(table) as [Name, ...Name[]]);

export const unixMs = z.number().int().describe('Unix milliseconds, UTC');
const side = z.enum(['BUY', 'SELL']);
const kind = z.enum(['BUY', 'SELL', 'HOLD', 'ABSTAIN']);
const regime = z.enum(['trend', 'range', 'volatile', 'crisis']);
const abstainReason = namesOf<AbstainReason>(ABSTAIN_REASONS);

const voter = z.object({
  sourceId: z.string(),
  operator: z.string(),
  weightPpb: z.number().int(),
  ballot: z.discriminatedUnion('state', [
    z.object({ state: z.literal('answered'), scoreMicro: z.number().int() }),
    z.object({
      state: z.literal('open'),
      lowMicro: z.number().int(),
      highMicro: z.number().int(),
      pairs: z.number().int().exactOptional(),
    }),
    z.object({ state: z.literal('absent'), reason: z.string() }),
  ]),
}) satisfies z.ZodType<Voter>;

const certificate = z
  .object({
    rule: z.enum(['gate', 'noQuorum', 'beyondTheta', 'insideTheta', 'oneOperator']),
    rules: z.object({
      thetaMicro: z.number().int(),
      quorumPpb: z.number().int(),
      operatorsMin: z.number().int(),
      agreeMinMicro: z.number().int(),
      scores: z.literal('trimmed').exactOptional(),
    }),
    voters: z.array(voter),
    low: z.number().nullable(),
    high: z.number().nullable(),
  })
  .meta({ id: 'Certificate' }) satisfies z.ZodType<Certificate>;

const priceFix = z.object({
  price: z.number(),
  currency: z.string(),
  asOfMs: unixMs,
  agreeing: z.array(z.string()),
  dissenting: z.array(z.string()),
}) satisfies z.ZodType<PriceFix>;

const voteLine = z.object({
  sourceId: z.string(),
  score: z.number(),
  because: z.string(),
  dataAtMs: unixMs,
  provenance: z.object({
    sourceId: z.string(),
    endpoint: z.string(),
    eventAtMs: unixMs.nullable(),
    receivedAtMs: unixMs,
    digest: z.string(),
  }),
  standIn: z
    .object({
      sourceId: z.string(),
      operator: z.string(),
      meaning: z.enum(['equal', 'weaker', 'different']),
      discount: z.number(),
      score: z.number(),
    })
    .exactOptional(),
}) satisfies z.ZodType<VoteLine>;

const decision = z
  .object({
    kind,
    reason: abstainReason.nullable(),
    instrumentId: z.string(),
    cycle: z.number().int(),
    atMs: unixMs,
    score: z.number().nullable(),
    confidence: z.number().nullable(),
    regime: regime.nullable(),
    price: priceFix.nullable(),
    detail: z.string(),
    certificate,
    votes: z.array(voteLine),
    leftOut: z.array(z.object({ sourceId: z.string(), reason: z.string(), detail: z.string() })),
    gate: z.object({ price: z.number(), moveMin: z.number() }).exactOptional(),
    configVersion: z.string(),
  })
  .meta({ id: 'Decision' }) satisfies z.ZodType<Decision>;

export const signal = z
  .object({
    id: z.string(),
    instrumentId: z.string(),
    side,
    openedAtMs: unixMs,
    cycle: z.number().int(),
    currency: z.string(),
    entry: z.number(),
    target: z.number(),
    stop: z.number(),
    expiresAtMs: unixMs,
    regime,
    confidence: z.number(),
    explanation: z.string(),
    shares: z.array(z.object({ sourceId: z.string(), share: z.number() })),
    configVersion: z.string(),
  })
  .meta({ id: 'Signal' }) satisfies z.ZodType<Signal>;

const signalEnd = z.object({
  event: z.literal('ended'),
  signalId: z.string(),
  instrumentId: z.string(),
  side,
  cycle: z.number().int(),
  atMs: unixMs,
  cause: z.enum(['flip', 'target', 'stop', 'expiry']),
  price: z.number().nullable(),
}) satisfies z.ZodType<Extract<SignalEvent, { event: 'ended' }>>;

const outcomeOf = {
  signalId: z.string(),
  instrumentId: z.string(),
  side,
  cycle: z.number().int(),
  atMs: unixMs,
};

export const signalOutcome = z
  .discriminatedUnion('kind', [
    z.object({
      ...outcomeOf,
      kind: z.literal('resolved'),
      cause: signalEnd.shape.cause,
      exitPrice: z.number(),
      exitAtMs: unixMs,
      isAmbiguous: z.boolean(),
      grossReturn: z.number(),
      netReturn: z.number(),
      baselineReturn: z.number().nullable(),
    }),
    z.object({
      ...outcomeOf,
      kind: z.literal('unresolved'),
      reason: z.enum(['gap', 'halt', 'split', 'noBars']),
      detail: z.string(),
    }),
  ])
  .meta({ id: 'SignalOutcome' }) satisfies z.ZodType<SignalOutcome>;

const signalRow = z.object({
  seq: z.number().int(),
  signal,
  end: signalEnd.nullable(),
  outcome: signalOutcome.nullable(),
}) satisfies z.ZodType<SignalRow>;

const health = {
  sourceId: z.string(),
  state: z.enum(['unasked', 'ok', 'limited', 'quota', 'auth', 'blocked', 'failing', 'disabled']),
  score: z.number().nullable(),
  breakers: z.array(
    z.object({
      endpoint: z.string(),
      state: z.enum(['closed', 'open', 'probing']),
      untilMs: unixMs.nullable(),
    }),
  ),
  requests: z.number().int(),
  answered: z.number().int(),
  failedByKind: z.record(z.string(), z.number().int()),
  spentUsd: z.number(),
  budget: z
    .object({
      usdLeftToday: z.number().nullable(),
      usdLeftThisMonth: z.number().nullable(),
      callsLeftToday: z.number().int().nullable(),
      callsLeftThisMonth: z.number().int().nullable(),
      runsOutAtMs: z.number().nullable(),
    })
    .nullable(),
  quotas: z.array(
    z.object({
      max: z.number(),
      windowMs: z.number().int(),
      used: z.number(),
      nextAtMs: unixMs.nullable(),
    }),
  ),
  limits: z.array(z.object({ max: z.number(), windowMs: z.number().int(), used: z.number() })),
  cache: z
    .object({
      hits: z.number().int(),
      stale: z.number().int(),
      misses: z.number().int(),
      fromSecondTier: z.number().int(),
      entries: z.number().int(),
      bytes: z.number().int(),
    })
    .nullable(),
  latencyP50Ms: z.number().nullable(),
  lastOkAtMs: unixMs.nullable(),
  lastFailure: z
    .object({
      kind: namesOf<FailureKind>(FAILURE_KINDS),
      detail: z.string(),
      retryAfterMs: z.number().nullable(),
      atMs: unixMs,
    })
    .nullable(),
} satisfies { [Field in keyof SourceHealth]: z.ZodType<SourceHealth[Field]> };

const source = z
  .object({
    ...health,
    title: z.string(),
    kind: z.string(),
    operator: z.string(),
    analyst: z.string(),
    weightShare: z.number(),
  })
  .meta({ id: 'Source' }) satisfies z.ZodType<LiveSource>;

export const label = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('LIVE') }),
  z.object({
    kind: z.literal('SIMULATED'),
    seed: z.string(),
    bars: z
      .object({ fromMs: unixMs, toMs: unixMs })
      .exactOptional()
      .describe('Prices are those recorded in that time, opinions on them are simulated'),
  }),
  z.object({ kind: z.literal('REPLAY'), fromMs: unixMs, toMs: unixMs }),
]) satisfies z.ZodType<DataLabel>;

const bar = z
  .object({
    openAtMs: unixMs,
    intervalMs: z.number().int(),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
  })
  .meta({ id: 'Bar' }) satisfies z.ZodType<Bar>;

export const cursor = z
  .string()
  .nullable()
  .describe('Value of `cursor` for the next, older page; null at the end');

export const decisionsAnswer: z.ZodType<DecisionsAnswer> = z.object({
  decisions: z.array(decision),
  nextCursor: cursor,
});

export const signalsAnswer: z.ZodType<SignalsAnswer> = z.object({
  signals: z.array(signalRow),
  nextCursor: cursor,
});

export const signalAnswer: z.ZodType<SignalAnswer> = signalRow.extend({
  decision: decision.nullable(),
});

export const sourcesAnswer: z.ZodType<SourcesAnswer> = z.object({ sources: z.array(source) });

export const barsAnswer: z.ZodType<BarsAnswer> = z.object({
  instrumentId: z.string(),
  bars: z.array(bar),
});

export const stateAnswer: z.ZodType<LiveState> = z
  .object({
    label,
    startedAtMs: unixMs,
    nowMs: unixMs,
    cycleMs: z.number(),
    configVersion: z.string(),
    cycle: z.number().int().nullable(),
    lastCycleAtMs: unixMs.nullable(),
    lastCycleTookMs: z.number().nullable(),
    decisionsDue: z.number().int(),
    decisionsMade: z.number().int(),
    audits: z.object({
      mode: z.enum(['certain', 'calibrated']),
      symbols: z.number().int(),
      audited: z.number().int(),
      equal: z.number().int(),
      incomplete: z.number().int(),
      pairs: z.record(z.string(), z.number().int()),
      rate: z.number().nullable(),
      ci95: z.tuple([z.number(), z.number()]).nullable(),
    }),
    ready: z.boolean(),
    troubles: z.array(z.string()),
  })
  .meta({ id: 'State' });

export const liveAnswer: z.ZodType<LiveAnswer> = z.object({ status: z.literal('live') });

export const readyAnswer: z.ZodType<ReadyAnswer> = z.object({
  status: z.enum(['ready', 'degraded', 'notReady']),
  reasons: z.array(z.string()),
});

export const errorAnswer: z.ZodType<ErrorAnswer> = z
  .object({
    error: z.object({
      code: z.enum([
        'badRequest',
        'notFound',
        'methodNotAllowed',
        'wrongHost',
        'wrongOrigin',
        'unknownEvent',
        'tooManyStreams',
        'ledgerUnavailable',
        'internal',
      ]),
      message: z.string(),
    }),
  })
  .meta({ id: 'Error' });
