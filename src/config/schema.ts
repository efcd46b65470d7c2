import { z } from 'zod';
import { GATEWAY_DEFAULTS } from '../core/gateway-options.ts';
import {
  CACHE_DEFAULTS,
  CONSENSUS_DEFAULTS,
  CYCLE_MS_DEFAULT,
  FLAG_DEFAULTS,
  GATE_DEFAULTS,
  LEDGER_PATH_DEFAULT,
  LOG_LEVEL_DEFAULT,
  OUTCOME_DEFAULTS,
  PLANNER_DEFAULTS,
  SERVER_DEFAULTS,
  SIGNAL_DEFAULTS,
  SOURCE_DEFAULTS,
} from '../core/options.ts';
import { shadowLevel, switchLevel, symbolLevel } from './flag-level.ts';
import { httpJsonSchema } from './http-json-shape.ts';

/** The shape of sextant.yaml. Strict everywhere: a misspelt key is an error, never ignored. */

const SOURCE_ID = /^[a-z0-9][a-z0-9-]*$/;
const SOURCE_ID_WANTED = 'name a source in lower-case letters, digits and dashes, such as my-source';

const share = z.number().gt(0).lte(1);
const durationMs = z
  .int()
  .positive()
  .max(31 * 86_400_000);

const usd = z.number().min(0).max(1_000_000);
const calls = z.int().min(0).max(1_000_000_000);

const sourceSchema = z.strictObject({
  kind: z.string().optional(),
  enabled: z.boolean().default(SOURCE_DEFAULTS.enabled),
  weight: z.number().min(0).max(1_000).optional(),
  operator: z.string().min(1).optional(),
  analyst: z.string().optional(),
  baseUrl: z.string().optional(),
  http: httpJsonSchema.optional(),
  keys: z.record(z.string(), z.string()).default({}),
  options: z.record(z.string(), z.string()).default({}),
  limits: z.array(z.string()).optional(),
  priceUsdPerCall: z.number().min(0).max(1_000).optional(),
  budget: z
    .strictObject({
      usdPerDay: usd.optional(),
      usdPerMonth: usd.optional(),
      callsPerDay: calls.optional(),
      callsPerMonth: calls.optional(),
    })
    .optional(),
  concurrency: z.int().min(1).max(GATEWAY_DEFAULTS.connectionsMax).optional(),
  timeoutMs: z.int().min(50).max(120_000).default(SOURCE_DEFAULTS.timeoutMs),
  ttlMs: durationMs.optional(),
  nearTtlMs: durationMs.optional(),
  untilNextBar: z.boolean().default(SOURCE_DEFAULTS.untilNextBar),
  backups: z
    .array(z.strictObject({ source: z.string(), meaning: z.enum(['equal', 'weaker', 'different']) }))
    .max(10)
    .default([...SOURCE_DEFAULTS.backups]),
  sharesLimitsWith: z.string().optional(),
});

const costBps = z.number().min(0).max(1_000);

const thresholds = SIGNAL_DEFAULTS.thresholds;

