import type { Answer, Ask, Gateway, SourceHealth } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { Http } from '../core/http.ts';
import type { GatewayOptions, SourceOptions } from '../core/options.ts';
import { type Question, questionKey } from '../core/question.ts';
import type { Random } from '../core/random.ts';
import { endpointFor, type Source } from '../core/source.ts';
import { Batcher } from './batch.ts';
import { Breaker } from './breaker.ts';
import { type CarryOptions, carry } from './carry.ts';
import { Coalescer } from './coalesce.ts';
import { Connections } from './connections.ts';
import { Deadlines } from './deadline.ts';
import { Departures } from './departures.ts';
import type { Flight, Waiter } from './flight.ts';
import type { Guard } from './guard.ts';
import { HealthLog } from './health.ts';
import { heldBack, type Send } from './job.ts';
import { failedAnswer } from './outcome.ts';
import { Parking } from './parking.ts';
import { RateLimit } from './rate-limit.ts';
import { retrying } from './retry.ts';
import { requestOf, type TransportOptions, transport } from './transport.ts';

/** A source together with what the user configured for it. */
export type ConfiguredSource = { readonly options: SourceOptions; readonly source: Source };

export type GatewayParts = {
  readonly sources: readonly ConfiguredSource[];
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
  const lanes = new Map(
    parts.sources.map((configured) => [configured.options.id, new Lane(configured, parts, deadlines)]),
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
 * batching; a request then passes retry, the queue with its guards (breaker, rate limit, connections), and the wire.
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

  constructor({ options, source }: ConfiguredSource, parts: GatewayParts, deadlines: Deadlines) {
    const { http, clock, random, redact } = parts;
    const { connectionsMax, queueMax, bytesMax, parking, breaker, retry } = parts.options;
    this.#source = source;
    this.#clock = clock;
    this.#closed = closedBecause(options, source);
    this.#deadlines = deadlines;
    this.#parking = new Parking(parking);
    this.#health = new HealthLog(options.id, this.#closed !== null);

    const wire: TransportOptions = { ...options, settings: options, source, bytesMax, http, clock, redact };
    const limit = new RateLimit(options.limits, random);
    const guards: Guard[] = [limit, new Connections(connectionsMax)];
    if (breaker !== null) guards.unshift(new Breaker(breaker, options.timeoutMs));
    const roomUntil = (untilMs: number, nowMs: number): number => limit.roomUntil(untilMs, nowMs);
    this.#departures = new Departures({ clock, guards, roomUntil, queueMax });
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
    return this.#health.snapshot();
  }

  close(): void {
    this.#departures.close();
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
