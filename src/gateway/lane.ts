import type { Answer, Ask, DataFault, SourceHealth, Told } from '../core/answer.ts';
import type { Clock } from '../core/clock.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { GatewayOptions, HedgeOptions } from '../core/gateway-options.ts';
import type { AssetClass, Instrument } from '../core/instrument.ts';
import type { Meter } from '../core/meter.ts';
import type { SourceOptions } from '../core/options.ts';
import type { Question } from '../core/question.ts';
import type { Source } from '../core/source.ts';
import { accountOwner } from './account.ts';
import { Batcher } from './batch.ts';
import type { Books, Terms } from './books.ts';
import { Breaker } from './breaker.ts';
import { type CacheTiers, cacheTiersOf } from './cache-tiers.ts';
import { type CarryOptions, carry } from './carry.ts';
import { Coalescer } from './coalesce.ts';
import { conditional } from './conditional.ts';
import type { Deadlines } from './deadline.ts';
import { type Errand, Errands, keyOf } from './errands.ts';
import { board, type Flight, flightOf, type Teller, type Waiter } from './flight.ts';
import type { Guard } from './guard.ts';
import type { HealthLog } from './health.ts';
import { type HedgeGround, hedging } from './hedge.ts';
import type { HttpCaching } from './http-caching.ts';
import { heldBack, requestEnd, type Send } from './job.ts';
import type { KeptAnswer } from './kept-answer.ts';
import { failedAnswer } from './outcome.ts';
import { Parking } from './parking.ts';
import type { ConfiguredSource, GatewayParts } from './parts.ts';
import { RetryAllowance, retrying } from './retry.ts';
import { Soon } from './soon.ts';
import { requestOf, type TransportOptions, transport } from './transport.ts';

/** One question of this cycle, and one of the last that may still be of use. */
const WAITING_PER_SYMBOL = 2;

/** A question, where it goes, and what is kept of it. */
type Asked = {
  readonly ask: Ask;
  readonly errand: Errand;
  /** Equal for equal questions to the same source. */
  readonly key: string;
  readonly held: KeptAnswer | null;
};

/**
 * Everything between the askers and one source, outermost first. A question passes deadline, cache, coalescing, parking
 * and batching; a request then passes retry, the queue with its guards (see {@link Lane.#guards}), and the wire.
 */
export class Lane implements Teller {
  readonly #id: string;
  readonly #source: Source;
  readonly #meter: Meter | undefined;
  readonly #clock: Clock;
  readonly #closed: Failure | null;
  readonly #soon = new Soon();
  readonly #deadlines: Deadlines;
  /** Null: every question is asked. */
  readonly #cache: CacheTiers | null;
  readonly #errands: Errands;
  readonly #coalescer = new Coalescer();
  readonly #parking: Parking;
  readonly #batcher: Batcher;
  readonly #books: Books;
  readonly #health: HealthLog;
  readonly #breaker: Breaker | null;
  readonly #guards: readonly Guard[];
  readonly #asConfigured: string;

