import { gaussianAt, keyOf, subkey } from '../../chance.ts';
import type { Market } from '../../market/market.ts';
import type { Distortion } from './distortion.ts';
import { httpDate } from './formats.ts';
import { type Admission, type LabLimit, LimitGate } from './limit-gate.ts';
import { Look, Outlook } from './look.ts';
import { JsonText, type Plan, type Provider, type Refusal, type Reply, type Route } from './provider.ts';
import { type Arrival, type ProviderCount, ProviderTally } from './provider-count.ts';
import { Router } from './router.ts';
import type { Fate, LabRequest, LabResponse, Served } from './wire.ts';

/** What is wrong with a provider at one moment. */
export type Disturbance = {
  /** Given instead of an answer, before the provider has looked at the request. */
  readonly instead: Interruption | null;
  readonly distortionOf: (instrumentId: string) => Distortion;
  /** Done to the finished answer on its way out. */
  readonly spoil: ((served: Served) => Served) | null;
  readonly slowFactor: number;
  /** What is left of every limit, 0..1; headers and texts go on speaking of the old one. */
  readonly limitShare: number;
};

export type Interruption =
  | { readonly kind: 'fate'; readonly fate: Exclude<Fate, 'whole'> }
  | {
      readonly kind: 'refusal';
      readonly refusal: Refusal;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'response'; readonly response: LabResponse; readonly refusal: Refusal['kind'] | null };

export type EmulatorOptions = {
  readonly provider: Provider;
  readonly market: Market;
  readonly seed: string;
  /** One of the provider's plans; its first when left out. */
  readonly plan?: string;
  /** In the place of the plan's. */
  readonly limits?: readonly LabLimit[];
  /** Most requests of one account under way at once; any number when left out. */
  readonly concurrencyMax?: number;
  /** 0: answers at once. */
  readonly latencyMedianMs?: number;
  /** Any key is good when left out. */
  readonly acceptedKeys?: readonly string[];
  readonly disturbanceAt?: (nowMs: number) => Disturbance | null;
  /** Told of every request as it was counted. */
  readonly onArrival?: (arrival: Arrival) => void;
};

/** Of the logarithm: 95 of 100 answers come within twice the median. */
const LATENCY_SIGMA = 0.42;
const ACCOUNTS_MAX = 256;
/** What a refusal speaks of where too many requests are under way at once. */
const CONCURRENT = {
  name: 'concurrent',
  windowMs: 0,
  counting: 'sliding',
  unit: 'requests',
  refusal: 'limit',
} as const satisfies Omit<LabLimit, 'max'>;

type Account = {
  readonly gate: LimitGate;
  overInRow: number;
  bannedUntilMs: number;
  /** When each request under way will be answered (Unix ms). */
  endsAtMs: number[];
};
type Answered = {
  readonly reply: Reply;
  readonly refusal: Refusal['kind'] | null;
  readonly overLimit: boolean;
};

/**
 * One provider in the lab: limits, quirks, bill and its own count. What it says of the market is a function of
 * (seed, provider, instrument, time); only limits and counts remember what was asked before.
 */
export class Emulator {
  readonly id: string;
  readonly provider: Provider;
  readonly #options: EmulatorOptions;
  readonly #plan: Plan;
  readonly #planName: string;
  readonly #router: Router;
  readonly #outlook: Outlook;
  readonly #latencyKey: number;
  readonly #tally = new ProviderTally();
  readonly #accounts = new Map<string, Account>();

