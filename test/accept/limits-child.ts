import { readFileSync } from 'node:fs';
import { GATEWAY_DEFAULTS } from '../../src/core/gateway-options.ts';
import { instrumentOf } from '../../src/core/instrument.ts';
import { SOURCE_DEFAULTS } from '../../src/core/options.ts';
import type { QuestionKind } from '../../src/core/question.ts';
import type { LimitWindow } from '../../src/core/source.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { createGatewayMemoryFile } from '../../src/platform/gateway-memory-file.ts';
import { createSystemClock } from '../../src/platform/system-clock.ts';
import { systemRandom } from '../../src/platform/system-random.ts';
import { createUndiciHttp } from '../../src/platform/undici-http.ts';
import { SOURCES } from '../../src/sources/catalogue.ts';

/** A source with more questions than it may answer. */
export type Burden = {
  readonly sourceId: string;
  readonly baseUrl: string;
  readonly limits: readonly LimitWindow[];
  readonly concurrency: number | null;
  readonly questionKind: 'market' | 'gauge';
  readonly symbols: readonly string[];
};

export type LimitsTask = { readonly memoryPath: string; readonly burdens: readonly Burden[] };

/** How long a question waits in the queue before its asker gives up and asks anew. */
const PATIENCE_MS = 120_000;

/** One life of a gateway under backlog: every symbol of every source is asked for again as soon as it is answered. */
function live({ memoryPath, burdens }: LimitsTask): void {
  const clock = createSystemClock();
  const gateway = createGateway({
    sources: burdens.map(({ sourceId, baseUrl, limits, concurrency }) => {
      const source = SOURCES[sourceId];
      if (source === undefined) throw new RangeError(`no source ${sourceId}`);
      const options = {
        ...SOURCE_DEFAULTS,
        id: sourceId,
        kind: sourceId,
        operator: source.operator,
        analyst: 'none',
        baseUrl,
        keys: Object.fromEntries(Object.keys(source.keys).map((name) => [name, 'demo'])),
        options: source.options,
        limits,
        concurrency,
        priceUsdPerCall: 0,
        ttlMs: 60_000,
      };
      return { source, options };
    }),
    symbols: [],
    memory: createGatewayMemoryFile(memoryPath),
    http: createUndiciHttp({ clock }),
    clock,
    random: systemRandom,
    options: { ...GATEWAY_DEFAULTS, batching: false, pace: null },
    redact: (text) => text,
  });
  const askOnAndOn = async (sourceId: string, kind: QuestionKind, symbol: string): Promise<never> => {
    const question = { kind, instrument: instrumentOf(symbol) } as Parameters<
      typeof gateway.ask
    >[0][0]['question'];
    for (;;) {
      const [answer] = await gateway.ask([{ sourceId, question, deadlineAtMs: clock.nowMs() + PATIENCE_MS }]);
      // Refused at once: without a pause this would be a busy loop.
      if (answer?.kind === 'refused') await clock.sleepUntil(clock.nowMs() + 200);
    }
  };
  for (const { sourceId, questionKind, symbols } of burdens) {
    for (const symbol of symbols) void askOnAndOn(sourceId, questionKind, symbol);
  }
}

live(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as LimitsTask);
