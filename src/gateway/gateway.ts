import type { Answer, Ask, Gateway, SourceHealth } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { GatewayMemory } from '../core/gateway-memory.ts';
import type { Http } from '../core/http.ts';
import type { AssetClass, Instrument } from '../core/instrument.ts';
import type { GatewayOptions, SourceOptions } from '../core/options.ts';
import { type Question, questionKey } from '../core/question.ts';
import type { Random } from '../core/random.ts';
import { endpointFor, type Source } from '../core/source.ts';
import { Batcher } from './batch.ts';
import { Breaker } from './breaker.ts';
import { Budget } from './budget.ts';
import { type CarryOptions, carry } from './carry.ts';
import { Coalescer } from './coalesce.ts';
import { Connections } from './connections.ts';
import { Deadlines } from './deadline.ts';
import { Departures } from './departures.ts';
import type { Flight, Waiter } from './flight.ts';
import { Flow } from './flow.ts';
import type { Guard } from './guard.ts';
import { HealthLog } from './health.ts';
import { heldBack, type Send } from './job.ts';
import { Keeper } from './keeper.ts';
import { Memories } from './memories.ts';
import { failedAnswer } from './outcome.ts';
import { Pacing } from './pace.ts';
import { Parking } from './parking.ts';
import { RateLimit } from './rate-limit.ts';
import { retrying } from './retry.ts';
import { requestOf, type TransportOptions, transport } from './transport.ts';
import { isLong } from './window-count.ts';

/** One question of this cycle, and one of the last that may still be of use. */
const WAITING_PER_SYMBOL = 2;

/** A source together with what the user configured for it. */
export type ConfiguredSource = { readonly options: SourceOptions; readonly source: Source };

export type GatewayParts = {
  readonly sources: readonly ConfiguredSource[];
  /** What is going to be asked about: long allowances are spread over their sessions. */
  readonly symbols: readonly Instrument[];
  /** Null: budgets and long allowances begin anew with every process. */
  readonly memory: GatewayMemory | null;
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: GatewayOptions;
  /** Strikes secrets out of whatever a provider or a source's code says. */
  readonly redact: (text: string) => string;
};

/** Carries questions to their sources and answers back. Closing refuses what has not left; it does not close `http`. */
export function createGateway(parts: GatewayParts): Gateway {
  const deadlines = new Deadlines(parts.clock);
  const memories = parts.memory === null ? null : new Memories(parts.memory, parts.clock.nowMs());
  const lanes = new Map(
    parts.sources.map((configured) => [
      configured.options.id,
      new Lane(configured, parts, deadlines, memories),
    ]),
  );

  const askOne = (ask: Ask, nowMs: number): Promise<Answer> => {
    const lane = lanes.get(ask.sourceId);
    if (lane !== undefined) return new Promise((resolve) => lane.ask(ask, nowMs, resolve));
    return Promise.resolve(failedAnswer(failure('disabled', `no source is called ${ask.sourceId}`)));
  };
  const askEach = (asks: readonly Ask[]): Promise<Answer>[] => {
    const nowMs = parts.clock.nowMs();
    return asks.map((ask) => askOne(ask, nowMs));
  };

  return {
    askEach,
    ask: (asks) => Promise.all(askEach(asks)),
    health: (): SourceHealth[] => [...lanes.values()].map((lane) => lane.health()),
    close: async () => {
      for (const lane of lanes.values()) lane.close();
      deadlines.close();
    },
  };
}

/**
 * Everything between the askers and one source, outermost first. A question passes deadline, coalescing, parking and
 * batching; a request then passes retry, the queue with its guards (see {@link Lane.#guards}), and the wire.
 */
class Lane {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #closed: Failure | null;
  readonly #deadlines: Deadlines;
  readonly #coalescer = new Coalescer();
  readonly #parking: Parking;
  readonly #batcher: Batcher;
  readonly #departures: Departures;
  readonly #health: HealthLog;
  readonly #limit: RateLimit;
  readonly #pacing: Pacing | null;
  readonly #budget: Budget | null;
  readonly #keeper: Keeper | null;

