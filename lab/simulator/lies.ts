import type { Bar, View } from '../../src/index.ts';

/** What a liar knows: the truth as it would tell it, and what the honest are about to say. */
export type Occasion = {
  /** What it would answer were it honest. */
  readonly truth: View;
  readonly nowMs: number;
  /** Looks since the start of the episode. */
  readonly look: number;
  /** The side it wants: 1 up, -1 down. */
  readonly side: 1 | -1;
  /** Drawn once for the liar, uniform in [0, 1). */
  readonly dice: number;
  /** The same question answered as of the start of the episode. */
  readonly atStart: () => View;
  /** The same question about another instrument. */
  readonly ofAnother: () => View;
  /** Mean of what the models of the honest say now, -1..1. */
  readonly honestScore: () => number;
  /** Uniform in [0, 1), anew with every call. */
  readonly chance: () => number;
};

/** A view, bytes that are none, or nothing at all. */
export type Told = View | 'garbage' | 'silence';
export type Lie = (occasion: Occasion) => Told;

/** Well inside the tolerance between sources, so that only the vote stands against it. */
const TILT_SHARE = 0.004;
/** The largest step that the tolerance of 50 basis points lets pass as agreement. */
const HAIR_SHARE = 0.0045;
const HOUR_MS = 3_600_000;

/** Ways in which one source lies. */
export const LIES: Readonly<Record<string, Lie>> = {
  inverted: ({ truth }) => (truth.kind === 'bars' ? reflected(truth) : scored(truth, (score) => -score)),
  extreme: ({ truth, side }) => pushed(truth, side),
  contradicting: ({ truth, honestScore }) => pushed(truth, honestScore() > 0 ? -1 : 1),
  'price factor': ({ truth, dice }) =>
    priced(
      truth,
      [0.01, 0.7, 0.98, 1 - HAIR_SHARE, 1 + HAIR_SHARE, 1.02, 1.3, 100][Math.floor(dice * 8)] ?? 1,
    ),
  drift: ({ truth, side, look, dice }) => priced(truth, 1 + side * look * (0.0002 + 0.002 * dice)),
  garbage: ({ truth, chance }) =>
    chance() < 0.3 ? 'garbage' : scored(priced(truth, 2 * chance() + 0.001), () => 2 * chance() - 1),
  defector: ({ truth, look, honestScore }) =>
    look < 4 ? scored(truth, honestScore) : pushed(priced(truth, 1 + HAIR_SHARE), honestScore() > 0 ? -1 : 1),
  frozen: ({ atStart, nowMs }) => dated(atStart(), nowMs),
  stale: ({ atStart }) => atStart(),
  'future-dated': ({ truth, nowMs, dice, side }) =>
    dated(pushed(priced(truth, 1 + side * HAIR_SHARE), side), nowMs + (dice < 0.5 ? 4_000 : HOUR_MS)),
  'split brain': ({ truth, side, chance }) =>
    pushed(priced(truth, chance() < 0.5 ? 1 : 1 + side * 0.003), chance() < 0.5 ? 1 : -1),
  'wrong symbol': ({ ofAnother }) => ofAnother(),
  silent: () => 'silence',
};

/** Ways in which two say the same: loud, against the honest, and of one price. */
export const COLLUSIONS: Readonly<Record<string, Lie>> = {
  extreme: ({ truth, side }) => pushed(truth, side),
  contradicting: ({ truth, honestScore }) => pushed(truth, honestScore() > 0 ? -1 : 1),
  'price and side': ({ truth, side, dice }) =>
    pushed(priced(truth, 1 + side * ([HAIR_SHARE, 0.02, 0.1][Math.floor(dice * 3)] ?? 0)), side),
  drift: ({ truth, side, look, dice }) =>
    pushed(priced(truth, 1 + side * look * (0.0002 + 0.002 * dice)), side),
  defector: ({ truth, look, honestScore }) =>
    look < 4 ? scored(truth, honestScore) : pushed(priced(truth, 1 + HAIR_SHARE), honestScore() > 0 ? -1 : 1),
};

/** The truth, with opinions all the way on `side`, and bars that lean there as far as the tolerance allows. */
function pushed(view: View, side: 1 | -1): View {
  if (view.kind !== 'bars') return scored(view, () => side);
  const { length } = view.bars;
  const bars = view.bars.map((bar, index) =>
    times(bar, 1 + side * TILT_SHARE * ((index + 1) / length - 0.5)),
  );
  return { ...view, bars };
}

/** Bars turned upside down around their newest close. */
function reflected(view: Extract<View, { kind: 'bars' }>): View {
  const pivot = (view.bars.at(-1)?.close ?? 1) ** 2;
  const bars = view.bars.map((bar) => ({
    ...bar,
    open: pivot / bar.open,
    high: pivot / bar.low,
    low: pivot / bar.high,
    close: pivot / bar.close,
  }));
  return { ...view, bars };
}

function scored(view: View, scoreOf: (score: number) => number): View {
  if (view.kind !== 'stance') return view;
  const direction = { buy: 1, hold: 0, sell: -1 }[view.stance];
  const score = scoreOf(direction * view.confidence);
  const stance = score > 0 ? 'buy' : score < 0 ? 'sell' : 'hold';
  return { ...view, stance, confidence: Math.abs(score) };
}

function priced(view: View, factor: number): View {
  if (view.kind === 'bars') return { ...view, bars: view.bars.map((bar) => times(bar, factor)) };
  if (view.kind !== 'market') return view;
  return { ...view, quote: { ...view.quote, price: view.quote.price * factor } };
}

function dated(view: View, atMs: number): View {
  if (view.kind === 'market') return { ...view, quote: { ...view.quote, eventAtMs: atMs } };
  return view.kind === 'stance' ? { ...view, eventAtMs: atMs } : view;
}

function times(bar: Bar, factor: number): Bar {
  const { open, high, low, close } = bar;
  return { ...bar, open: open * factor, high: high * factor, low: low * factor, close: close * factor };
}
