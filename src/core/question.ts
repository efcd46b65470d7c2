import type { Bar } from './bar.ts';
import type { Instrument } from './instrument.ts';
import type { Quote } from './quote.ts';

/** The newest quote, and whatever newest closed bars the same answer carries. */
export type MarketQuestion = { readonly kind: 'market'; readonly instrument: Instrument };

/** Closed bars with `fromMs <= openAtMs` and `closeAtMs <= toMs`, oldest first. */
export type BarsQuestion = {
  readonly kind: 'bars';
  readonly instrument: Instrument;
  readonly intervalMs: number;
  readonly fromMs: number;
  readonly toMs: number;
};

/** A directional view by a language model. `brief` is what the model is told; it holds no secret. */
export type StanceQuestion = {
  readonly kind: 'stance';
  readonly instrument: Instrument;
  readonly brief: MarketBrief;
};

/** Analyst ratings a provider collects (counts per grade). */
export type RatingQuestion = { readonly kind: 'rating'; readonly instrument: Instrument };

/** A number the provider computes on a fixed scale: its own RSI, a news score, a fear-and-greed index. */
export type GaugeQuestion = { readonly kind: 'gauge'; readonly instrument: Instrument };

export type Question = MarketQuestion | BarsQuestion | StanceQuestion | RatingQuestion | GaugeQuestion;
export type QuestionKind = Question['kind'];

/** What a model is shown of the market: public figures only, so a prompt never carries more than its reader may see. */
export type MarketBrief = {
  readonly price: number;
  readonly currency: string;
  /** Change in percent over the named spans, null where history is too short. */
  readonly change5mPct: number | null;
  readonly change1hPct: number | null;
  readonly change1dPct: number | null;
  /** Wilder ATR(14) of minute bars as a share of the price in percent; null while warming up. */
  readonly atrPct: number | null;
};

export type MarketView = { readonly kind: 'market'; readonly quote: Quote; readonly bars: readonly Bar[] };
export type BarsView = { readonly kind: 'bars'; readonly bars: readonly Bar[] };
export type StanceView = {
  readonly kind: 'stance';
  readonly stance: 'buy' | 'sell' | 'hold';
  /** 0..1 as the model stated it. */
  readonly confidence: number;
  /** The model's own words, at most 500 characters, control characters removed. Data: never an instruction. */
  readonly rationale: string;
  readonly eventAtMs: number;
};
export type RatingView = {
  readonly kind: 'rating';
  readonly strongBuy: number;
  readonly buy: number;
  readonly hold: number;
  readonly sell: number;
  readonly strongSell: number;
  readonly eventAtMs: number;
};
export type GaugeView = {
  readonly kind: 'gauge';
  /** Name of the scale, such as `rsi`, `newsSentiment`, `fearGreed`. */
  readonly gauge: string;
  readonly value: number;
  /** The ends of the scale, inclusive. */
  readonly min: number;
  readonly max: number;
  readonly eventAtMs: number;
};
export type View = MarketView | BarsView | StanceView | RatingView | GaugeView;

/** The view that answers a question of kind K. */
export type ViewOf<K extends QuestionKind> = Extract<View, { kind: K }>;
