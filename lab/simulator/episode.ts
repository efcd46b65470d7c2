import {
  type Config,
  createEngine,
  createMemoryLedger,
  createSeededRandom,
  createVirtualClock,
  type Decision,
  type Endpoint,
  failure,
  type Http,
  loadConfigText,
  NO_LIMIT_STATE,
  type Question,
  type QuestionKind,
  type Random,
  type Source,
  type View,
} from '../../src/index.ts';
import { Look, Outlook } from '../emulators/core/look.ts';
import { modelStance } from '../emulators/core/model-stance.ts';
import { GeneratedMarket } from '../market/generated-market.ts';
import { DAY_MS } from '../market/market.ts';
import { xnysSession } from '../market/xnys-session.ts';
import type { Lie, Told } from './lies.ts';

/** Six sources of six operators: each gives a price; two read bars, four judge. */
const ANALYSTS = { s1: 'model', s2: 'trend', s3: 'model', s4: 'momentum', s5: 'model', s6: 'model' } as const;
type SourceId = keyof typeof ANALYSTS;
export const SOURCE_IDS = Object.keys(ANALYSTS) as readonly SourceId[];

const SYMBOLS = ['BTC-USD', 'ETH-USD', 'SOL-USD'];
const CYCLE_MS = 60_000;
const CYCLES = 8;
const START_MS = Date.UTC(2026, 0, 15);
const LAG_MS_MAX = 1_500;
const LATENCY_MS_MAX = 400;

export type EpisodeOptions = {
  readonly seed: string;
  readonly liars: ReadonlyMap<string, Lie>;
  /** Of `consensus` in the configuration. */
  readonly consensus: Readonly<Record<string, unknown>>;
};

/** One decision, and what the honest knew when it was made. */
export type EpisodeSlot = {
  readonly decision: Decision;
  /** Least and greatest price that honest sources showed, or would have, at the moments at which one was asked for. */
  readonly span: { readonly low: number; readonly high: number };
};

/**
 * Eight looks of the whole engine at one instrument, a minute apart, in virtual time: six sources over one generated
 * market, some of which lie. Equal options give equal slots; the liars change nothing for the honest.
 */
export async function runEpisode({ seed, liars, consensus }: EpisodeOptions): Promise<EpisodeSlot[]> {
  const draw = createSeededRandom(`${seed} episode`);
  const symbol = SYMBOLS[Math.floor(draw.next() * SYMBOLS.length)] as string;
  const startAtMs = START_MS + Math.floor((draw.next() * DAY_MS) / CYCLE_MS) * CYCLE_MS;
  const clock = createVirtualClock(startAtMs - 1);
  const teller = new Teller(seed, symbol, startAtMs, liars, draw);
  const http: Http = {
    send: async ({ url }) => {
      const { host, searchParams } = new URL(url);
      const question = JSON.parse(searchParams.get('question') ?? '') as Question;
      const sentAtMs = clock.nowMs();
      await clock.sleepUntil(sentAtMs + teller.latencyMs(host));
      const told = teller.tell(host as SourceId, question, clock.nowMs());
      if (told === 'silence') return { kind: 'failed', reason: 'timeout', detail: 'it says nothing' };
      const body = told === 'garbage' ? '}{' : JSON.stringify(told);
      return { kind: 'response', response: { status: 200, headers: {}, body, receivedAtMs: clock.nowMs() } };
    },
    close: () => Promise.resolve(),
  };
  const { config, configVersion } = configOf(symbol, consensus);
  const { engine, live } = await createEngine({
    config,
    configVersion,
    label: { kind: 'SIMULATED', seed },
    sources: SOURCES,
    clock,
    random: createSeededRandom(seed),
    http,
    ledger: createMemoryLedger(),
    memory: null,
    redact: (text) => text,
    onLedgerFailure: (error) => {
      throw new Error(String(error));
    },
  });
  const slots: EpisodeSlot[] = [];
  for (let look = 0; look < CYCLES; look += 1) {
    const slotAtMs = startAtMs + look * CYCLE_MS;
    teller.newLook(look);
    await clock.advanceTo(slotAtMs);
    const cycle = engine.runCycle(slotAtMs);
    await clock.advanceTo(slotAtMs + CYCLE_MS - 1);
    await cycle;
    const [decision] = live.decisions();
    if (decision === undefined) throw new RangeError(`no decision for ${symbol}`);
    if (decision.reason === 'fault') throw new Error(`${seed}: ${decision.detail}`);
    slots.push({ decision, span: teller.honestSpan() });
  }
  return slots;
}

/** Answers for all six: the honest from the market, the liars as they please. */
class Teller {
  #look = 0;
  readonly #market: GeneratedMarket;
  readonly #symbol: string;
  readonly #startAtMs: number;
  readonly #liars: ReadonlyMap<string, Lie>;
  readonly #outlooks: ReadonlyMap<string, Outlook>;
  readonly #side: 1 | -1;
  readonly #dice: number;
  readonly #random: ReadonlyMap<string, Random>;
  /** At which a price was asked for in this look. */
  readonly #pricedAtMs = new Set<number>();

