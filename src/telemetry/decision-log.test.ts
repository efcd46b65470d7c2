import { beforeEach, expect, test } from 'vitest';
import { createFakeService, decisionOf } from '../../test/fake-service.ts';
import { createLogger, type Logger } from '../platform/logger.ts';
import { Redactor } from '../platform/redactor.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { logDecisions } from './decision-log.ts';

type Line = Record<string, unknown> & { readonly text: string };

const BUY = { alpaca: 0.9, yahoo: 0.8, binance: 0.9, xai: 0.9 };
const SELL = { alpaca: -0.9, yahoo: -0.8, binance: -0.9, xai: -0.9 };

let service: ReturnType<typeof createFakeService>;
let log: Logger;
let lines: Line[];

beforeEach(() => {
  lines = [];
  service = createFakeService();
  log = createLogger({
    level: 'info',
    clock: createVirtualClock(1_000),
    redactor: new Redactor(['s3cret-key']),
    write: (line) => void lines.push(JSON.parse(line) as Line),
  });
  logDecisions(service.live, log);
});

test('every decision that changes is a line that names it, however often it goes back and forth', async () => {
  for (const [cycle, votes] of [BUY, SELL, BUY, SELL].entries())
    await service.commit(cycle + 1, [decisionOf({ instrumentId: 'AAPL', cycle: cycle + 1, votes })]);
  expect(lines.map(({ kind }) => kind)).toEqual(['BUY', 'SELL', 'BUY', 'SELL']);
  const { configVersion } = decisionOf({ instrumentId: 'AAPL', cycle: 1, votes: BUY });
  expect(lines[2]).toMatchObject({
    level: 'info',
    text: 'a decision changed',
    reason: null,
    seq: expect.any(Number),
    decision: { id: 'AAPL@3', instrumentId: 'AAPL', cycle: 3, configVersion },
  });
});

test('one that only rests on other votes is told to those who look closer', async () => {
  const commit = (cycle: number, votes: typeof BUY) =>
    service.commit(cycle, [decisionOf({ instrumentId: 'AAPL', cycle, votes })]);
  await commit(1, BUY);
  await commit(2, { ...BUY, xai: 0.8 });
  expect(lines).toHaveLength(1);
  log.setLevel('debug');
  await commit(3, { ...BUY, xai: 0.7 });
  expect(lines[1]).toMatchObject({ level: 'debug', decision: { id: 'AAPL@3' } });
});

test('sources that did not count are told with the decision, grouped over the symbols, and without secrets', async () => {
  const decisions = ['AAPL', 'MSFT', 'BTC-USD'].map((instrumentId, index) => ({
    ...decisionOf({ instrumentId, cycle: 1, votes: BUY }),
    leftOut: [{ sourceId: 'xai', reason: 'down', detail: `503 for s3cret-key, request ${index}` }],
  }));
  await service.commit(1, decisions);
  log.close();
  const told = lines.filter(({ text }) => text === 'a source did not count');
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ sourceId: 'xai', reason: 'down', decision: { id: 'AAPL@1', cycle: 1 } });
  expect(told[1]).toMatchObject({ sourceId: 'xai', repeated: 2 });
  expect(JSON.stringify(lines)).not.toContain('s3cret-key');
});

test('nothing is kept or written below the level', async () => {
  log.setLevel('warn');
  await service.commit(1, [decisionOf({ instrumentId: 'AAPL', cycle: 1, votes: BUY })]);
  log.setLevel('info');
  await service.commit(2, [decisionOf({ instrumentId: 'AAPL', cycle: 2, votes: { ...BUY, xai: 0.8 } })]);
  expect(lines.map(({ level }) => level)).toEqual(['info']);
});
