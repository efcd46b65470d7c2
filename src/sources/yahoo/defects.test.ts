import { expect, test } from 'vitest';
import { dataText, describeWithData } from '../../../test/data.ts';
import type { Reading } from '../../core/source.ts';
import { barsQuestion, endpointOf, responseOf, settingsOf } from '../exchange.testing.ts';
import { yahoo } from './yahoo.ts';

/** Real errors of Yahoo with their corrected twins, sent through the parser as the charts they came from. */

type Row = Readonly<Record<string, string>>;

function rowsOf(name: string): Row[] {
  const [head = '', ...lines] = dataText(`defects-yahoo/${name}.csv`).trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((column, index) => [column, cells[index] ?? '']));
  });
}

const secondOf = (row: Row): number => Date.parse((row.Date ?? row.Datetime ?? '').replace(' ', 'T')) / 1000;

/** A chart of the rows, named and priced as if it were AAPL. */
function chartOf(rows: readonly Row[], granularity: string) {
  const column = (name: string): number[] => rows.map((row) => Number(row[name]));
  const dividends = rows
    .filter((row) => Number(row.Dividends) > 0)
    .map((row) => [secondOf(row), { amount: Number(row.Dividends), date: secondOf(row) }]);
  return {
    chart: {
      result: [
        {
          meta: { currency: 'USD', symbol: 'AAPL', dataGranularity: granularity },
          timestamp: rows.map(secondOf),
          events: { dividends: Object.fromEntries(dividends) },
          indicators: {
            quote: [
              {
                open: column('Open'),
                high: column('High'),
                low: column('Low'),
                close: column('Close'),
                volume: column('Volume'),
              },
            ],
            adjclose: [{ adjclose: column('Adj Close') }],
          },
        },
      ],
      error: null,
    },
  };
}

const INTERVAL_MS: Readonly<Record<string, number>> = { '15m': 900_000, '1h': 3_600_000, '1d': 86_400_000 };

function read(name: string): { readonly reading: Reading; readonly rows: number } {
  const rows = rowsOf(name);
  const granularity = /-(15m|1h|1d)-/.exec(name)?.[1] ?? '';
  const question = barsQuestion('AAPL', { intervalMs: INTERVAL_MS[granularity] ?? 0, fromMs: 0 });
  const response = responseOf(chartOf(rows, granularity));
  const [reading] = endpointOf(yahoo, 'chart/bars').parse(response, [question], settingsOf(yahoo)).readings;
  return { reading: reading as Reading, rows: rows.length };
}

const barsIn = (reading: Reading): number =>
  reading.kind === 'ok' && reading.view.kind === 'bars' ? reading.view.bars.length : 0;

describeWithData('real errors of Yahoo', () => {
  test.each([
    { name: '8TRA-DE-1d-missing-div-adjust', why: /leave out the dividend of 2023-06-0[12]/ },
    { name: 'AET-L-1d-100x-error', why: /the price steps from 0\.1455\d* to 14\.55\d*/ },
    { name: 'DEX-AX-1d-bad-stock-split', why: /the price steps from 0\.05\d* to 0\.12\d*/ },
  ])('$name is refused', ({ name, why }) => {
    const { reading } = read(name);
    expect(reading).toMatchObject({
      kind: 'failed',
      failure: { kind: 'badPayload', detail: expect.stringMatching(why) },
    });
  });

  test('ASAI-L-1h-bad-unit loses the one bar in two units', () => {
    const { reading, rows } = read('ASAI-L-1h-bad-unit');
    expect(barsIn(reading)).toBe(rows - 1);
    expect(JSON.stringify(reading)).not.toContain('0.600000023841858');
  });

  test.each([
    '8TRA-DE-1d-missing-div-adjust-fixed',
    'AET-L-1d-100x-error-fixed',
    'ASAI-L-1h-bad-unit-fixed',
    'DEX-AX-1d-bad-stock-split-fixed',
    'EA-15m-no-bad-divs',
  ])('%s passes whole', (name) => {
    const { reading, rows } = read(name);
    expect(barsIn(reading)).toBe(rows);
  });
});
