import { describeWithData, type RecordedAnswer } from '../../../test/data.ts';
import type { Question } from '../../core/question.ts';
import { barsQuestion, endpointOf, questionOf, settingsOf, verdicts } from '../exchange.testing.ts';
import {
  describeRecorded,
  differences,
  type Judged,
  recordedResponse,
  recordedSpecimen,
} from '../recorded.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { binance } from './binance.ts';

const WEEK_MS = 604_800_000;
const btc = questionOf('market', 'BTC-USDT');
const bars = barsQuestion('BTC-USDT', { intervalMs: WEEK_MS, fromMs: 0 });

type Expected = { readonly endpoint: string; readonly question: Question; readonly verdict: string };

const EXPECTED: Readonly<Record<string, Expected>> = {
  // LTCBTC: a pair in another currency than any that is asked.
  'book_ticker_response-nt.json': { endpoint: 'ticker/24hr', question: btc, verdict: 'mismatch' },
  'error--403-waf-html.json': { endpoint: 'ticker/24hr', question: btc, verdict: 'blocked' },
  'klines_response-nt.json': { endpoint: 'klines', question: bars, verdict: 'ok' },
  'rate-limit--418-ip-ban.json': { endpoint: 'klines', question: bars, verdict: 'limit' },
  // Asked for BNBUSDT, the sample answers with BNBBTC.
  'single-24hr-ticker.json': {
    endpoint: 'ticker/24hr',
    question: questionOf('market', 'BNB-USDT'),
    verdict: 'mismatch',
  },
};

function judge(answer: RecordedAnswer): Judged {
  const expected = EXPECTED[answer.file];
  if (expected === undefined) return { readings: [], wrong: ['nothing is known of this answer'] };
  const response = recordedResponse(answer);
  const { readings } = endpointOf(binance, expected.endpoint).parse(
    response,
    [expected.question],
    settingsOf(binance),
  );
  const wrong = differences('verdict', verdicts(readings), [expected.verdict]);
  const [reading] = readings;
  if (reading?.kind === 'ok' && reading.view.kind === 'bars') {
    const found = reading.view.bars.flatMap((bar) => [
      bar.openAtMs,
      bar.open,
      bar.high,
      bar.low,
      bar.close,
      bar.volume,
    ]);
    const stated = [...response.body.matchAll(/\[\s*(\d{13}),((?:\s*"[\d.]+",){5})/g)].flatMap(
      ([, at, texts = '']) => [
        Number(at),
        ...[...texts.matchAll(/"([\d.]+)"/g)].map(([, text]) => Number(text)),
      ],
    );
    wrong.push(...differences('bars', found, stated));
  }
  return { readings, wrong };
}

describeRecorded('exchange-binance', judge);

describeWithData('recorded answers of binance, mutated', () => {
  describeTorture('binance', [
    recordedSpecimen('exchange-binance', 'klines_response-nt.json', {
      endpoint: endpointOf(binance, 'klines'),
      batch: [bars],
      settings: settingsOf(binance),
    }),
  ]);
});
