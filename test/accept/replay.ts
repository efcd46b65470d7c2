import { part } from './part.ts';
import { CRYPTO_2023, type ReplayReport, replayRun, STOCKS_2019 } from './replay-run.ts';

/** A week of stocks and three weeks of crypto, minute by minute, as recorded. Options: `--crypto-cycles N`. */
await part('replay', { 'crypto-cycles': '30000' }, async (options) => {
  const [stocks, crypto] = await Promise.all([
    replayRun(STOCKS_2019, null),
    replayRun(CRYPTO_2023, Number(options['crypto-cycles'])),
  ]);
  return {
    faults: [
      ...stocks.faults.map((fault) => `stocks: ${fault}`),
      ...crypto.faults.map((fault) => `crypto: ${fault}`),
    ],
    figures: { stocks: figuresOf(stocks), crypto: figuresOf(crypto) },
  };
});

function figuresOf({ wallMs, why, faults, ...figures }: ReplayReport) {
  const wallS = Math.round(wallMs / 100) / 10;
  const cyclesPerS = Math.round((figures.cycles / wallMs) * 1_000);
  return { wallS, cyclesPerS, ...figures, why: why.split('\n')[1], faults: faults.length };
}
