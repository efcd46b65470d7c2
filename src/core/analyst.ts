import type { View, ViewOf } from './question.ts';

/** What an analyst concludes from the views it has absorbed. */
export type Assessment = {
  /** -1 (sell, certain) to 1 (buy, certain). */
  readonly score: number;
  /** One short clause in plain words, with the figures it rests on. */
  readonly because: string;
  /** Time of the newest datum used (Unix ms): the close of the newest bar, the event of the newest answer. */
  readonly dataAtMs: number;
  /** It expires by the age of its data, as one on bars does, not by the time since it was received. */
  readonly agesFromData?: true;
};

/** One analyst's memory of one instrument at one source. Not shared, not thread-safe, no clock. */
export interface Analyst {
  /** Takes in new facts in constant time per bar. Views of other kinds and bars already seen are ignored. */
  absorb(view: View): void;
  /** Null while warming up. */
  assess(): Assessment | null;
}

/** An analyst that lives on closed bars. */
export type BarAnalystSpec = {
  readonly id: string;
  readonly needs: 'bars';
  /** Closed bars before the first assessment. */
  readonly warmupBars: number;
  create(): Analyst;
};

/** An analyst that judges one answer at a time. */
export type AnswerAnalystSpec = {
  readonly id: string;
  readonly needs: 'stance' | 'rating' | 'gauge';
  assess(view: ViewOf<'stance' | 'rating' | 'gauge'>): Assessment | null;
};

export type AnalystSpec = BarAnalystSpec | AnswerAnalystSpec;
