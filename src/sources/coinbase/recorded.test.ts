import { describeWithData, type RecordedAnswer } from '../../../test/data.ts';
import type { Question, View } from '../../core/question.ts';
import type { Source } from '../../core/source.ts';
import { field } from '../door/json.ts';
import { barsQuestion, endpointOf, questionOf, settingsOf, verdicts } from '../exchange.testing.ts';
import {
  describeRecorded,
  differences,
  type Judged,
  recordedResponse,
  recordedSpecimen,
} from '../recorded.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { coinbase } from './coinbase.ts';
import { coinbaseAdvanced } from './coinbase-advanced.ts';

type Expected = {
  readonly source: Source;
  readonly endpoint: string;
  readonly question: Question;
  readonly verdict: string;
};

const ALL = { fromMs: 0 };

const EXPECTED: Readonly<Record<string, Expected>> = {
  'ccxt-ticker-btcusdc.json': {
    source: coinbaseAdvanced,
    endpoint: 'market/ticker',
    question: questionOf('market', 'BTC-USDC'),
    verdict: 'ok',
  },
  'http_ticker-nt.json': {
    source: coinbaseAdvanced,
    endpoint: 'market/ticker',
    question: questionOf('market', 'BTC-USD'),
    verdict: 'ok',
  },
  'example-historical-candles.json': {
    source: coinbase,
    endpoint: 'candles',
    question: barsQuestion('BTC-USD', ALL),
    verdict: 'ok',
  },
  'recent.json': {
    source: coinbase,
    endpoint: 'candles',
    question: barsQuestion('BTC-EUR', { ...ALL, intervalMs: 86_400_000 }),
    verdict: 'ok',
  },
  // Last price 246.28 beside a book of 637..637.11: a sample pieced together, and a good test.
  'example-ticker-data.json': {
    source: coinbase,
    endpoint: 'ticker',
    question: questionOf('market', 'BTC-USD'),
    verdict: 'badPayload',
  },
  'rate-limit--public-rate-limit.json': {
    source: coinbase,
    endpoint: 'candles',
    question: barsQuestion('BTC-USD'),
    verdict: 'limit',
  },
};

/** The price of the first trade, or the rows oldest first, found by their shape. */
function statedIn(body: string): string[] {
  const price = /"price"\s*:\s*"([\d.]+)"/.exec(body)?.[1];
  if (price !== undefined) return [price];
  const rows = [...body.matchAll(/\[\s*(\d{10})\s*,([^\]]*)\]/g)].map(([, second, rest = '']) => {
    const [low, high, open, close] = rest.split(',').map((text) => text.trim());
    return { second, text: [`${second}000`, open, high, low, close].join(' ') };
  });
  return rows.toSorted((a, b) => Number(a.second) - Number(b.second)).map(({ text }) => text);
}

function readIn(view: View): string[] {
  if (view.kind === 'market') return [String(view.quote.price)];
  if (view.kind !== 'bars') return [];
  return view.bars.map(({ openAtMs, open, high, low, close }) =>
    [openAtMs, open, high, low, close].join(' '),
  );
}

function judge(answer: RecordedAnswer): Judged {
  const expected = EXPECTED[answer.file];
  if (expected === undefined) return { readings: [], wrong: ['nothing is known of this answer'] };
  const { source, endpoint, question, verdict } = expected;
  const response = recordedResponse(answer);
  const { readings } = endpointOf(source, endpoint).parse(response, [question], settingsOf(source));
  const wrong = differences('verdict', verdicts(readings), [verdict]);
  for (const reading of readings) {
    if (reading.kind === 'failed') continue;
    const [found, stated] = [readIn(reading.view), statedIn(response.body)];
    wrong.push(...differences('values', found, stated));
  }
  return { readings, wrong };
}

describeRecorded('exchange-coinbase', judge);

describeWithData('recorded answers of coinbase, mutated', () => {
  describeTorture('coinbase', [
    recordedSpecimen('exchange-coinbase', 'http_ticker-nt.json', {
      endpoint: endpointOf(coinbaseAdvanced, 'market/ticker'),
      batch: [questionOf('market', 'BTC-USD')],
      settings: settingsOf(coinbaseAdvanced),
      witness: (json) => {
        const trade = field(json, 'trades', 0);
        return field(trade, 'product_id') === 'BTC-USD' ? field(trade, 'price') : undefined;
      },
    }),
    recordedSpecimen('exchange-coinbase', 'example-historical-candles.json', {
      endpoint: endpointOf(coinbase, 'candles'),
      batch: [barsQuestion('BTC-USD', ALL)],
      settings: settingsOf(coinbase),
    }),
  ]);
});
