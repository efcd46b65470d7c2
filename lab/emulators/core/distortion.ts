/** What a provider's data suffer from, applied before they are written in its own format. */
export type Distortion = {
  /** The moment at which all data stand still; null when they go on. */
  readonly stuckAtMs: number | null;
  /** The moment whose price is repeated for ever under fresh times; null when prices move. */
  readonly frozenAtMs: number | null;
  readonly priceFactor: number;
  /** Added to every time of a datum. */
  readonly eventShiftMs: number;
  /** Another instrument is answered than was asked for. */
  readonly wrongSymbol: boolean;
};

export const UNDISTORTED: Distortion = {
  stuckAtMs: null,
  frozenAtMs: null,
  priceFactor: 1,
  eventShiftMs: 0,
  wrongSymbol: false,
};
