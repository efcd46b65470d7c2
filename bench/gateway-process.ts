import { createHook } from 'node:async_hooks';
import { CARRIERS, type Carrier, type CarrierName } from './carriers.ts';

/** How questions come: each after the answer to the one before, at once, at once and allowed to share, or once more. */
export type Load = 'one by one' | '100 at once' | '100 in a request' | 'asked again';

export type Order = {
  readonly carrier: CarrierName;
  readonly load: Load;
  readonly measure: 'time' | 'memory';
};

/** Per question. */
export type Cost =
  | { readonly us: number }
  | { readonly bytes: number; readonly timers: number }
  /** The carrier keeps nothing. */
  | null;

const WARM_UP_MS = 400;
const MEASURED_MS = 600;
const MEMORY_ROUNDS = {
  'one by one': 1_000,
  '100 at once': 10,
  '100 in a request': 10,
  'asked again': 1_000,
} as const;

let next = 0;
/** Never the same twice, so that nothing is answered from a cache. */
function fresh(count: number): string[] {
  return Array.from({ length: count }, () => {
    next += 1;
    return `S${next}`;
  });
}

type Round = { readonly questions: number; run(): Promise<unknown> };

async function roundOf(carrier: Carrier, load: Load): Promise<Round | null> {
  if (load === 'one by one') return { questions: 1, run: () => carrier.ask(fresh(1)) };
  if (load === '100 in a request') return { questions: 100, run: () => carrier.ask(fresh(100)) };
  if (load === '100 at once') {
    return { questions: 100, run: () => Promise.all(fresh(100).map((symbol) => carrier.ask([symbol]))) };
  }
  const { askAgain } = carrier;
  if (askAgain === null) return null;
  await carrier.ask(['AGAIN']);
  const isKept = await askAgain('AGAIN').then(
    () => true,
    () => false,
  );
  return isKept ? { questions: 1, run: () => askAgain('AGAIN') } : null;
}

async function runFor(round: Round, ms: number): Promise<number> {
  const startedMs = performance.now();
  let questions = 0;
  while (performance.now() - startedMs < ms) {
    await round.run();
    questions += round.questions;
  }
  return ((performance.now() - startedMs) * 1_000) / questions;
}

/** Needs a young generation that holds all of it, so that nothing is collected meanwhile. */
async function memoryOf(round: Round, rounds: number): Promise<{ bytes: number; timers: number }> {
  const repeat = async (): Promise<void> => {
    for (let i = 0; i < rounds; i += 1) await round.run();
  };
  await runFor(round, WARM_UP_MS);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await repeat();
  const bytes = (process.memoryUsage().heapUsed - before) / (rounds * round.questions);
  let timers = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'Timeout') timers += 1;
    },
  }).enable();
  await repeat();
  hook.disable();
  return { bytes, timers: timers / (rounds * round.questions) };
}

async function costOf({ carrier: name, load, measure }: Order): Promise<Cost> {
  const carrier = CARRIERS[name]();
  const round = await roundOf(carrier, load);
  if (round === null) return null;
  if (measure === 'memory') return memoryOf(round, MEMORY_ROUNDS[load]);
  await runFor(round, WARM_UP_MS);
  return { us: await runFor(round, MEASURED_MS) };
}

process.once('message', (order) => {
  void costOf(order as Order).then((cost) => process.send?.({ cost }, () => process.exit(0)));
});
