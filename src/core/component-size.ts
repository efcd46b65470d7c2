/** How much a part of a running service holds that comes and goes, and would grow where it only came. */
export type ComponentSize = {
  readonly component: 'queue' | 'coalescer' | 'parking' | 'bars' | 'board' | 'streams';
  /** Requests, questions, symbols, bars, decisions and signals, or listeners. */
  readonly entries: number;
  /** Null where they are not known. */
  readonly bytes: number | null;
};