  constructor(
    configured: ConfiguredSource,
    parts: GatewayParts,
    deadlines: Deadlines,
    memories: Memories | null,
  ) {
    const { options, source } = configured;
    const { http, clock, random, redact, symbols } = parts;
    const { queueMax, bytesMax, parking, retry, pace } = parts.options;
    this.#source = source;
    this.#clock = clock;
    this.#closed = closedBecause(options, source);
    this.#deadlines = deadlines;
    this.#parking = new Parking(parking);
    this.#health = new HealthLog(options.id, this.#closed !== null);

    const wire: TransportOptions = { ...options, settings: options, source, bytesMax, http, clock, redact };
    const nowMs = clock.nowMs();
    const limit = new RateLimit(options.limits, random);
    const isPaced = pace !== null && options.limits.some(isLong);
    const pacing = isPaced ? new Pacing(options.limits, pace, assetClassOf(source, symbols)) : null;
    const budget =
      options.budget === null ? null : new Budget(options.budget, options.priceUsdPerCall, nowMs);
    this.#limit = limit;
    this.#pacing = pacing;
    this.#budget = budget;
    this.#keeper =
      memories === null ? null : new Keeper({ source: options, memories, limit, pacing, budget }, nowMs);
    const guards = this.#guards(options, parts.options);
    const roomUntil = (untilMs: number, fromMs: number): number => limit.roomUntil(untilMs, fromMs);
    const waitingMax = Math.max(queueMax, WAITING_PER_SYMBOL * symbols.length);
    this.#departures = new Departures({ clock, guards, roomUntil, queueMax: waitingMax });
    const queued = this.#queued(transport(wire));
    const carrying: CarryOptions = {
      sourceId: options.id,
      requestOf: (batch, page) => requestOf(wire, batch, page),
      send: retry === null ? queued : retrying(retry, clock, random, queued),
      settle: (flight, answer) => this.#settle(flight, answer),
    };
    this.#batcher = new Batcher(clock, parts.options, (endpoint, flights) =>
      carry(carrying, endpoint, flights),
    );
  }

  /** Asked in this order whether a request may leave. */
  #guards(
    { timeoutMs, concurrency, limits }: SourceOptions,
    { breaker, connectionsMax, pace }: GatewayOptions,
  ): readonly Guard[] {
    return [
      breaker === null ? null : new Breaker(breaker, timeoutMs),
      this.#budget,
      this.#limit,
      this.#pacing,
      pace === null ? null : new Flow(limits, pace),
      new Connections(Math.min(concurrency ?? connectionsMax, connectionsMax)),
      this.#keeper,
    ].filter((guard) => guard !== null);
  }

  ask(ask: Ask, nowMs: number, resolve: (answer: Answer) => void): void {
    const flight = this.#flightFor(ask, nowMs);
    if ('detail' in flight) {
      const answer = failedAnswer(flight);
      this.#health.answered(answer, nowMs);
      resolve(answer);
      return;
    }
    const isNew = flight.waiters.length === 0;
    const waiter: Waiter = { flight, deadlineAtMs: ask.deadlineAtMs, resolve };
    flight.waiters.push(waiter);
    this.#deadlines.watch(waiter);
    if (isNew) this.#batcher.add(flight);
  }

  /** The flight under way for this question, or a new one, or why there can be none. */
  #flightFor({ question, deadlineAtMs }: Ask, nowMs: number): Flight | Failure {
    if (this.#closed !== null) return this.#closed;
    if (deadlineAtMs <= nowMs) return failure('deadline', 'the deadline has passed already');
    const endpoint = endpointFor(this.#source, question.kind, question.instrument);
    if (endpoint === null) return unanswerable(this.#source, question);
    const key = `${endpoint.name}|${questionKey(question)}`;
    const joined = this.#coalescer.join(key, deadlineAtMs);
    if (joined !== null) return joined;
    const parked = this.#parking.check(placeOf(endpoint.name, question), nowMs);
    if (parked.kind === 'parked') return parked.failure;
    return this.#coalescer.open({ endpoint, question, key, deadlineAtMs, alone: parked.kind === 'recheck' });
  }

  health(): SourceHealth {
    const nowMs = this.#clock.nowMs();
    return {
      ...this.#health.snapshot(),
      budget: this.#budget?.left(nowMs) ?? null,
      quotas: this.#limit.quotas(nowMs).map((quota) => ({
        ...quota,
        nextAtMs: this.#pacing?.nextAtMs(quota.windowMs, nowMs) ?? null,
      })),
    };
  }

  close(): void {
    this.#departures.close();
    this.#keeper?.close(this.#clock.nowMs());
  }

  /** Sends when the queue lets it, and tells the guards how it went. */
  #queued(send: Send): Send {
    return async (job) => {
      const refusal = await this.#departures.enter(job);
      if (refusal !== null) return heldBack(job, refusal, this.#clock.nowMs());
      const exchange = await send(job);
      this.#health.exchanged(exchange);
      this.#departures.back(job, exchange);
      return exchange;
    };
  }

  #settle(flight: Flight, answer: Answer): void {
    const nowMs = this.#clock.nowMs();
    const found = answer.kind === 'failed' || answer.kind === 'refused' ? answer.failure : null;
    this.#parking.note(placeOf(flight.endpoint.name, flight.question), found, nowMs);
    this.#health.answered(answer, nowMs);
    this.#coalescer.close(flight);
    for (const waiter of flight.waiters) this.#deadlines.settle(waiter, answer);
  }
}

/** Crypto never stops trading: where it is among what a source is asked about, its answers are always of use. */
function assetClassOf(source: Source, symbols: readonly Instrument[]): AssetClass {
  const isCrypto = symbols.some(
    (symbol) =>
      symbol.assetClass === 'crypto' && source.endpoints.some((endpoint) => endpoint.accepts(symbol)),
  );
  return isCrypto ? 'crypto' : 'stock';
}

function placeOf(endpointName: string, { instrument }: Question): string {
  return `${endpointName}|${instrument.id}`;
}

function unanswerable(source: Source, { kind, instrument }: Question): Failure {
  return failure('disabled', `${source.title} has no ${kind} answers for ${instrument.id}`);
}

function closedBecause(options: SourceOptions, source: Source): Failure | null {
  if (!options.enabled) return failure('disabled', `source ${options.id} is switched off`);
  const missing = Object.entries(source.keys).find(
    ([name, { required }]) => required && (options.keys[name] ?? '') === '',
  );
  if (missing === undefined) return null;
  const [name, { env }] = missing;
  return failure('disabled', `source ${options.id} needs its key ${name} (environment variable ${env})`);
}