/** Of a list for programs: one in a line or several, with spaces or commas between them; what follows a # is for people. */
function symbolsIn(text: string): string[] {
  return text
    .replaceAll(/#.*/g, '')
    .split(/[\s,]+/)
    .filter((symbol) => symbol !== '');
}

export const fileSchema = z.strictObject({
  symbols: z.preprocess(
    (value) => (typeof value === 'string' ? symbolsIn(value) : value),
    z.array(z.string()).min(1).max(100_000),
  ),
  cycleMs: z.int().min(100).max(3_600_000).default(CYCLE_MS_DEFAULT),
  cycleOffsetMs: z.int().min(0).max(3_600_000).default(0),
  sources: z.record(z.string().regex(SOURCE_ID, SOURCE_ID_WANTED), sourceSchema),
  watch: z
    .strictObject({ stock: z.array(z.string()).optional(), crypto: z.array(z.string()).optional() })
    .default({}),
  consensus: z
    .strictObject({
      quorum: share.default(CONSENSUS_DEFAULTS.quorum),
      operatorsMin: z.int().min(1).max(100).default(CONSENSUS_DEFAULTS.operatorsMin),
      agreeMin: share.default(CONSENSUS_DEFAULTS.agreeMin),
      mode: z.enum(['certain', 'calibrated']).default(CONSENSUS_DEFAULTS.mode),
      // Kept pairs suffice for eight unasked voters at the least of these.
      miscoverage: z.number().min(0.001).max(0.1).default(CONSENSUS_DEFAULTS.miscoverage),
      scores: z.enum(['mean', 'trimmed']).default(CONSENSUS_DEFAULTS.scores),
      policy: z.enum(['fast', 'balanced', 'frugal']).default(CONSENSUS_DEFAULTS.policy),
      priceToleranceBps: z.number().positive().max(10_000).default(CONSENSUS_DEFAULTS.priceToleranceBps),
      priceOperatorsMin: z.int().min(2).max(100).default(CONSENSUS_DEFAULTS.priceOperatorsMin),
      backupDiscounts: z
        .strictObject({
          equal: share.default(CONSENSUS_DEFAULTS.backupDiscounts.equal),
          weaker: share.default(CONSENSUS_DEFAULTS.backupDiscounts.weaker),
          different: share.default(CONSENSUS_DEFAULTS.backupDiscounts.different),
        })
        .prefault({}),
    })
    .prefault({}),
  gates: z
    .strictObject({
      quoteAgeMsMax: z
        .strictObject({
          stock: durationMs.default(GATE_DEFAULTS.quoteAgeMsMax.stock),
          crypto: durationMs.default(GATE_DEFAULTS.quoteAgeMsMax.crypto),
        })
        .prefault({}),
      frozenMsMax: z
        .strictObject({
          stock: durationMs.default(GATE_DEFAULTS.frozenMsMax.stock),
          crypto: durationMs.default(GATE_DEFAULTS.frozenMsMax.crypto),
        })
        .prefault({}),
      jumpMax: share.default(GATE_DEFAULTS.jumpMax),
      jumpConfirmMs: durationMs.default(GATE_DEFAULTS.jumpConfirmMs),
      futureMsMax: durationMs.default(GATE_DEFAULTS.futureMsMax),
    })
    .prefault({}),
  planner: z
    .strictObject({
      moveMin: share.default(PLANNER_DEFAULTS.moveMin),
      moveVolatility: z.number().positive().max(100).nullable().default(PLANNER_DEFAULTS.moveVolatility),
      pinned: z.array(z.string()).default([...PLANNER_DEFAULTS.pinned]),
      heartbeatMs: durationMs.default(PLANNER_DEFAULTS.heartbeatMs),
      auditShare: z.number().min(0).max(1).default(PLANNER_DEFAULTS.auditShare),
    })
    .prefault({}),
  signals: z
    .strictObject({
      thresholds: z
        .strictObject({
          trend: share.default(thresholds.trend),
          range: share.default(thresholds.range),
          volatile: share.default(thresholds.volatile),
          crisis: share.default(thresholds.crisis),
        })
        .prefault({}),
      targetAtr: z.number().positive().max(100).default(SIGNAL_DEFAULTS.targetAtr),
      stopAtr: z.number().positive().max(100).default(SIGNAL_DEFAULTS.stopAtr),
      expiryMs: durationMs.default(SIGNAL_DEFAULTS.expiryMs),
    })
    .prefault({}),
  outcomes: z
    .strictObject({
      costBps: z
        .strictObject({
          stock: costBps.default(OUTCOME_DEFAULTS.costBps.stock),
          crypto: costBps.default(OUTCOME_DEFAULTS.costBps.crypto),
        })
        .prefault({}),
      slippageBps: z
        .strictObject({
          stock: costBps.default(OUTCOME_DEFAULTS.slippageBps.stock),
          crypto: costBps.default(OUTCOME_DEFAULTS.slippageBps.crypto),
        })
        .prefault({}),
      gapMsMax: durationMs.min(60_000).default(OUTCOME_DEFAULTS.gapMsMax),
      outcomesMin: z.int().min(2).max(1_000_000).default(OUTCOME_DEFAULTS.outcomesMin),
    })
    .prefault({}),
  ledger: z.strictObject({ path: z.string().min(1).default(LEDGER_PATH_DEFAULT) }).prefault({}),
  server: z
    .strictObject({
      host: z.string().min(1).default(SERVER_DEFAULTS.host),
      port: z.int().min(0).max(65_535).default(SERVER_DEFAULTS.port),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default(LOG_LEVEL_DEFAULT),
    })
    .prefault({}),
  cache: z
    .strictObject({
      enabled: z.boolean().default(CACHE_DEFAULTS.enabled),
      bytesMax: z
        .int()
        .min(64 * 1024)
        .max(1024 ** 3)
        .default(CACHE_DEFAULTS.bytesMax),
    })
    .prefault({}),
  flags: z
    .strictObject({
      parallelSources: symbolLevel({
        byDefault: FLAG_DEFAULTS.parallelSources,
        noShadow: 'it changes only when sources are asked, so there is no second decision to compare',
      }),
      batching: switchLevel(FLAG_DEFAULTS.batching),
      opinionReuse: shadowLevel(FLAG_DEFAULTS.opinionReuse),
      changeGate: shadowLevel(FLAG_DEFAULTS.changeGate),
      decidedVote: shadowLevel(FLAG_DEFAULTS.decidedVote),
      connectionPool: switchLevel(FLAG_DEFAULTS.connectionPool),
      pacing: switchLevel(FLAG_DEFAULTS.pacing),
      adaptiveCache: switchLevel(FLAG_DEFAULTS.adaptiveCache),
      backoff: switchLevel(FLAG_DEFAULTS.backoff),
      breaker: switchLevel(FLAG_DEFAULTS.breaker),
      fallback: symbolLevel({
        byDefault: FLAG_DEFAULTS.fallback,
        noShadow: 'what a backup would have said is known only by asking it, and a shadow asks nobody',
      }),
      hedging: switchLevel(FLAG_DEFAULTS.hedging),
    })
    .prefault({}),
});

export type ConfigFile = z.output<typeof fileSchema>;
