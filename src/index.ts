/**
 * What Sextant offers to programs: the vocabulary, the ports, sources of one's own, and a service to run. Everything
 * else is internal and may change.
 */

export { type ConfigDocument, readDocument } from './config/document.ts';
export { type ConfigIssue, issueText } from './config/issue.ts';
export { checkShape } from './config/shape.ts';
export type { Analyst, AnalystSpec, Assessment } from './core/analyst.ts';
export type { Answer, Ask, Gateway, Provenance, SourceHealth } from './core/answer.ts';
export { type Bar, barDefect, closeAtMs } from './core/bar.ts';
export type { Clock } from './core/clock.ts';
export type { Decision, LeftOut, PriceFix, Regime, VoteLine } from './core/decision.ts';
export { FAILURE_KINDS, type Failure, type FailureKind, failure } from './core/failure.ts';
export type { GatewayMemory } from './core/gateway-memory.ts';
export type { Http, HttpOptions, HttpOutcome, HttpRequest, HttpResponse } from './core/http.ts';
export {
  type AssetClass,
  type Currency,
  type Instrument,
  instrumentOf,
  parseInstrument,
} from './core/instrument.ts';
export type { Ledger, LedgerEntry, SignalRow, VerifyReport } from './core/ledger.ts';
export type { DataLabel, LiveSource, LiveState, LiveView } from './core/live.ts';
export type { Config, Flags, SourceOptions } from './core/options.ts';
export type { SignalOutcome } from './core/outcome.ts';
export type { Question, QuestionKind, View } from './core/question.ts';
export type { Quote } from './core/quote.ts';
export type { Random } from './core/random.ts';
export { sessionAt } from './core/sessions/session.ts';
export type { Side, Signal, SignalEvent } from './core/signal.ts';
export {
  type Endpoint,
  endpointFor,
  type LimitState,
  type LimitWindow,
  NO_LIMIT_STATE,
  type ParsedBatch,
  type Reading,
  type Source,
  type SourceSettings,
} from './core/source.ts';
export {
  ABSTAIN_REASONS,
  type AbstainReason,
  type Certificate,
  type DecisionKind,
  type Voter,
} from './core/vote.ts';
export { wilson95 } from './core/wilson.ts';
export { createMemoryLedger } from './ledger/memory/ledger.ts';
export {
  createEngine,
  createService,
  type EngineWorld,
  explain,
  issueLines,
  loadConfigFile,
  loadConfigText,
  loadProfile,
  openRecord,
  PROFILES,
  profileText,
  type RunningEngine,
  type Service,
  type ServiceOptions,
  verifyRecord,
} from './main.ts';
export { createSeededRandom } from './platform/seeded-random.ts';
export { sleepUntil } from './platform/sleep.ts';
export { createVirtualClock, type VirtualClock } from './platform/virtual-clock.ts';
export type { BarText } from './replay/bar-file.ts';
export { type BarSet, readBarSet } from './replay/bar-set.ts';
export { defineSource } from './sources/define-source.ts';
