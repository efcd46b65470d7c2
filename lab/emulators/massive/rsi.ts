import { DAY_MS } from '../../market/market.ts';
import { countOf } from '../core/formats.ts';
import type { Call, Reply } from '../core/provider.ts';
import { knownUntilMs } from './aggs.ts';
import { idOf, tickerOf } from './symbols.ts';

const TIMESPANS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: DAY_MS };
/** Bars before the first stated value, so that the seed of the average has faded. */
const RUN_IN = 100;

/** The provider's own RSI, newest first; the address of the bars it was taken of names the ticker. */
export function rsiReply(call: Call): Reply {
  const { look, params, request } = call;
  const timespan = request.query.get('timespan') ?? 'day';
  const intervalMs = TIMESPANS[timespan];
  if (intervalMs === undefined) {
    return {
      status: 400,
      body: { status: 'ERROR', request_id: 'lab', error: `unknown timespan ${timespan}` },
    };
  }
  const window = countOf(request.query.get('window'), 14, 500);
  const count = countOf(request.query.get('limit'), 10, 5_000);
  const asked = params.ticker as string;
  const id = look.subject(idOf(asked));
  const bars = id === null ? [] : look.lastBars(id, intervalMs, window + RUN_IN + count, knownUntilMs(call));
  const values = wilderRsi(
    bars.map(({ close }) => close),
    window,
  )
    .map((value, at) => ({ timestamp: bars[at + window]?.openAtMs, value }))
    .slice(-count)
    .reverse();
  const first = bars[0]?.openAtMs ?? 0;
  const ticker = id === null ? asked : tickerOf(id);
  const url = `https://api.massive.com/v2/aggs/ticker/${ticker}/range/1/${timespan}/${first}/${call.nowMs}?limit=${bars.length}&sort=desc`;
  const results = { underlying: { url }, ...(values.length > 0 && { values }) };
  return { status: 200, body: { results, status: 'OK', request_id: 'lab' } };
}

/** Wilder (1978): one value per close from the `window`-th change on. A market that never moved is at 50. */
function wilderRsi(closes: readonly number[], window: number): number[] {
  const values: number[] = [];
  let [gain, loss] = [0, 0];
  for (let at = 1; at < closes.length; at += 1) {
    const change = (closes[at] as number) - (closes[at - 1] as number);
    const weight = at <= window ? at : window;
    gain += (Math.max(0, change) - gain) / weight;
    loss += (Math.max(0, -change) - loss) / weight;
    if (at >= window) values.push(gain + loss === 0 ? 50 : (100 * gain) / (gain + loss));
  }
  return values;
}