  constructor(
    seed: string,
    symbol: string,
    startAtMs: number,
    liars: ReadonlyMap<string, Lie>,
    draw: Random,
  ) {
    this.#market = new GeneratedMarket({
      seed,
      instrumentIds: SYMBOLS,
      originMs: START_MS - 2 * DAY_MS,
      stockSession: xnysSession,
    });
    this.#symbol = symbol;
    this.#startAtMs = startAtMs;
    this.#liars = liars;
    this.#side = draw.next() < 0.5 ? 1 : -1;
    this.#dice = draw.next();
    this.#outlooks = new Map(
      SOURCE_IDS.map((id) => [
        id,
        new Outlook({
          market: this.#market,
          seed,
          providerId: id,
          lagMs: Math.round(draw.next() * LAG_MS_MAX),
        }),
      ]),
    );
    this.#random = new Map(SOURCE_IDS.map((id) => [id, createSeededRandom(`${seed} ${id}`)]));
  }

  latencyMs(id: string): number {
    return 20 + Math.round(this.#chance(id) * LATENCY_MS_MAX);
  }

  tell(id: SourceId, question: Question, nowMs: number): Told {
    const truth = this.#truth(id, question, this.#symbol, nowMs);
    if (question.kind === 'market') this.#pricedAtMs.add(nowMs);
    const lie = this.#liars.get(id);
    if (lie === undefined) return truth;
    return lie({
      truth,
      nowMs,
      look: this.#look,
      side: this.#side,
      dice: this.#dice,
      atStart: () => this.#truth(id, question, this.#symbol, this.#startAtMs),
      ofAnother: () =>
        this.#truth(id, question, SYMBOLS.find((other) => other !== this.#symbol) ?? '', nowMs),
      honestScore: () => this.#honestScore(nowMs),
      chance: () => this.#chance(id),
    });
  }

  newLook(look: number): void {
    this.#look = look;
    this.#pricedAtMs.clear();
  }

  honestSpan(): EpisodeSlot['span'] {
    const honest = SOURCE_IDS.filter((id) => !this.#liars.has(id));
    const prices = [...this.#pricedAtMs].flatMap((atMs) =>
      honest.flatMap((id) => this.#lookOf(id, atMs).quote(this.#symbol)?.price ?? []),
    );
    return { low: Math.min(...prices), high: Math.max(...prices) };
  }

  #chance(id: string): number {
    return this.#random.get(id)?.next() ?? 0;
  }

  #honestScore(nowMs: number): number {
    const scores = SOURCE_IDS.filter((id) => !this.#liars.has(id)).map((id) => this.#stance(id, nowMs).score);
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  }

  #stance(id: SourceId, nowMs: number) {
    const found = modelStance(this.#lookOf(id, nowMs), this.#symbol);
    const { stance, confidence } = found ?? { stance: 'hold' as const, confidence: 0 };
    const direction = { buy: 1, hold: 0, sell: -1 }[stance];
    return { stance, confidence, score: direction * confidence };
  }

  #lookOf(id: string, nowMs: number): Look {
    const outlook = this.#outlooks.get(id);
    if (outlook === undefined) throw new RangeError(`${id} is no source`);
    return new Look(outlook, nowMs);
  }

  #truth(id: SourceId, question: Question, symbol: string, nowMs: number): View {
    const look = this.#lookOf(id, nowMs);
    if (question.kind === 'bars') {
      return { kind: 'bars', bars: look.bars(symbol, question.intervalMs, question.fromMs, question.toMs) };
    }
    if (question.kind === 'stance') {
      const { stance, confidence } = this.#stance(id, nowMs);
      return { kind: 'stance', stance, confidence, rationale: '', eventAtMs: nowMs };
    }
    const seen = look.quote(symbol);
    if (seen === null) throw new RangeError(`no price of ${symbol}`);
    const { price, eventAtMs } = seen;
    const quote = { instrumentId: symbol, price, currency: 'USD', bid: null, ask: null, eventAtMs } as const;
    return { kind: 'market', quote: { ...quote, receivedAtMs: nowMs }, bars: [] };
  }
}

function endpoint(id: string, kind: QuestionKind): Endpoint {
  return {
    name: kind,
    kind,
    batchMax: 1,
    accepts: () => true,
    weight: () => 1,
    request: ([question]) => ({
      method: 'GET',
      url: `https://${id}/?question=${encodeURIComponent(JSON.stringify(question))}`,
      headers: {},
      body: null,
    }),
    parse: ({ body }, [question]) => {
      try {
        const view = JSON.parse(body) as View;
        return { readings: [{ kind: 'ok', view }], reportedCostUsd: null, nextPage: null };
      } catch {
        const detail = `no answer to ${question?.kind ?? 'nothing'}`;
        const reading = { kind: 'failed', failure: failure('badPayload', detail) } as const;
        return { readings: [reading], reportedCostUsd: null, nextPage: null };
      }
    },
  };
}

const SOURCES: readonly Source[] = SOURCE_IDS.map((id) => ({
  id,
  operator: `operator of ${id}`,
  title: id,
  defaultBaseUrl: `https://${id}`,
  keys: {},
  options: {},
  limits: [{ max: 1_000, windowMs: 60_000, counting: 'sliding' }],
  priceUsdPerCall: 0,
  endpoints: (['market', 'bars', 'stance'] as const).map((kind) => endpoint(id, kind)),
  limitState: () => NO_LIMIT_STATE,
}));

type Loaded = { readonly config: Config; readonly configVersion: string };
const loadedConfigs = new Map<string, Loaded>();

/** Of equal text once: reading it costs more than a cycle. */
function configOf(symbol: string, consensus: EpisodeOptions['consensus']): Loaded {
  const sources = Object.fromEntries(SOURCE_IDS.map((id) => [id, { analyst: ANALYSTS[id] }]));
  const text = JSON.stringify({ symbols: [symbol], cycleMs: CYCLE_MS, sources, consensus });
  const known = loadedConfigs.get(text);
  if (known !== undefined) return known;
  const loaded = loadConfigText(text, {}, SOURCES);
  if (loaded.kind === 'invalid') throw new RangeError(JSON.stringify(loaded.issues));
  const fresh = { config: loaded.config, configVersion: loaded.version };
  loadedConfigs.set(text, fresh);
  return fresh;
}
