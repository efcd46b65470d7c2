import { hash } from 'node:crypto';
import type { Answer, Ask, Gateway, Provenance, Told } from '../core/answer.ts';
import { type Bar, closeAtMs } from '../core/bar.ts';
import type { Clock } from '../core/clock.ts';
import { type FailureKind, failure } from '../core/failure.ts';
import type { Instrument } from '../core/instrument.ts';
import type { BarsQuestion, View } from '../core/question.ts';
import type { BarSeries } from './bar-series.ts';

const DIGEST_CHARS = 16;

/** The newest closed bar of a series as of a moment, and what every source says because of it. */
type Newest = {
  /** Bars that are closed. */
  readonly closed: number;
  readonly bar: Bar;
  readonly digest: string;
  /** First moment at which a newer one is closed (Unix ms). */
  readonly untilMs: number;
};

/** What was recorded besides bars; null where nothing holds at the moment. */
export type RecordedAnswers = (ask: Ask, nowMs: number) => Answer | null;

/**
 * Answers from recorded bars as of the clock's now, at once. One series stands for all sources that are asked for prices or
 * bars of an instrument: its quote is the close of the newest closed bar, at its close. Bars are of the recorded length,
 * whatever length is asked for. Other questions are answered by `others`; what that does not know was not recorded.
 */
export class ReplayGateway implements Gateway {
  readonly #clock: Clock;
  readonly #others: RecordedAnswers;
  readonly #series: ReadonlyMap<string, BarSeries>;
  readonly #newest = new Map<string, Newest>();

  constructor(series: readonly BarSeries[], clock: Clock, others: RecordedAnswers = () => null) {
    this.#clock = clock;
    this.#others = others;
    this.#series = new Map(series.map((one) => [one.instrumentId, one]));
  }

  ask(asks: readonly Ask[]): Promise<Answer[]> {
    return Promise.resolve(asks.map((ask) => this.#answer(ask)));
  }

  put(ask: Ask, told: Told): void {
    const answer = this.#answer(ask);
    void Promise.resolve().then(() => told(answer));
  }

  judged(): void {}

  health(): [] {
    return [];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer(ask: Ask): Answer {
    const { sourceId, question } = ask;
    const nowMs = this.#clock.nowMs();
    if (question.kind !== 'market' && question.kind !== 'bars')
      return (
        this.#others(ask, nowMs) ??
        failed('notRecorded', `a replay of bars has no ${question.kind} of ${sourceId}`)
      );
    const series = this.#series.get(question.instrument.id);
    const newest = series === undefined ? null : this.#newestOf(series, nowMs);
    if (series === undefined || newest === null)
      return failed('noData', `no bar of ${question.instrument.id} is closed yet`);
    const view =
      question.kind === 'market'
        ? quoteView(question.instrument, newest.bar, nowMs)
        : barsView(question, series, newest);
    if (view === null)
      return failed('noData', `no bar of ${question.instrument.id} is recorded in the window`);
    const provenance: Provenance = {
      sourceId,
      endpoint: question.kind,
      eventAtMs: closeAtMs(newest.bar),
      receivedAtMs: nowMs,
      digest: newest.digest,
    };
    return { kind: 'fresh', view, provenance, latencyMs: 0 };
  }

  #newestOf(series: BarSeries, nowMs: number): Newest | null {
    const known = this.#newest.get(series.instrumentId);
    if (known !== undefined && closeAtMs(known.bar) <= nowMs && nowMs < known.untilMs) return known;
    const closed = series.closedAt(nowMs);
    if (closed === 0) return null;
    const bar = series.bar(closed - 1);
    const untilMs = closed < series.length ? closeAtMs(series.bar(closed)) : Number.POSITIVE_INFINITY;
    const newest = { closed, bar, digest: digestOf(bar), untilMs };
    this.#newest.set(series.instrumentId, newest);
    return newest;
  }
}

function quoteView({ id, quote: currency }: Instrument, bar: Bar, nowMs: number): View {
  const quote = { instrumentId: id, price: bar.close, currency, bid: null, ask: null };
  return { kind: 'market', quote: { ...quote, eventAtMs: closeAtMs(bar), receivedAtMs: nowMs }, bars: [bar] };
}

function barsView({ fromMs, toMs }: BarsQuestion, series: BarSeries, { closed }: Newest): View | null {
  const first = series.before(fromMs);
  const end = Math.min(closed, series.closedAt(toMs));
  const bars: Bar[] = [];
  for (let index = first; index < end; index += 1) bars.push(series.bar(index));
  return bars.length === 0 ? null : { kind: 'bars', bars };
}

/** Of the line of the bar, and not of the file: later lines must not change what earlier ones led to. */
function digestOf({ openAtMs, open, high, low, close, volume }: Bar): string {
  return hash('sha256', `${openAtMs},${open},${high},${low},${close},${volume}`).slice(0, DIGEST_CHARS);
}

function failed(kind: FailureKind, detail: string): Answer {
  return { kind: 'failed', failure: failure(kind, detail) };
}
