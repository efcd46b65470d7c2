import type { Answer, Ask, Gateway } from '../core/answer.ts';
import type { Cache } from '../core/cache.ts';
import type { GatewayMemory } from '../core/gateway-memory.ts';
import { GATEWAY_DEFAULTS, type GatewayOptions } from '../core/gateway-options.ts';
import type { HttpRequest } from '../core/http.ts';
import { instrumentOf } from '../core/instrument.ts';
import type { Meter } from '../core/meter.ts';
import type { SourceOptions } from '../core/options.ts';
import type { Source } from '../core/source.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from '../platform/virtual-clock.ts';
import { createGateway } from './gateway.ts';
import type { ConfiguredSource } from './parts.ts';
import { priceOf, pricesFor, TOY_OPTIONS, type ToyAnswer, toyHttp, toySource } from './toy-source.testing.ts';

export const START_MS = Date.UTC(2026, 0, 5, 15);
export const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'META'];

export type Setup = {
  readonly answer?: (request: HttpRequest, count: number) => ToyAnswer | null;
  readonly sources?: readonly ConfiguredSource[];
  readonly source?: Partial<Source>;
  readonly options?: Partial<SourceOptions>;
  readonly gateway?: Partial<GatewayOptions>;
  readonly memory?: GatewayMemory;
  readonly secondTier?: Cache;
  readonly meter?: Meter;
  readonly startMs?: number;
};

export function setUp({
  answer = pricesFor,
  sources,
  source,
  options,
  gateway,
  memory,
  secondTier,
  meter,
  startMs = START_MS,
}: Setup = {}) {
  const clock = createVirtualClock(startMs);
  const http = toyHttp(clock, answer);
  const subject = createGateway({
    sources: sources ?? [{ source: { ...toySource, ...source }, options: { ...TOY_OPTIONS, ...options } }],
    symbols: SYMBOLS.map((id) => instrumentOf(id)),
    memory: memory ?? null,
    ...(secondTier === undefined ? {} : { secondTier }),
    http,
    clock,
    random: createSeededRandom('gateway'),
    options: { ...GATEWAY_DEFAULTS, ...gateway },
    redact: (text) => text.replaceAll('s3cret', '***'),
    meter,
  });
  return { clock, http, gateway: subject };
}

export function asksFor(symbols: readonly string[], clock: VirtualClock, withinMs = 3_000): Ask[] {
  const deadlineAtMs = clock.nowMs() + withinMs;
  return symbols.map((id) => ({ sourceId: 'toy', question: priceOf(id), deadlineAtMs }));
}

/** A promise for each answer. */
export function putEach(gateway: Pick<Gateway, 'put'>, asks: readonly Ask[]): Promise<Answer>[] {
  return asks.map((ask) => new Promise((told) => gateway.put(ask, told)));
}

export async function answersWithin(
  clock: VirtualClock,
  answers: Promise<Answer[]>,
  ms = 5_000,
): Promise<Answer[]> {
  await clock.advanceTo(clock.nowMs() + ms);
  return answers;
}

export function outcome(answer: Answer | undefined): string | undefined {
  return answer === undefined || !('failure' in answer)
    ? answer?.kind
    : `${answer.kind} ${answer.failure.kind}`;
}
