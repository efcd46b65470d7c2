import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, createApi } from './api/api.ts';
import { type Change, differences } from './config/consequences.ts';
import { readDocument } from './config/document.ts';
import { type ConfigLoaded, loadConfig, redactedConfig } from './config/load.ts';
import { readConfigFile } from './config/read-file.ts';
import { resolveVariables, type Surroundings } from './config/variables.ts';
import { watchConfig } from './config/watch.ts';
import { type ConfigCheck, checkAgainstRecord } from './config-check.ts';
import { counterfactuals } from './consensus/counterfactuals.ts';
import { checkCertificate } from './consensus/verify-certificate.ts';
import type { BudgetLeft } from './core/answer.ts';
import type { Clock } from './core/clock.ts';
import type { Decision } from './core/decision.ts';
import type { GatewayMemory, SpentMemory } from './core/gateway-memory.ts';
import type { Http } from './core/http.ts';
import type { HttpPools } from './core/http-pools.ts';
import type { ConfigRow, Ledger, VerifyOptions, VerifyReport } from './core/ledger.ts';
import type { DataLabel, LiveView } from './core/live.ts';
import { type BudgetOptions, type Config, LEDGER_PATH_DEFAULT, type LogLevel } from './core/options.ts';
import type { Source } from './core/source.ts';
import type { TrackRecord } from './core/track-record.ts';
import { budgetLeft, nothingSpent, spentAt } from './gateway/spending.ts';
import { removeFile } from './ledger/sqlite/file.ts';
import { openSqliteLedger } from './ledger/sqlite/ledger.ts';
import { createTrackRecord } from './outcomes/statistics-record.ts';
import { type BudgetPlan, planBudget } from './planner/budget-plan.ts';
import { type Month, monthAt } from './planner/open-hours.ts';
import { environment } from './platform/environment.ts';
import { createGatewayMemoryFile } from './platform/gateway-memory-file.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { nextTurn } from './platform/next-turn.ts';
import { Redactor } from './platform/redactor.ts';
import { createSystemClock } from './platform/system-clock.ts';
import { systemRandom } from './platform/system-random.ts';
import { createUndiciHttp } from './platform/undici-http.ts';
import { Reload, type ReloadParts } from './reload.ts';
import { createEngine } from './running-engine.ts';
import { catalogueWith, seatsOf, secretsOf } from './seats.ts';
import { explainDecision } from './signals/explain.ts';
import { recordTape, type TapeOptions, type TapeRecording } from './tape/tape-recording.ts';
import { logDecisions } from './telemetry/decision-log.ts';
import { decisionSpans } from './telemetry/decision-spans.ts';
import { Metrics } from './telemetry/metrics/metrics.ts';

/** The wiring: the one place where stages, platform and configuration are put together. */

export type { Change } from './config/consequences.ts';
export { issueLines } from './config/load.ts';
export { isOtherwise, type Replayed } from './config-check.ts';
export type { BudgetPlan, SourcePlan } from './planner/budget-plan.ts';
export type { PlanCase } from './planner/errands.ts';
export type { Month } from './planner/open-hours.ts';
export { probeConfigured, probeOne, type SourceProbe } from './probes.ts';
export { type BarSet, readBarSet } from './replay/bar-set.ts';
export type { ReplayFitness } from './replay/fitness.ts';
export { type RecordedOpinions, readOpinions } from './replay/opinions.ts';
export { comparePairedDays, type Difference, type PairedDays } from './replay/paired-days.ts';
export type { ReplayTotals } from './replay/replay-counts.ts';
export {
  type BarsReplay,
  createReplayRecord,
  fitnessOf,
  opinionSources,
  replayBars,
  replayConfig,
} from './replay-bars.ts';
export { replayTape, type TapeReplay } from './replay-tape.ts';
export { createEngine, type EngineWorld, type RunningEngine } from './running-engine.ts';
export { describeSources } from './seats.ts';
export type { TapeOptions } from './tape/tape-recording.ts';

const SYSTEM_CLOCK = createSystemClock();

