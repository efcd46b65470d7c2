import { describeWithData, type RecordedAnswer } from '../../../test/data.ts';
import { parseInstrument } from '../../core/instrument.ts';
import type { Question, View } from '../../core/question.ts';
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
import { alpaca } from './alpaca.ts';

/** Answers of the endpoints that this source asks: each must give at least one reading. */
const OURS = new Set([
  'go-CryptoSnapshot-1.json',
  'go-Snapshots-1.json',
  'go-GetBars-1.json',
  'go-GetBars_Asof-2.json',
  'go-GetCryptoBars-1.json',
  'go-GetCryptoMultiBars-1.json',
  'go-GetMultiBars-1.json',
  'py-stock-get_bars.json',
  'py-stock-multisymbol_get_bars.json',
]);

/** Every symbol that stands as a name in the body, in our spelling, and one that does not. */
function instrumentsIn(body: string): string[] {
  const names = [...body.matchAll(/"([A-Z.]{1,5}|[A-Z]{2,6}\/USD)"\s*:/g)].map(([, name = '']) =>
    name.replace('/', '-'),
  );
  return [...new Set([...names, 'ZZZZ', 'ZZZZ-USD'])].filter((id) => parseInstrument(id).kind === 'ok');
}

/** The least distance between two times of the body: the interval of its bars. */
function spacingMs(body: string): number {
  const times = [...body.matchAll(/"t"\s*:\s*"([^"]+)"/g)]
    .map(([, time = '']) => Date.parse(time))
    .sort((a, b) => a - b);
  const steps = times.flatMap((time, index) => (index === 0 ? [] : [time - (times[index - 1] ?? 0)]));
  return Math.min(86_400_000, ...steps.filter((step) => step >= 60_000));
}

/** What the text itself says of a symbol, found by its shape and not by reading JSON. */
function statedIn(body: string, symbol: string, kind: string): number[] {
  const name = symbol.replace('.', '\\.');
  if (kind === 'market') {
    const price = new RegExp(`"${name}"\\s*:\\s*\\{\\s*"latestTrade"\\s*:\\s*\\{[^}]*?"p"\\s*:\\s*([\\d.]+)`);
    return [price.exec(body)?.[1] ?? 'none'].map(Number);
  }
  const series = new RegExp(`"${name}"\\s*:\\s*\\[([^\\]]*)\\]`).exec(body)?.[1] ?? '';
  const rows = series.matchAll(/"t"\s*:\s*"([^"]+)"[^}]*?"c"\s*:\s*([\d.]+)/g);
  // Of two bars of one time the later one counts: old crypto answers hold one row per exchange.
  return [...new Map([...rows].map(([, time, close]) => [time, Number(close)])).values()];
}

function readIn(view: View): number[] {
  if (view.kind === 'market') return [view.quote.price];
  return view.kind === 'bars' ? view.bars.map((bar) => bar.close) : [];
}

function judge(answer: RecordedAnswer): Judged {
  const response = recordedResponse(answer);
  const readings = [];
  const wrong: string[] = [];
  for (const endpoint of alpaca.endpoints) {
    const batch: Question[] = instrumentsIn(response.body)
      .map((id) =>
        barsQuestion(id, { intervalMs: spacingMs(response.body), fromMs: 0, toMs: RECEIVED_AT_MS }),
      )
      .map((question) => (endpoint.kind === 'market' ? { ...question, kind: 'market' } : question))
      .filter(({ instrument }) => endpoint.accepts(instrument)) as Question[];
    const parsed = endpoint.parse(response, batch, settingsOf(alpaca));
    readings.push(...parsed.readings);
    for (const [index, reading] of parsed.readings.entries()) {
      const { instrument } = batch[index] as Question;
      if (reading.kind === 'failed') continue;
      const stated = statedIn(response.body, instrument.id.replace('-', '/'), endpoint.kind);
      wrong.push(...differences(instrument.id, readIn(reading.view), stated));
    }
  }
  const answered = readings.some(({ kind }) => kind === 'ok');
  if (answered !== OURS.has(answer.file)) wrong.push(answered ? 'read as an answer of ours' : 'not read');
  return { readings, wrong };
}

describeRecorded('alpaca', judge);

describeWithData('recorded answers of alpaca, mutated', () => {
  const settings = settingsOf(alpaca);
  describeTorture('alpaca', [
    recordedSpecimen('alpaca', 'go-Snapshots-1.json', {
      endpoint: endpointOf(alpaca, 'stocks/snapshots'),
      batch: [questionOf('market', 'MSFT'), questionOf('market', 'AAPL')],
      settings,
      witness: (json, { id }) => field(json, id, 'latestTrade', 'p'),
    }),
    recordedSpecimen('alpaca', 'go-GetCryptoBars-1.json', {
      endpoint: endpointOf(alpaca, 'crypto/bars'),
      batch: [barsQuestion('BCH-USD', { fromMs: 0 })],
      settings,
    }),
  ]);
});
