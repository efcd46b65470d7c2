import { redactedConfig } from './config/load.ts';
import type { Gateway } from './core/answer.ts';
import { type Boundary, type Cycles, OPEN_BOUNDARY } from './core/boundary.ts';
import type { Clock } from './core/clock.ts';
import type { ComponentSize } from './core/component-size.ts';
import type { GatewayMemory } from './core/gateway-memory.ts';
import {
  FIXED_DELAY_RETRY,
  GATEWAY_DEFAULTS,
  type GatewayOptions,
  HEDGE_DEFAULTS,
  QUOTE_TTL_MS_MAX,
  QUOTE_TTL_SHARE_OF_CYCLE,
} from './core/gateway-options.ts';
import type { Http } from './core/http.ts';
import type { ConfigBody, Ledger } from './core/ledger.ts';
import type { DataLabel } from './core/live.ts';
import type { Meter } from './core/meter.ts';
import type { Config } from './core/options.ts';
import type { Random } from './core/random.ts';
import type { Source } from './core/source.ts';
import type { Tracer } from './core/tracer.ts';
import type { OnFault } from './cycle.ts';
import { Engine, type EngineChange } from './engine.ts';
import { createGateway } from './gateway/gateway.ts';
import { DriftBook } from './planner/drift-book.ts';
import { describeSources, seatsOf } from './seats.ts';
import { LiveBoard } from './telemetry/live-board.ts';
import { Auditor } from './turn/auditor.ts';
import { keptBars } from './turn/kept-bars.ts';
import type { TurnParts } from './turn/round.ts';
import { seatDesks } from './turn/seating.ts';

/** What an engine runs on; a simulation brings its own. */
export type EngineWorld = {
  readonly config: Config;
  readonly configVersion: string;
  /** The file it was read from; null where there is none. */
  readonly configText?: string | null;
  readonly label: DataLabel;
  readonly sources?: readonly Source[];
  readonly clock: Clock;
  readonly random: Random;
  readonly http: Http;
  readonly ledger: Ledger;
  /** Null: budgets and long allowances begin anew with every process. */
  readonly memory: GatewayMemory | null;
  /** Strikes secrets out of a text. */
  readonly redact: (text: string) => string;
  readonly onLedgerFailure: (error: unknown) => void;
  /** Told of what happens as it happens. */
  readonly meter?: Meter;
  /** Told how each new decision came to be; absent where nobody looks. */
  readonly tracer?: Tracer | undefined;
  /** Stands between the engine and its world; nothing does where there is none. */
  readonly boundary?: Boundary | undefined;
  /** Told of an instrument whose turn broke because the code is wrong. */
  readonly onFault?: OnFault | undefined;
};

/** One accepted configuration. */
export type Accepted = Pick<ConfigBody, 'how' | 'text'> & {
  readonly config: Config;
  readonly configVersion: string;
};

export type RunningEngine = {
  readonly engine: Cycles;
  readonly live: LiveBoard;
  readonly gateway: Gateway;
  /** How much its parts hold now. */
  sizes(): readonly ComponentSize[];
  /** Runs on under `next` from the next cycle on; `onAdopted` is called once it does. */
  adopt(next: Accepted, onAdopted: () => void): void;
};

function gatewayOptionsOf({ flags, cache, cycleMs }: Config): GatewayOptions {
  const { batching, pacing, backoff, breaker, hedging, adaptiveCache } = flags;
  const quoteTtlMs = Math.min(QUOTE_TTL_SHARE_OF_CYCLE * cycleMs, QUOTE_TTL_MS_MAX);
  return {
    ...GATEWAY_DEFAULTS,
    batching,
    cache: cache.enabled ? { bytesMax: cache.bytesMax, isAdaptive: adaptiveCache, quoteTtlMs } : null,
    pace: pacing ? GATEWAY_DEFAULTS.pace : null,
    retry: backoff ? GATEWAY_DEFAULTS.retry : FIXED_DELAY_RETRY,
    hedge: hedging ? HEDGE_DEFAULTS : null,
    breaker: breaker ? GATEWAY_DEFAULTS.breaker : null,
  };
}