/** A version older than so many is new when it comes back. */
const KNOWN_VERSIONS_MAX = 500;

export type LoadedConfig = Extract<ConfigLoaded, { kind: 'ok' }>;
export type ConfigFound = ConfigLoaded | { readonly kind: 'missing' };

/** The package's folder: two levels up from what is built, one from the sources. */
const PACKAGE_ROOT = existsSync(join(import.meta.dirname, '../package.json'))
  ? join(import.meta.dirname, '..')
  : join(import.meta.dirname, '../..');
const PROFILE_FOLDER = join(PACKAGE_ROOT, 'profiles');
const WEB_ROOT = join(PACKAGE_ROOT, 'dist/web');

/** Names of the ready-made configurations. */
export const PROFILES: readonly string[] = readdirSync(PROFILE_FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''))
  .sort();

/** The commented YAML of a profile; null when there is none of that name. */
export function profileText(name: string): string | null {
  return PROFILES.includes(name) ? readFileSync(join(PROFILE_FOLDER, `${name}.yaml`), 'utf8') : null;
}

export function loadProfile(name: string, env = environment()): ConfigFound {
  const text = profileText(name);
  return text === null ? { kind: 'missing' } : loadConfigText(text, env);
}

/** `sources` are of your own, to be named in the file as any other: see {@link ServiceOptions}. */
export function loadConfigFile(
  path: string,
  env = environment(),
  sources: readonly Source[] = [],
): ConfigFound {
  return existsSync(path) ? loadConfigText(readFileSync(path, 'utf8'), env, sources) : { kind: 'missing' };
}

export function loadConfigText(
  text: string,
  env = environment(),
  sources: readonly Source[] = [],
): ConfigLoaded {
  return loadConfig(text, catalogueWith(sources), surroundings(env));
}

function surroundings(
  env: Readonly<Record<string, string | undefined>>,
  read: (path: string) => string | null = readConfigFile,
): Surroundings {
  return { env: (name) => env[name], file: (path) => read(path)?.trim() ?? null };
}

/** Where a configuration keeps its record, without asking for its keys: reading the record must not need them. */
export function ledgerPathOf(text: string, env = environment()): string {
  const read = readDocument(text);
  if (read.kind === 'invalid') return LEDGER_PATH_DEFAULT;
  const { ledger } = read.document.value as { ledger?: { path?: unknown } | null };
  const path = resolveVariables(ledger?.path, surroundings(env), []);
  return typeof path === 'string' ? path : LEDGER_PATH_DEFAULT;
}

/** Takes a record away that is no longer wanted. Throws LedgerError while another process writes it. */
export function removeRecord(path: string): void {
  removeFile(path);
  rmSync(memoryPathOf(path), { force: true });
}

/** What was spent lies beside the record: one process writes both. */
function memoryPathOf(ledgerPath: string): string {
  return `${ledgerPath}.spent.json`;
}

const MEMORY_LOST =
  'what was spent so far cannot be read, so budgets and allowances of a day or longer count as used up; delete the file to begin at nothing';

/** A record of one's own, to write. Rejects with LedgerError. */
export function createRecord(path: string): Promise<Ledger> {
  return openSqliteLedger({ path, mode: 'readWrite' });
}

/** A record to read while another process may be writing it. Rejects with LedgerError. */
export function openRecord(path: string): Promise<Ledger> {
  return openSqliteLedger({ path, mode: 'readOnly' });
}

/** What the outcomes of a record come to, those on one kind of prices. */
export function trackRecordOf(ledger: Ledger, data: DataLabel['kind']): TrackRecord {
  return createTrackRecord({ ledger, data, pause: nextTurn });
}

export function verifyRecord(
  ledger: Ledger,
  options: Pick<VerifyOptions, 'expectedHead' | 'onProgress'>,
): Promise<VerifyReport> {
  return ledger.verify({ ...options, checkDecision: checkCertificate });
}

/** A decision in plain words, with what would have flipped it. */
export function explain(decision: Decision): readonly string[] {
  return explainDecision(decision, counterfactuals(decision.certificate));
}

