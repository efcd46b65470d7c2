import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as kit from 'backtest-kit';

/**
 * backtest-kit over the bars of a file, symbol after symbol: a rule like that of three analysts, of whom all must agree. Copied
 * to the folder into which it is installed, and run there: `node replay-peer.js BARS FIRST COUNT isInMemory`.
 */

const [, , file, firstBar, count, isInMemory] = process.argv;
const MINUTE_MS = 60_000;

/** Files of its own are replaced by nothing wherever it offers to. */
if (isInMemory === 'true') {
  for (const adapter of Object.values(kit)) {
    const [isObject, isFunction] = [typeof adapter === 'object', typeof adapter === 'function'];
    if (adapter !== null && (isObject || isFunction) && typeof adapter.useDummy === 'function')
      adapter.useDummy();
  }
}

const series = new Map();
for await (const line of createInterface({ input: createReadStream(file) })) {
  const [symbol, ...figures] = line.split(',');
  if (!series.has(symbol)) series.set(symbol, []);
  const [timestamp, open, high, low, close, volume] = figures.map(Number);
  series.get(symbol).push({ timestamp, open, high, low, close, volume });
}
const [[, some]] = series;
const firstMs = some[0].timestamp;

// Targets and stops as near as those of the engine are refused otherwise.
kit.setConfig({
  CC_PERCENT_FEE: 0,
  CC_PERCENT_SLIPPAGE: 0,
  CC_MIN_TAKEPROFIT_DISTANCE_PERCENT: 0.001,
  CC_MIN_STOPLOSS_DISTANCE_PERCENT: 0.001,
});
kit.addExchangeSchema({
  exchangeName: 'memory',
  getCandles: async (symbol, _interval, since, limit) => {
    const at = Math.max(0, Math.round((since.getTime() - firstMs) / MINUTE_MS));
    return series.get(symbol).slice(at, at + limit);
  },
  formatPrice: (_, price) => String(price),
  formatQuantity: (_, quantity) => String(quantity),
});
kit.addFrameSchema({
  frameName: 'bars',
  interval: '1m',
  startDate: new Date(firstMs + Number(firstBar) * MINUTE_MS),
  endDate: new Date(firstMs + (Number(firstBar) + Number(count)) * MINUTE_MS),
});
kit.addStrategySchema({ strategyName: 'three', interval: '1m', getSignal });

async function getSignal(symbol, _when, currentPrice) {
  asked += 1;
  const candles = await kit.getCandles(symbol, '1m', 60);
  let [fast, slow, mean, range] = [candles[0].close, candles[0].close, 0, 0];
  for (const { high, low, close } of candles) {
    fast += ((close - fast) * 2) / 13;
    slow += ((close - slow) * 2) / 27;
    mean += close / candles.length;
    range += (high - low) / candles.length;
  }
  const last = candles.at(-1).close;
  const trend = Math.sign(fast - slow);
  const momentum = Math.sign(last - candles.at(-11).close);
  const reversion = -Math.sign(last - mean);
  if (trend === 0 || trend !== momentum || trend !== reversion) return null;
  return {
    position: trend > 0 ? 'long' : 'short',
    priceTakeProfit: currentPrice + trend * 3 * range,
    priceStopLoss: currentPrice - trend * 2 * range,
    minuteEstimatedTime: 240,
  };
}

let faults = 0;
let asked = 0;
kit.listenError(() => {
  faults += 1;
});
const [startedMs, startedCpu] = [performance.now(), process.cpuUsage()];
let bars = 0;
for (const symbol of series.keys()) {
  for await (const _ of kit.Backtest.run(symbol, {
    strategyName: 'three',
    exchangeName: 'memory',
    frameName: 'bars',
  }));
  bars += Number(count);
}
const { user, system } = process.cpuUsage(startedCpu);
const figures = {
  bars,
  cpuS: (user + system) / 1e6,
  wallS: (performance.now() - startedMs) / 1_000,
  asked,
  faults,
};
process.stdout.write(`\n${JSON.stringify(figures)}\n`, () => process.exit(0));