/** The engine with its gateway and desks, taken up where its record ends. */
export async function createEngine(world: EngineWorld): Promise<RunningEngine> {
  const { config, configVersion, label, clock, random, http, ledger, memory, redact } = world;
  const { boundary = OPEN_BOUNDARY } = world;
  const first = viewOf(config, world.sources);
  const gateway = createGateway({
    ...first.gateway,
    memory,
    http,
    clock,
    random,
    redact,
    meter: world.meter,
  });
  let desks = seatDesks(config, first.seats);
  const outside = boundary.outside({ gateway, clock, random, record: ledger });
  const shared = {
    gateway: outside.gateway,
    clock: outside.clock,
    drift: new DriftBook(config.consensus.miscoverage),
    meter: world.meter,
    tracer: world.tracer,
  };
  const turnParts: TurnParts = { config, configVersion, ...shared };
  const auditor = new Auditor(turnParts, desks, outside.random);
  const board = new LiveBoard({
    label,
    ...shownOf({ config, configVersion }, world.sources),
    clock,
    health: () => gateway.health(),
    meter: world.meter ?? null,
    bars: (id, count) => desks.find(({ instrument }) => instrument.id === id)?.market.bars(count) ?? null,
    audits: () => auditor.counts(),
  });
  const { onLedgerFailure, onFault } = world;
  const engine = new Engine({
    ...turnParts,
    ledger: outside.record,
    board,
    desks,
    auditor,
    onLedgerFailure,
    onFault,
  });
  const record = (accepted: Accepted) =>
    outside.record.appendConfig(bodyOf(accepted, world, outside.clock.nowMs()));
  const adopt = (next: Accepted, onAdopted: () => void): void => {
    const change: EngineChange = async (before) => {
      // First what can fail, so that nothing is changed by halves.
      await record(next);
      const view = viewOf(next.config, world.sources);
      gateway.reconfigure(view.gateway);
      desks = seatDesks(next.config, view.seats, before);
      shared.drift.adopt(next.config.consensus.miscoverage);
      const changed = { config: next.config, configVersion: next.configVersion };
      auditor.adopt({ ...changed, ...shared }, desks);
      board.adopt(shownOf(changed, world.sources));
      onAdopted();
      return { ...changed, desks };
    };
    const { config: adopted, configVersion: version, how = 'reload' } = next;
    boundary.adopting({ version, config: redactedConfig(adopted), how }, () => engine.adopt(change));
  };
  await engine.restore();
  await record({ config, configVersion, how: 'start', text: world.configText ?? null });
  const sizes = (): ComponentSize[] => {
    const shown = board.decisions().length + board.openSignals().length;
    return [...gateway.sizes(), keptBars(desks), { component: 'board', entries: shown, bytes: null }];
  };
  return { engine: boundary.cycles(engine), live: board, gateway, sizes, adopt };
}

/** As it goes on record: without secrets, and without a text that tells one. */
function bodyOf(
  { config, configVersion: version, how, text }: Accepted,
  { label, redact }: EngineWorld,
  atMs: number,
): ConfigBody {
  const isTold = text === null || text === undefined || redact(text) !== text;
  const origin = how === undefined ? {} : { how, text: isTold ? null : text };
  return { version, atMs, label, config: redactedConfig(config), ...origin };
}

/** What a configuration means to the gateway and to the desks. */
function viewOf(config: Config, own?: readonly Source[]) {
  const seats = seatsOf(config, own).filter(({ options }) => options.enabled);
  return {
    seats,
    gateway: { sources: seats, symbols: config.symbols, options: gatewayOptionsOf(config) },
  };
}

function shownOf(
  { config, configVersion }: Pick<Accepted, 'config' | 'configVersion'>,
  own?: readonly Source[],
) {
  const sources = describeSources(config, own).filter(({ enabled }) => enabled);
  return { cycleMs: config.cycleMs, configVersion, sources };
}
