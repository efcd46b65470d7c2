import type { Analyst, AnalystSpec, Assessment } from '../core/analyst.ts';
import type { Answer, Provenance } from '../core/answer.ts';
import type { Bar } from '../core/bar.ts';
import { BarTrack } from '../core/bar-track.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { Instrument } from '../core/instrument.ts';
import { type Opinion, opinion } from '../core/opinion.ts';
import { BAR_GAP_MAX, BAR_INTERVAL_MS, BAR_LAG_MS, REFRESH_GRACE_MS } from '../core/options.ts';
import type { MarketBrief, Question, View } from '../core/question.ts';
import { tradingTimeBefore } from '../core/sessions/lookback.ts';
import { NEXT_OPEN_MS, nextOpenMs, sessionAt } from '../core/sessions/session.ts';

/** How answers become opinions; one for all instruments. */
export type Reader = {
  readonly analyst: AnalystSpec;
  readonly options: {
    /** How long an opinion counts as its value, in ms: from the data where the assessment ages from it (bars always do), else from the receipt. */
    readonly ttlMs: number;
    /** An opinion counts at most until the next minute bar is out. */
    readonly untilNextBar: boolean;
  };
};

export type VoterDeskOptions = {
  readonly sourceId: string;
  readonly instrument: Instrument;
  readonly reader: Reader;
  /** An opinion that rests on data further ahead of our clock than this is refused. */
  readonly futureMsMax: number;
};

/** Says why a bar of this voter cannot be believed, or null. */
export type BarDoubt = (bar: Bar) => string | null;

export type Absorbed =
  | { readonly kind: 'opinion'; readonly opinion: Opinion }
  | { readonly kind: 'none'; readonly failure: Failure };

/** One voter's place: what it has to be asked next, what it has told so far, and what it thinks now. */
export class VoterDesk {
  readonly #sourceId: string;
  readonly #instrument: Instrument;
  #reader: Reader;
  #futureMsMax: number;
  /** Null, as the analyst, of a voter that judges no bars. */
  #track: BarTrack | null;
  #analyst: Analyst | null;
  #opinion: Opinion | null = null;
  /** Else from when it was told. */
  #agesFromData = false;
  #toldAtMs = 0;
  #heardAtMs = 0;

  constructor({ sourceId, instrument, reader, futureMsMax }: VoterDeskOptions) {
    this.#sourceId = sourceId;
    this.#instrument = instrument;
    this.#reader = reader;
    this.#futureMsMax = futureMsMax;
    this.#track = newTrack(reader.analyst, instrument);
    this.#analyst = newAnalyst(reader.analyst);
  }

  /** What is known stays known, under other terms. */
  adopt({ reader, futureMsMax }: Pick<VoterDeskOptions, 'reader' | 'futureMsMax'>): void {
    this.#reader = reader;
    this.#futureMsMax = futureMsMax;
  }

