import type { RecordedAnswer } from '../../../test/data.ts';
import { parseInstrument } from '../../core/instrument.ts';
import { barsQuestion, endpointOf, questionOf, RECEIVED_AT_MS, settingsOf } from '../exchange.testing.ts';
import { describeRecorded, type Judged, recordedResponse } from '../recorded.testing.ts';
import { massive } from './massive.ts';

const settings = settingsOf(massive);
const stocks = endpointOf(massive, 'stocks/snapshots');
const crypto = endpointOf(massive, 'crypto/snapshots');
const bars = endpointOf(massive, 'bars');
const rsi = endpointOf(massive, 'rsi');

/** The single form of the snapshot is not asked for, but its ticker is the same: a list of one is made of it. */
function asList(body: string): string {
  const single = /"ticker":\s*\{/.test(body) ? JSON.parse(body).ticker : null;
  return single === null ? body : JSON.stringify({ status: 'OK', tickers: [single] });
}

const flat = (body: string): string => body.replace(/\s+/g, '');

/** Every recorded ticker is read and compared with the neighbouring text of its name in the raw body. */
function judgeSnapshots(answer: RecordedAnswer): Judged {
  const assetClass = answer.request.url.includes('/crypto/') ? 'crypto' : 'stock';
  const endpoint = assetClass === 'crypto' ? crypto : stocks;
  const body = asList(answer.response.body);
  const idOf = (symbol: string): string =>
    assetClass === 'stock' ? symbol : `${symbol.slice(2, -3)}-${symbol.slice(-3)}`;
  const symbols = [...flat(body).matchAll(/"ticker":"((?:X:)?[A-Z]+)"/g)]
    .map(([, symbol = '']) => symbol)
    .filter((symbol) => parseInstrument(idOf(symbol)).kind === 'ok');
  const batch = symbols.map((symbol) => questionOf('market', idOf(symbol)));
  const { readings } = endpoint.parse({ ...recordedResponse(answer), body }, batch, settings);
  const wrong = readings.flatMap((reading, index) => {
    if (reading.kind === 'failed' || reading.view.kind !== 'market') return [];
    const before = flat(body).split(`"ticker":"${symbols[index]}"`)[0] ?? '';
    const [, price, stamp] =
      [...before.matchAll(/"lastTrade":\{.*?"p":([\d.e-]+),.*?"t":(\d+)/g)].at(-1) ?? [];
    const { quote } = reading.view;
    const stampMs = Number(assetClass === 'stock' ? stamp?.slice(0, -6) : stamp);
    return quote.price === Number(price) && Math.abs((quote.eventAtMs ?? 0) - stampMs) <= 1
      ? []
      : [`${symbols[index]}: ${quote.price} at ${quote.eventAtMs} instead of ${price} at ${stampMs}`];
  });
  return { readings, wrong };
}

function judgeBars(answer: RecordedAnswer): Judged {
  const question = barsQuestion('AAPL', { intervalMs: 86_400_000, fromMs: 0, toMs: RECEIVED_AT_MS });
  const { readings } = bars.parse(recordedResponse(answer), [question], settings);
  const closes = [...flat(answer.response.body).matchAll(/"c":([\d.]+).*?"t":(\d+)/g)].map(
    ([, close, at]) => [Number(at), Number(close)],
  );
  const [reading] = readings;
  const read = reading?.kind === 'ok' && reading.view.kind === 'bars' ? reading.view.bars : [];
  const same =
    JSON.stringify(read.map(({ openAtMs, close }) => [openAtMs, close])) === JSON.stringify(closes);
  return { readings, wrong: same ? [] : [`${read.length} bars instead of ${closes.length}`] };
}

/** Answers of addresses that are never asked: whatever endpoint they come back from, they are nothing. */
function judgeOther(answer: RecordedAnswer): Judged {
  const response = recordedResponse(answer);
  const readings = [
    ...stocks.parse(response, [questionOf('market', 'AAPL')], settings).readings,
    ...bars.parse(response, [barsQuestion('AAPL')], settings).readings,
    ...rsi.parse(response, [questionOf('gauge', 'AAPL')], settings).readings,
  ];
  return {
    readings,
    wrong: readings.filter(({ kind }) => kind === 'ok').map(() => 'a view out of another answer'),
  };
}

describeRecorded('polygon', (answer) => {
  if (/snapshot\/locale/.test(answer.request.url)) return judgeSnapshots(answer);
  if (answer.request.url.includes('/v2/aggs/') && answer.kind === 'success') return judgeBars(answer);
  return judgeOther(answer);
});
