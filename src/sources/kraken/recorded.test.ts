import { describeWithData, type RecordedAnswer } from '../../../test/data.ts';
import type { Question } from '../../core/question.ts';
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
import { kraken } from './kraken.ts';

type Expected = { readonly endpoint: string; readonly question: Question; readonly verdict: string };

const EXPECTED: Readonly<Record<string, Expected>> = {
  'ccxt-ticker-btcusdt.json': {
    endpoint: 'Ticker',
    question: questionOf('market', 'BTC-USDT'),
    verdict: 'ok',
  },
  'example-ticker-data.json': {
    endpoint: 'Ticker',
    question: questionOf('market', 'BTC-EUR'),
    verdict: 'ok',
  },
  // Asked for XBTUSD, answered with XBTUSDT: not the same money.
  'http_ticker-nt.json': {
    endpoint: 'Ticker',
    question: questionOf('market', 'BTC-USD'),
    verdict: 'mismatch',
  },
  'error--unknown-pair.json': {
    endpoint: 'Ticker',
    question: questionOf('market', 'NOPE-USD'),
    verdict: 'unknownSymbol',
  },
  // Spreads, of an address that is not asked: rows of three columns are no candles.
  'example-spreads-data.json': {
    endpoint: 'OHLC',
    question: barsQuestion('BTC-USD', { fromMs: 0 }),
    verdict: 'badPayload',
  },
  'rate-limit--eapi-rate-limit.json': {
    endpoint: 'OHLC',
    question: barsQuestion('BTC-USD'),
    verdict: 'limit',
  },
};

function judge(answer: RecordedAnswer): Judged {
  const expected = EXPECTED[answer.file];
  if (expected === undefined) return { readings: [], wrong: ['nothing is known of this answer'] };
  const response = recordedResponse(answer);
  const endpoint = endpointOf(kraken, expected.endpoint);
  const { readings } = endpoint.parse(response, [expected.question], settingsOf(kraken));
  const wrong = differences('verdict', verdicts(readings), [expected.verdict]);
  for (const reading of readings) {
    if (reading.kind === 'failed' || reading.view.kind !== 'market') continue;
    const { bid, ask, price } = reading.view.quote;
    const stated = ['a', 'b', 'c'].map((name) =>
      Number(new RegExp(`"${name}"\\s*:\\s*\\[\\s*"([\\d.]+)"`).exec(response.body)?.[1]),
    );
    wrong.push(...differences('ask, bid and last', [ask ?? 'none', bid ?? 'none', price], stated));
  }
  return { readings, wrong };
}

describeRecorded('exchange-kraken', judge);

describeWithData('recorded answers of kraken, mutated', () => {
  describeTorture('kraken', [
    recordedSpecimen('exchange-kraken', 'ccxt-ticker-btcusdt.json', {
      endpoint: endpointOf(kraken, 'Ticker'),
      batch: [questionOf('market', 'BTC-USDT')],
      settings: settingsOf(kraken),
      witness: (json) => field(json, 'result', 'XBTUSDT', 'c', 0),
    }),
  ]);
});