  constructor(configured: ConfiguredSource, parts: GatewayParts, deadlines: Deadlines, books: Books) {
    const { options, source } = configured;
    const { http, clock, random, redact } = parts;
    const { bytesMax, parking, retry, hedge, breaker } = parts.options;
    this.#id = options.id;
    this.#source = source;
    this.#meter = parts.meter;
    this.#asConfigured = textOf(options, termsOf(configured, parts), parts.options);
    this.#clock = clock;
    this.#closed = closedBecause(options, source);
    this.#deadlines = deadlines;
    this.#errands = new Errands(source, parts.symbols.length);
    this.#cache = cacheTiersOf(parts, options, books);
    this.#parking = new Parking(parking);
    this.#books = books;
    this.#health = books.healthOf(options.id);
    this.#health.isDisabled = this.#closed !== null;
    this.#breaker = breaker === null ? null : new Breaker(breaker, options.timeoutMs);
    this.#guards = [...(this.#breaker === null ? [] : [this.#breaker]), ...books.guards];

    const wire: TransportOptions = { ...options, settings: options, source, bytesMax, http, clock, redact };
    const queued = this.#queued(transport(wire));
    const allowance = new RetryAllowance(retry?.extraLoadMax ?? 0);
    const hedged =
      hedge === null || options.priceUsdPerCall !== 0 || options.budget !== null
        ? queued
        : hedging(hedge, { clock, allowance, ground: ({ weight }) => this.#ground(weight, hedge) }, queued);
    const carrying: CarryOptions = {
      sourceId: options.id,
      requestOf: (batch, page) => {
        const job = requestOf(wire, batch, page);
        return 'kind' in job || page !== null ? job : conditional(job);
      },
      send:
        retry === null
          ? hedged
          : retrying(retry, { clock, random, allowance }, hedged, () => this.#meter?.retry(this.#id)),
      clock,
      settle: (flight, answer, caching, nowMs) => this.#settle(flight, answer, caching, nowMs),
    };
    this.#batcher = new Batcher(clock, parts.options, (endpoint, flights) =>
      carry(carrying, endpoint, flights),
    );
  }

  /** Whether a lane for this would be the same as this one. */
  isAsBefore({ options, source }: ConfiguredSource, terms: Terms, gateway: GatewayOptions): boolean {
    // A declared source is made anew from its description with every reading of the file.
    const isSameSource = source === this.#source || options.http !== undefined;
    return isSameSource && textOf(options, terms, gateway) === this.#asConfigured;
  }

  /** As {@link Gateway.put}. */
  put(ask: Ask, nowMs: number, told: Told): void {
    const errand = this.#errandOf(ask, nowMs);
    if ('detail' in errand) {
      this.#tellSoon(this.#refused(errand, nowMs), told);
      return;
    }
    const key = keyOf(errand, ask.question);
    const asked = { ask, errand, key, held: this.#cache?.held(key) ?? null };
    const kept = this.#cache?.find(asked.held, ask, nowMs) ?? null;
    const elsewhere = kept === null ? (this.#cache?.elsewhere(key, ask) ?? null) : null;
    if (kept !== null) this.#serve(kept, asked, nowMs, told);
    else if (elsewhere === null) this.#board(asked, nowMs, told);
    else void this.#lookElsewhere(elsewhere, asked, nowMs, told);
  }

  async #lookElsewhere(
    elsewhere: Promise<Answer | null>,
    { ask, errand, key }: Asked,
    askedAtMs: number,
    told: Told,
  ): Promise<void> {
    const kept = await elsewhere;
    const asked = { ask, errand, key, held: this.#cache?.held(key) ?? null };
    if (kept === null) this.#board(asked, askedAtMs, told);
    else this.#serve(kept, asked, askedAtMs, told);
  }

  /** What is past its time is asked for anew, and nobody waits for that. */
  #serve(kept: Answer, asked: Asked, askedAtMs: number, told: Told): void {
    if (kept.kind === 'stale') this.#renew(asked);
    this.#tellSoon(kept, told, this.#clock.nowMs() - askedAtMs);
  }

  #tellSoon(answer: Answer, told: Told, tookMs = 0): void {
    this.#meter?.answer(this.#id, answer, tookMs);
    this.#soon.tell(told, answer);
  }

  tell({ flight, ask, askedAtMs }: Waiter, told: Told, answer: Answer, nowMs: number): void {
    const given = this.#cache?.instead(flight.key, ask, answer) ?? answer;
    this.#meter?.answer(this.#id, given, nowMs - askedAtMs);
    told(given);
  }

  /** Where a question goes, or why it cannot. */
  #errandOf({ question, deadlineAtMs }: Ask, nowMs: number): Errand | Failure {
    if (this.#closed !== null) return this.#closed;
    if (deadlineAtMs <= nowMs) return failure('deadline', 'the deadline has passed already');
    return this.#errands.of(question) ?? unanswerable(this.#source, question);
  }

  #refused(refusal: Failure, nowMs: number): Answer {
    const answer = failedAnswer(refusal);
    this.#health.answered(answer, nowMs);
    return answer;
  }

  /** Waits for what the provider says. */
  #board(asked: Asked, askedAtMs: number, told: Told): void {
    const flight = this.#flightFor(asked);
    if ('detail' in flight) {
      this.#tellSoon(this.#refused(flight, this.#clock.nowMs()), told);
      return;
    }
    const waiter: Waiter = { flight, ask: asked.ask, askedAtMs, teller: this, told, slot: null, next: null };
    board(waiter);
    this.#deadlines.watch(waiter);
  }