  /** Throws RangeError on a plan the provider does not have. */
  constructor(options: EmulatorOptions) {
    const { provider, market, seed } = options;
    const planName = options.plan ?? Object.keys(provider.plans)[0] ?? '';
    const plan = provider.plans[planName];
    if (plan === undefined) {
      const known = Object.keys(provider.plans).join(', ');
      throw new RangeError(`${provider.id} has no plan "${planName}"; it has ${known}`);
    }
    this.id = provider.id;
    this.provider = provider;
    this.#options = options;
    this.#plan = plan;
    this.#planName = planName;
    this.#router = new Router(provider.routes, provider.basePath);
    this.#outlook = new Outlook({
      market,
      seed,
      providerId: provider.id,
      lagMs: plan.lagMs ?? provider.lagMs,
    });
    this.#latencyKey = subkey(keyOf(seed), keyOf(`${provider.id} latency`));
  }

  count(): ProviderCount {
    return this.#tally.count();
  }

  /** The newest 10,000 requests, oldest first. */
  arrivals(): Arrival[] {
    return this.#tally.arrivals();
  }

  /** Answers one request that arrives at `nowMs`. Never throws on what a client sends. */
  serve(request: LabRequest, nowMs: number): Served {
    const disturbance = this.#options.disturbanceAt?.(nowMs) ?? null;
    const look = new Look(this.#outlook, nowMs, disturbance?.distortionOf);
    const routed = this.#router.find(request.method, request.path);
    const weight = routed === null ? 1 : (routed.route.weight?.(request) ?? 1);
    const arrival = { atMs: nowMs, route: routed?.route.name ?? 'none', weight };

    if (disturbance?.instead?.kind === 'fate') {
      const { fate } = disturbance.instead;
      this.#count({ ...arrival, status: 0, overLimit: false, delayMs: 1 }, null, 0, 0);
      return {
        response: { status: 0, headers: {}, body: '' },
        delayMs: 1,
        fate,
      };
    }
    if (disturbance?.instead?.kind === 'response') {
      const { response, refusal } = disturbance.instead;
      const delayMs = this.#delayMs(look, disturbance);
      this.#count({ ...arrival, status: response.status, overLimit: false, delayMs }, refusal, 0, 0);
      return { response, delayMs, fate: 'whole' };
    }
    const answered =
      disturbance?.instead?.kind === 'refusal'
        ? this.#refused(disturbance.instead.refusal, request, disturbance.instead.headers)
        : this.#answer(request, routed, weight, look, disturbance);
    const { reply, refusal, overLimit } = answered;
    const questions = refusal === null ? look.subjects.length : 0;
    const delayMs = this.#delayMs(look, disturbance);
    const seen = { ...arrival, status: reply.status, overLimit, delayMs };
    this.#count(seen, refusal, questions, reply.costUsd ?? 0);
    const served = { response: rendered(reply, nowMs), delayMs, fate: 'whole' } as const;
    return disturbance?.spoil?.(served) ?? served;
  }

  #count(arrival: Arrival, refusal: Refusal['kind'] | null, questions: number, billedUsd: number): void {
    this.#tally.add(arrival, refusal, questions, billedUsd);
    this.#options.onArrival?.(arrival);
  }

  #answer(
    request: LabRequest,
    routed: { readonly route: Route; readonly params: Readonly<Record<string, string>> } | null,
    weight: number,
    look: Look,
    disturbance: Disturbance | null,
  ): Answered {
    const { provider } = this;
    const { nowMs } = look;
    const key = provider.key(request);
    if (provider.needsKey(request) && !this.#accepts(key))
      return this.#refused({ kind: 'auth', key }, request);

    const account = this.#account(key ?? 'keyless', nowMs);
    if (account.bannedUntilMs > nowMs) {
      return this.#refused({ kind: 'ban', retryAfterMs: account.bannedUntilMs - nowMs }, request, {}, true);
    }
    const admission = this.#admit(account, weight, disturbance?.limitShare ?? 1, nowMs);
    const headers = provider.headers?.(account.gate.standings(nowMs), nowMs) ?? {};
    if (admission.kind === 'over') {
      account.overInRow += 1;
      const { ban } = provider;
      if (ban !== undefined && account.overInRow >= ban.afterOverLimit) {
        account.bannedUntilMs = nowMs + ban.banMs;
        account.overInRow = 0;
      }
      const { limit, retryAfterMs } = admission;
      return this.#refused({ kind: limit.refusal, limit, retryAfterMs }, request, headers, true);
    }
    account.overInRow = 0;
    if (routed === null) return this.#refused({ kind: 'noRoute' }, request, headers);
    const call = { request, params: routed.params, plan: this.#planName, nowMs, look };
    const reply = routed.route.answer(call);
    account.endsAtMs.push(nowMs + this.#delayMs(look, disturbance));
    return {
      reply: { ...reply, headers: { ...headers, ...reply.headers } },
      refusal: null,
      overLimit: false,
    };
  }

  #admit(account: Account, weight: number, limitShare: number, nowMs: number): Admission {
    account.endsAtMs = account.endsAtMs.filter((atMs) => atMs > nowMs);
    const { concurrencyMax } = this.#options;
    if (concurrencyMax !== undefined && account.endsAtMs.length >= concurrencyMax) {
      const limit = { ...CONCURRENT, max: concurrencyMax };
      return { kind: 'over', limit, retryAfterMs: Math.min(...account.endsAtMs) - nowMs };
    }
    return account.gate.admit(weight, nowMs, limitShare);
  }

  #accepts(key: string | null): boolean {
    return key !== null && key !== '' && (this.#options.acceptedKeys?.includes(key) ?? true);
  }

  #refused(
    refusal: Refusal,
    request: LabRequest,
    headers: Readonly<Record<string, string>> = {},
    overLimit = false,
  ): Answered {
    const reply = this.provider.refuse(refusal, request);
    return {
      reply: { ...reply, headers: { ...reply.headers, ...headers } },
      refusal: refusal.kind,
      overLimit,
    };
  }

  #account(name: string, nowMs: number): Account {
    let account = this.#accounts.get(name);
    if (account === undefined) {
      const gate = new LimitGate(this.#options.limits ?? this.#plan.limits, nowMs);
      account = { gate, overInRow: 0, bannedUntilMs: 0, endsAtMs: [] };
      this.#accounts.set(name, account);
      if (this.#accounts.size > ACCOUNTS_MAX) {
        this.#accounts.delete(this.#accounts.keys().next().value as string);
      }
    }
    return account;
  }

  #delayMs(look: Look, disturbance: Disturbance | null): number {
    const median = this.#options.latencyMedianMs ?? this.provider.latencyMedianMs;
    if (median === 0) return 0;
    const first = look.subjects[0];
    const key = subkey(subkey(this.#latencyKey, look.nowMs), first === undefined ? 0 : keyOf(first));
    return Math.max(
      1,
      Math.round(median * Math.exp(LATENCY_SIGMA * gaussianAt(key)) * (disturbance?.slowFactor ?? 1)),
    );
  }
}

function rendered({ body, headers, status }: Reply, nowMs: number): LabResponse {
  const isText = typeof body === 'string';
  return {
    status,
    headers: {
      'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
      date: httpDate(nowMs),
      ...headers,
    },
    body: isText ? body : body instanceof JsonText ? body.text : JSON.stringify(body),
  };
}