export type BudgetShown = {
  readonly sourceId: string;
  readonly budget: BudgetOptions;
  /** In the running day and month, with what a running service has set aside for its next requests. */
  readonly spent: SpentMemory;
  readonly left: BudgetLeft;
};

/** What the sources with a budget have spent, by what the last or the running service wrote down. Throws when that is unreadable. */
export function budgetsOf(config: Config, nowMs: number = SYSTEM_CLOCK.nowMs()): BudgetShown[] {
  const found = createGatewayMemoryFile(memoryPathOf(config.ledger.path)).load();
  if (found.kind === 'unreadable') throw new Error(`${found.detail}: ${MEMORY_LOST}`);
  const memories = found.kind === 'found' ? found.memories : {};
  return config.sources.flatMap(({ id: sourceId, budget }) => {
    if (budget === null) return [];
    const spent = spentAt(memories[sourceId]?.spent ?? nothingSpent(nowMs), nowMs);
    return [{ sourceId, budget, spent, left: budgetLeft(budget, spent, nowMs) }];
  });
}

export type ServiceOptions = {
  readonly config: Config;
  readonly configVersion: string;
  readonly label: DataLabel;
  /** The file that it was loaded from, with its text: it is watched, and runs on as it says from then on. */
  readonly file?: { readonly path: string; readonly text: string };
  /** Sources of your own that the configuration names: the same as it was loaded with. */
  readonly sources?: readonly Source[];
  readonly clock?: Clock;
  /** Metrics show its connections where it can tell of them. */
  readonly http?: Http & Partial<HttpPools>;
  /** Where all that the engine takes from outside is recorded; nowhere where it is not said. */
  readonly tape?: TapeOptions | undefined;
  /** Instead of `log.level`. */
  readonly logLevel?: LogLevel;
};

/** A running engine with its record, its API and its page. */
export type Service = {
  readonly live: LiveView;
  readonly ledger: Ledger;
  /** Starts serving; resolves with the address. */
  listen(): Promise<string>;
  runCycle(slotAtMs: number): Promise<void>;
  /** Cycles until stopped. */
  run(stop: AbortSignal): Promise<void>;
  /** Ends what runs, then lets go of sockets and record. */
  close(): Promise<void>;
};

/** What the gateway remembered of the run before. */
function memoryOf(config: Config, log: Logger): GatewayMemory {
  const memory = createGatewayMemoryFile(memoryPathOf(config.ledger.path));
  const remembered = memory.load();
  if (remembered.kind === 'unreadable') log.error({ error: remembered.detail }, MEMORY_LOST);
  return memory;
}

/** Statistics read the record before the page asks for them; whoever asks is told where it cannot be read. */
async function listen(api: Api, trackRecord: TrackRecord): Promise<string> {
  const { url } = await api.listen();
  void trackRecord.statistics({ by: 'side' }).catch(() => undefined);
  return url;
}

