import { describeWithData, type RecordedAnswer } from '../../../test/data.ts';
import { parseInstrument } from '../../core/instrument.ts';
import type { Question, View } from '../../core/question.ts';
import type { Endpoint, SourceSettings } from '../../core/source.ts';
import { field } from '../door/json.ts';
import { barsQuestion, endpointOf, questionOf, RECEIVED_AT_MS, settingsOf } from '../exchange.testing.ts';
import {
  describeRecorded,
  differences,
  type Judged,
  recordedResponse,
  recordedSpecimen,
} from '../recorded.testing.ts';
import { describeTorture } from '../torture.testing.ts';
import { yahoo } from './yahoo.ts';
import { yahooQuote } from './yahoo-quote.ts';

/** Answers that hold at least one true reading for a question about US dollars. */
const READ = new Set([
  'chart-AAPL-2020-01-01-to-2020-01-03.json',
  'chart-AAPL-2020-08-31-to-2020-11-07.json',
  'chart-AAPL-2025-02-01-to-2025-02-02-includePrePost-false-interval-1m.json',
  'pricehist-ibm-long-partial.json',
  'pricehist-tsla-recent.json',
  'quote-AAPL.json',
  'quote-BTC-USD.json',
  'quote-GOOG.json',
]);

const ENDPOINTS: readonly (readonly [Endpoint, SourceSettings])[] = [yahoo, yahooQuote].flatMap((source) =>
  source.endpoints.map((endpoint) => [endpoint, settingsOf(source)] as const),
);

const INTERVAL_MS: Readonly<Record<string, number>> = { '1m': 60_000, '1d': 86_400_000 };

/** The symbol that the address asks for, where it is one of ours; else AAPL, which the answer is then not about. */
function askedIn({ url }: RecordedAnswer['request']): string {
  const asked = /(?:chart|quoteSummary)\/([^?]+)|symbols=([^&]+)/.exec(decodeURIComponent(url));
  const id = asked?.[1] ?? asked?.[2] ?? '';
  return parseInstrument(id).kind === 'ok' ? id : 'AAPL';
}

/** The numbers of a list by its name, found by its shape. */
function listIn(body: string, name: string): string[] {
  const list = new RegExp(`"${name}"\\s*:\\s*\\[([^\\]{]*)\\]`).exec(body)?.[1]?.trim() ?? '';
  return list === '' ? [] : list.split(',').map((item) => item.trim());
}

/** What the text says about the asked symbol in dollars: the price, or the closes of the rows from 1973 on. */
function statedIn(body: string, id: string, kind: string): number[] {
  const isAsked = new RegExp(`"symbol"\\s*:\\s*"${id}"`).test(body) && /"currency"\s*:\s*"USD"/.test(body);
  if (!isAsked) return [];
  if (kind === 'market') {
    const price = /"regularMarketPrice"\s*:\s*([\d.]+)/.exec(body)?.[1];
    return price === undefined ? [] : [Number(price)];
  }
  const closes = listIn(body, 'close');
  return listIn(body, 'timestamp')
    .map((time, index) => ({ time: Number(time), close: closes[index] ?? 'null' }))
    .filter(({ time, close }) => time > Date.UTC(1973, 0, 1) / 1000 && close !== 'null')
    .map(({ close }) => Number(close));
}

function readIn(view: View): number[] {
  if (view.kind === 'market') return [view.quote.price];
  return view.kind === 'bars' ? view.bars.map((bar) => bar.close) : [];
}

function judge(answer: RecordedAnswer): Judged {
  const response = recordedResponse(answer);
  const id = askedIn(answer.request);
  const intervalMs =
    INTERVAL_MS[/"dataGranularity"\s*:\s*"(\w+)"/.exec(response.body)?.[1] ?? '1m'] ?? 60_000;
  const asked = barsQuestion(id, { intervalMs, fromMs: 0, toMs: RECEIVED_AT_MS });
  const readings = [];
  const wrong: string[] = [];
  for (const [endpoint, settings] of ENDPOINTS) {
    const question = { ...asked, kind: endpoint.kind } as Question;
    const [reading] = endpoint.parse(response, [question], settings).readings;
    if (reading === undefined) continue;
    readings.push(reading);
    if (reading.kind === 'failed') continue;
    const stated = statedIn(response.body, id, endpoint.kind);
    wrong.push(...differences(`${endpoint.name} ${id}`, readIn(reading.view), stated));
  }
  const answered = readings.some(({ kind }) => kind === 'ok');
  if (answered !== READ.has(answer.file)) wrong.push(answered ? 'read, though not expected' : 'not read');
  return { readings, wrong };
}

describeRecorded('yahoo', judge);

describeWithData('recorded answers of yahoo, mutated', () => {
  describeTorture('yahoo', [
    recordedSpecimen('yahoo', 'chart-AAPL-2020-08-31-to-2020-11-07.json', {
      endpoint: endpointOf(yahoo, 'chart/bars'),
      batch: [barsQuestion('AAPL', { intervalMs: 86_400_000, fromMs: 0 })],
      settings: settingsOf(yahoo),
    }),
    recordedSpecimen('yahoo', 'quote-AAPL.json', {
      endpoint: endpointOf(yahooQuote, 'quote'),
      batch: [questionOf('market', 'AAPL')],
      settings: settingsOf(yahooQuote),
      witness: (json) => {
        const quote = field(json, 'quoteResponse', 'result', 0);
        return field(quote, 'symbol') === 'AAPL' ? field(quote, 'regularMarketPrice') : undefined;
      },
    }),
  ]);
});