  #renew(asked: Asked): void {
    const flight = this.#flightFor(asked);
    if ('detail' in flight) this.#refused(flight, this.#clock.nowMs());
  }

  /** The flight under way for this question, or a new one that waits for company, or why there can be none. */
  #flightFor({ ask, errand, key, held }: Asked): Flight | Failure {
    const joined = this.#coalescer.join(errand, key, ask);
    if (joined !== null) {
      this.#meter?.coalesced(this.#id);
      return joined;
    }
    const parked = this.#parking.check(errand, this.#clock.nowMs());
    if (parked.kind === 'parked') return parked.failure;
    const flight = flightOf(ask, errand, key, parked.kind === 'recheck', held);
    this.#coalescer.open(flight);
    this.#batcher.add(flight);
    return flight;
  }

  #ground(weight: number, { roomShare }: HedgeOptions): HedgeGround {
    const { departures, limit } = this.#books;
    const isFree = departures.isIdle && limit.hasAmpleRoom(weight, roomShare, this.#clock.nowMs());
    return { latencyP95Ms: this.#health.latencyP95Ms, isFree };
  }

  judged(endpoint: string, fault: DataFault | null, nowMs: number): void {
    this.#health.judged(fault, nowMs);
    this.#breaker?.judged(endpoint, fault, nowMs);
  }

  /** Questions under way, and symbols that are parked. */
  held(): { readonly coalescer: number; readonly parking: number } {
    return { coalescer: this.#coalescer.size, parking: this.#parking.size };
  }

  health(): SourceHealth {
    const nowMs = this.#clock.nowMs();
    const { budget, limit, pacing } = this.#books;
    return {
      ...this.#health.snapshot(),
      breakers: this.#breaker?.states() ?? [],
      budget: budget?.left(nowMs) ?? null,
      cache: this.#cache?.counts() ?? null,
      quotas: limit.quotas(nowMs).map((quota) => ({
        ...quota,
        nextAtMs: pacing?.nextAtMs(quota.windowMs, nowMs) ?? null,
      })),
      limits: limit.limits(nowMs),
    };
  }

  /** Sends when the queue lets it, and tells the guards how it went. */
  #queued(send: Send): Send {
    const { departures } = this.#books;
    return async (job) => {
      const enteredAtMs = this.#clock.nowMs();
      const refusal = await departures.enter(job, this.#guards);
      if (refusal !== null) return heldBack(job, refusal, this.#clock.nowMs());
      const exchange = await send(job);
      this.#health.exchanged(exchange);
      this.#meter?.request(this.#id, requestEnd(job, exchange, enteredAtMs));
      departures.back(job, exchange, this.#guards);
      return exchange;
    };
  }

  #settle(flight: Flight, answer: Answer, caching: HttpCaching, nowMs: number): void {
    this.#cache?.note(flight, answer, caching, nowMs);
    const found = answer.kind === 'failed' || answer.kind === 'refused' ? answer.failure : null;
    this.#parking.note(flight.errand, found, nowMs);
    this.#health.answered(answer, nowMs);
    this.#coalescer.close(flight);
    for (let waiter = flight.firstWaiter; waiter !== null; waiter = waiter.next) {
      this.#deadlines.settle(waiter, answer, nowMs);
    }
  }
}

/** How the requests of a source are counted, by the configuration of all. */
export function termsOf(
  { options }: ConfiguredSource,
  { sources, symbols, options: gateway }: GatewayParts,
): Terms {
  const { pace, connectionsMax, queueMax } = gateway;
  const all = sources.map((one) => one.options);
  const owner = accountOwner(options, all);
  const counted = sources.filter((one) => accountOwner(one.options, all).id === owner.id);
  return {
    source: owner,
    pace,
    assetClass: assetClassOf(
      counted.map(({ source }) => source),
      symbols,
    ),
    connectionsMax,
    queueMax: Math.max(queueMax, WAITING_PER_SYMBOL * symbols.length * counted.length),
  };
}

/** All that makes a lane what it is; what only the vote minds, does not. */
function textOf(options: SourceOptions, terms: Terms, gateway: GatewayOptions): string {
  const { weight: _weight, analyst: _analyst, backups: _backups, ...carried } = options;
  const owner = terms.source.id === options.id ? null : terms.source;
  return JSON.stringify([carried, { ...terms, source: owner }, gateway]);
}

/** Crypto never stops trading: where it is among what a source is asked about, its answers are always of use. */
function assetClassOf(sources: readonly Source[], symbols: readonly Instrument[]): AssetClass {
  const endpoints = sources.flatMap((source) => source.endpoints);
  const isCrypto = symbols.some(
    (symbol) => symbol.assetClass === 'crypto' && endpoints.some((endpoint) => endpoint.accepts(symbol)),
  );
  return isCrypto ? 'crypto' : 'stock';
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