/** Rejects with LedgerError when the record cannot be opened. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { config, clock = SYSTEM_CLOCK, logLevel = config.log.level } = options;
  const redactor = new Redactor(secretsOf(config));
  const redact = (text: string): string => redactor.redact(text);
  const log = createLogger({ level: logLevel, clock, redactor, write: (line) => process.stderr.write(line) });
  const http: Http & Partial<HttpPools> =
    options.http ?? createUndiciHttp({ clock, keepAlive: config.flags.connectionPool });
  const ledger = await openSqliteLedger({ path: config.ledger.path, mode: 'readWrite' });
  const memory = memoryOf(config, log);
  const metrics = new Metrics();
  let tape: TapeRecording | null = null;
  const letGo = async (): Promise<void> => {
    await tape?.file.close();
    await http.close();
    await ledger.close();
    log.close();
  };
  try {
    tape = options.tape === undefined ? null : taped(options.tape, options, { clock, redact, log });
    const running = await createEngine({
      ...options,
      configText: options.file?.text ?? null,
      meter: metrics,
      tracer: decisionSpans(clock) ?? undefined,
      clock,
      random: systemRandom,
      http,
      ledger,
      memory,
      redact,
      boundary: tape?.boundary,
      onLedgerFailure: (error) => log.error({ error: String(error) }, 'the record refused a cycle'),
      onFault: (error, decision) =>
        log.error({ error: faultText(error), decision }, 'a bug: the turn of an instrument broke'),
    });
    const { engine, live, gateway } = running;
    metrics.show(live, tellsOfPools(http) ? http : null);
    if (tape !== null) for (const surface of [metrics, live]) surface.showTape(tape.file);
    logDecisions(live, log);
    const trackRecord = trackRecordOf(ledger, options.label.kind);
    const api = await createApi({
      ledger,
      metrics,
      live,
      trackRecord,
      server: config.server,
      webRoot: existsSync(WEB_ROOT) ? WEB_ROOT : null,
      clock: SYSTEM_CLOCK,
      onError: (error) => log.error({ error: String(error) }, 'a request failed'),
    });
    metrics.showSizes(() => [...running.sizes(), api.streamSize()]);
    const unwatch = await watched(options, { running, redactor, log, metrics }, ledger);
    return {
      live,
      ledger,
      listen: () => listen(api, trackRecord),
      runCycle: (slotAtMs) => engine.runCycle(slotAtMs),
      run: (stop) => engine.run(stop),
      close: async () => {
        unwatch();
        await api.close();
        await gateway.close();
        await letGo();
      },
    };
  } catch (error) {
    // A service that did not start must not hold the record.
    await letGo();
    throw error;
  }
}

function tellsOfPools(http: Partial<HttpPools>): http is HttpPools {
  return http.pools !== undefined && http.onPhase !== undefined;
}

/** A tape that runs along with a service, which goes on where the tape cannot. */
function taped(
  wanted: TapeOptions,
  { config, configVersion, label }: ServiceOptions,
  { clock, redact, log }: { clock: Clock; redact: (text: string) => string; log: Logger },
): TapeRecording {
  const { version: sextant } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const header = { sextant, label, configVersion, config: redactedConfig(config) };
  const onStopped = (why: string): void =>
    log.error({ why, path: wanted.path }, 'the tape has stopped: what follows cannot be replayed');
  const tape = recordTape(wanted, { clock, header, redact, onStopped });
  log.info({ path: tape.file.path }, 'a tape runs along');
  return tape;
}

/** Follows the file of a service, where it has one; the returned function ends it. */
async function watched(
  { config, file, sources = [], clock = SYSTEM_CLOCK, logLevel }: ServiceOptions,
  parts: Pick<ReloadParts, 'running' | 'redactor' | 'log' | 'metrics'>,
  ledger: Ledger,
): Promise<() => void> {
  if (file === undefined) return () => {};
  const catalogue = catalogueWith(sources);
  const env = environment();
  const known = (await ledger.configs(KNOWN_VERSIONS_MAX)).map(({ body }) => body.version);
  const { log } = parts;
  const reload = new Reload({
    ...parts,
    path: file.path,
    config,
    known,
    log: logLevel === undefined ? log : { ...log, setLevel: () => {} },
    load: (text, files) =>
      loadConfig(
        text,
        catalogue,
        surroundings(env, (path) => files[path] ?? null),
      ),
  });
  return watchConfig(readConfigFile, file.path, clock, (look) => reload.take(look));
}

/** With the place in the code, which is what mends a bug. */
function faultText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What a configuration would change of a record's newest version and of its decisions of the last `minutes`. */
export function checkConfig(ledger: Ledger, config: Config, minutes: number): Promise<ConfigCheck> {
  return checkAgainstRecord(ledger, config, SYSTEM_CLOCK.nowMs() - minutes * 60_000);
}

/** What differs between two versions on record. */
export function recordedDifferences(from: ConfigRow, to: ConfigRow): Change[] {
  return differences(from.body.config, to.body.config);
}

/** What a month will ask, use up and cost; the running month when none is named. Asks nobody. */
export function planConfigured(config: Config, month: Month = monthAt(SYSTEM_CLOCK.nowMs())): BudgetPlan {
  return planBudget(config, seatsOf(config), month);
}