  /** Nothing, of a voter that judges no bars. */
  get kept(): { readonly bars: number; readonly bytes: number } {
    return { bars: this.#track?.length ?? 0, bytes: this.#track?.bytes ?? 0 };
  }

  /** The newest opinion, whatever its age. */
  get opinion(): Opinion | null {
    return this.#opinion;
  }

  /** When the source last told something to judge by, new or not (Unix ms); 0 before the first time. */
  get toldAtMs(): number {
    return this.#toldAtMs;
  }

  /** What was received before this moment (Unix ms) is known already, or would make an opinion that has run out at `nowMs`. */
  usefulSinceMs(nowMs: number): number {
    const { ttlMs, untilNextBar } = this.#reader.options;
    const newestBarOutAtMs = untilNextBar ? nextBarOutAtMs(nowMs) - BAR_INTERVAL_MS : 0;
    return Math.max(this.#heardAtMs + 1, nowMs - ttlMs + 1, newestBarOutAtMs);
  }

  /** From here on (Unix ms) the opinion no longer counts as its value. */
  get expiresAtMs(): number {
    if (this.#opinion === null) return 0;
    const { ttlMs, untilNextBar } = this.#reader.options;
    const ranOutAtMs = this.agesFromMs + ttlMs;
    return untilNextBar ? Math.min(ranOutAtMs, nextBarOutAtMs(this.agesFromMs)) : ranOutAtMs;
  }

  /** From when on (Unix ms) the opinion ages; 0 where there is none. */
  get agesFromMs(): number {
    if (this.#opinion === null) return 0;
    return this.#agesFromData ? this.#opinion.dataAtMs : this.#toldAtMs;
  }

  /** From here on (Unix ms) something newer may be had; never later than {@link expiresAtMs}. */
  get refreshAtMs(): number {
    if (this.#track === null) return this.expiresAtMs;
    const { untilMs } = this.#track;
    if (untilMs === 0 || this.#opinion === null) return 0;
    return Math.min(
      this.expiresAtMs,
      Math.max(untilMs + BAR_INTERVAL_MS + BAR_LAG_MS, this.expiresAtMs - REFRESH_GRACE_MS),
    );
  }

  /**
   * What to ask the source, or null when it cannot tell anything new: bars it has given already. With `anew` the
   * newest closed bar is asked for again, known or not.
   */
  question(nowMs: number, brief: () => MarketBrief, anew: boolean): Question | null {
    const { analyst } = this.#reader;
    const instrument = this.#instrument;
    if (analyst.needs === 'stance') return { kind: 'stance', instrument, brief: brief() };
    if (analyst.needs !== 'bars') return { kind: analyst.needs, instrument };
    const toMs = Math.floor((nowMs - BAR_LAG_MS) / BAR_INTERVAL_MS) * BAR_INTERVAL_MS;
    const untilMs = this.#track?.untilMs ?? 0;
    const { assetClass } = instrument;
    const fromMs =
      untilMs === 0
        ? tradingTimeBefore(assetClass, toMs, Math.ceil(analyst.warmupBars * 1.5) * BAR_INTERVAL_MS)
        : Math.min(nextOpenMs(assetClass, untilMs), anew ? toMs - BAR_INTERVAL_MS : toMs);
    return fromMs < toMs ? { kind: 'bars', instrument, intervalMs: BAR_INTERVAL_MS, fromMs, toMs } : null;
  }

  /** Takes in an answer of the source, asked for this desk or for the watch. An analyst that throws has no opinion. */
  absorb(answer: Answer, nowMs: number, doubt: BarDoubt): Absorbed {
    if (answer.kind === 'failed' || answer.kind === 'refused')
      return { kind: 'none', failure: answer.failure };
    // What was kept has been told when it was received, and ages from there.
    const toldAtMs = answer.kind === 'fresh' ? nowMs : Math.min(nowMs, answer.provenance.receivedAtMs);
    try {
      return this.#absorbView(answer.view, answer.provenance, toldAtMs, doubt);
    } catch (error) {
      // What it had taken in by then nobody knows: it starts anew.
      const { analyst } = this.#reader;
      this.#track = newTrack(analyst, this.#instrument);
      this.#analyst = newAnalyst(analyst);
      const text = error instanceof Error ? error.message : String(error);
      return none('badPayload', `analyst ${analyst.id} failed: ${text}`);
    }
  }

  #absorbView(view: View, provenance: Provenance, toldAtMs: number, doubt: BarDoubt): Absorbed {
    if (view.kind !== 'market') this.#heardAtMs = Math.max(this.#heardAtMs, toldAtMs);
    if (view.kind === 'market' || view.kind === 'bars')
      return this.#absorbBars(view, provenance, toldAtMs, doubt);
    if (this.#opinion !== null && toldAtMs < this.#toldAtMs)
      return { kind: 'opinion', opinion: this.#opinion };
    const { analyst } = this.#reader;
    const assessment = analyst.needs === 'bars' ? null : analyst.assess(view);
    if (assessment === null) return none('noData', `a ${view.kind} that ${analyst.id} cannot judge`);
    return this.#conclude(assessment, provenance, toldAtMs);
  }

  #absorbBars(
    view: Extract<View, { kind: 'market' | 'bars' }>,
    provenance: Provenance,
    toldAtMs: number,
    doubt: BarDoubt,
  ): Absorbed {
    const track = this.#track;
    if (track === null) return none('noData', `${this.#reader.analyst.id} judges no bars`);
    const { assetClass } = this.#instrument;
    let doubted: string | null = null;
    for (const bar of view.bars) {
      if (sessionAt(assetClass, bar.openAtMs).phase !== 'open') continue;
      // A market answer carries the newest bar only: with bars missing before it, the missing ones are fetched first.
      if (view.kind === 'market' && (track.untilMs === 0 || track.gapBefore(bar) !== null)) break;
      doubted = doubt(bar);
      if (doubted === null) this.#feed(bar, track);
    }
    // Of earlier ones it is enough not to use them: a single odd minute must not silence a source for good.
    if (doubted !== null) return none('mismatch', doubted);
    const known = this.#opinion;
    if (known !== null && known.dataAtMs === track.untilMs) {
      if (view.bars.length > 0) this.#toldAtMs = Math.max(this.#toldAtMs, toldAtMs);
      return { kind: 'opinion', opinion: known };
    }
    const assessment = this.#analyst?.assess() ?? null;
    if (assessment === null) return none('noData', 'still warming up: too few closed bars');
    if (view.bars.length > 0) this.#toldAtMs = Math.max(this.#toldAtMs, toldAtMs);
    return this.#conclude(assessment, provenance, toldAtMs);
  }

  /** A long hole makes the indicators start anew: closing up time would make them lie. */
  #feed(bar: Bar, track: BarTrack): void {
    const gap = track.gapBefore(bar);
    if (gap !== null && gap.toMs - gap.fromMs > BAR_GAP_MAX * BAR_INTERVAL_MS) {
      this.#analyst = newAnalyst(this.#reader.analyst);
    }
    if (track.feed(bar)) this.#analyst?.absorb({ kind: 'bars', bars: [bar] });
  }

  #conclude(
    { score, because, dataAtMs, agesFromData }: Assessment,
    provenance: Provenance,
    toldAtMs: number,
  ): Absorbed {
    if (dataAtMs > toldAtMs + this.#futureMsMax) {
      return none(
        'badPayload',
        `its data are ${Math.round((dataAtMs - toldAtMs) / 1_000)} s ahead of our clock`,
      );
    }
    const sourceId = this.#sourceId;
    const { id: instrumentId } = this.#instrument;
    this.#opinion = opinion({ sourceId, instrumentId, score, because, dataAtMs, provenance });
    this.#agesFromData = this.#reader.analyst.needs === 'bars' || agesFromData === true;
    this.#toldAtMs = Math.max(this.#toldAtMs, toldAtMs);
    return { kind: 'opinion', opinion: this.#opinion };
  }
}

/** When the bar that is open at `atMs`, or closed too short a while before to be out, can be had (Unix ms). */
function nextBarOutAtMs(atMs: number): number {
  return (Math.floor((atMs - BAR_LAG_MS) / BAR_INTERVAL_MS) + 1) * BAR_INTERVAL_MS + BAR_LAG_MS;
}

/** Of the newest bar: all that a voter has to know is where its bars go on. */
function newTrack({ needs }: AnalystSpec, { assetClass }: Instrument): BarTrack | null {
  return needs === 'bars' ? new BarTrack({ keep: 1, nextOpenMs: NEXT_OPEN_MS[assetClass] }) : null;
}

function newAnalyst(spec: AnalystSpec): Analyst | null {
  return spec.needs === 'bars' ? spec.create() : null;
}

function none(kind: Failure['kind'], detail: string): Absorbed {
  return { kind: 'none', failure: failure(kind, detail) };
}
