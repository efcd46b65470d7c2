import type { RecordedAnswer } from '../../../test/data.ts';
import {
  barsQuestion,
  endpointOf,
  questionOf,
  RECEIVED_AT_MS,
  settingsOf,
  verdicts,
} from '../exchange.testing.ts';
import { describeRecorded, type Judged, recordedResponse } from '../recorded.testing.ts';
import { alphaVantage } from './alpha-vantage.ts';

const settings = settingsOf(alphaVantage);
const quote = endpointOf(alphaVantage, 'stocks/quote');
const rate = endpointOf(alphaVantage, 'crypto/rate');
const stockBars = endpointOf(alphaVantage, 'stocks/intraday');
const news = endpointOf(alphaVantage, 'news');

const flat = (body: string): string => body.replace(/\s+/g, ' ');
const after = (body: string, member: string): string | undefined =>
  new RegExp(`"[\\d. ]*${member}": ?"([^"]*)"`).exec(flat(body))?.[1];

/** Each recorded body is asked of the endpoint that it belongs to, about the instrument that it names. */
function judge(answer: RecordedAnswer): Judged {
  const { body } = answer.response;
  const response = recordedResponse(answer);
  if (answer.file === 'global-quote.json') {
    const { readings } = quote.parse(response, [questionOf('market', after(body, 'symbol') ?? '')], settings);
    const [reading] = readings;
    const found = reading?.kind === 'ok' && reading.view.kind === 'market' ? reading.view.quote : null;
    const day = `${after(body, 'latest trading day')}T04:00:00Z`;
    const same = found?.price === Number(after(body, 'price')) && found.eventAtMs === Date.parse(day);
    return { readings, wrong: same ? [] : [`${found?.price} at ${found?.eventAtMs}`] };
  }
  if (answer.file === 'mock-time-series.json') {
    const question = barsQuestion(after(body, 'Symbol') ?? '', { fromMs: 0, toMs: RECEIVED_AT_MS });
    const { readings } = stockBars.parse(response, [question], settings);
    const [reading] = readings;
    const found = reading?.kind === 'ok' && reading.view.kind === 'bars' ? reading.view.bars : [];
    const stated = [
      ...flat(body).matchAll(/"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)": ?\{.*?close": ?"([\d.]+)"/g),
    ]
      .map(([, day, time, close]) => [Date.parse(`${day}T${time}-05:00`), Number(close)])
      .reverse();
    const same =
      JSON.stringify(found.map(({ openAtMs, close }) => [openAtMs, close])) === JSON.stringify(stated);
    return { readings, wrong: same ? [] : [`${found.length} bars instead of ${stated.length}`] };
  }
  const readings = [
    ...quote.parse(response, [questionOf('market', 'AAPL')], settings).readings,
    ...rate.parse(response, [questionOf('market', 'BTC-USD')], settings).readings,
    ...stockBars.parse(response, [barsQuestion('IBM')], settings).readings,
    ...news.parse(response, [questionOf('gauge', 'IBM')], settings).readings,
  ];
  const expected = {
    '2-per-second': 'limit',
    '25-per-day': 'quota',
    '5-per-minute': 'limit',
    premium: 'plan',
  };
  const [, kind] = Object.entries(expected).find(([name]) => answer.file.includes(name)) ?? [];
  return {
    readings,
    wrong: verdicts(readings).filter((found) => (kind === undefined ? found === 'ok' : found !== kind)),
  };
}

describeRecorded('alphavantage', judge);
