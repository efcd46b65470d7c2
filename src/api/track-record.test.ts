import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CONFIG_VERSION,
  createFakeService,
  decisionOf,
  type FakeService,
  openedOf,
  slotAtMs,
} from '../../test/fake-service.ts';
import { outcomeOf } from '../core/outcome.testing.ts';
import type { SignalOutcome } from '../core/outcome.ts';
import { createSystemClock } from '../platform/system-clock.ts';
import { type Api, createApi } from './api.ts';
import { outcomesAnswer, statisticsAnswer } from './track-record-schemas.ts';

const server = { host: '127.0.0.1', port: 8137 };
const SIMULATED = { kind: 'SIMULATED', seed: 'test' } as const;

let service: FakeService;
let api: Api;

/** Three signals in three cycles: two resolved, one that nobody can judge. */
beforeAll(async () => {
  service = createFakeService();
  const config = { outcomes: { outcomesMin: 2 } };
  await service.ledger.appendConfig({ version: CONFIG_VERSION, atMs: slotAtMs(0), label: SIMULATED, config });
  const outcomes: SignalOutcome[] = [];
  for (const [index, [instrumentId, score]] of (
    [
      ['AAPL', 0.8],
      ['NVDA', 0.7],
      ['TSLA', -0.8],
    ] as const
  ).entries()) {
    const cycle = index + 1;
    const votes = { alpaca: score, yahoo: score, binance: score, xai: -score / 4 };
    const decision = decisionOf({ instrumentId, cycle, votes });
    const opened = openedOf(decision, 1);
    await service.commit(cycle, [decision], [opened]);
    const slot = { cycle: 4 + cycle, atMs: slotAtMs(4 + cycle) };
    const won = outcomeOf(opened.signal, slot, true);
    const { signalId, side } = won;
    const lost = { ...won, netReturn: -0.001 };
    const untold = {
      signalId,
      instrumentId,
      side,
      ...slot,
      kind: 'unresolved',
      reason: 'gap',
      detail: 'no bar for 600 s',
    } as const;
    outcomes.push(instrumentId === 'AAPL' ? won : instrumentId === 'NVDA' ? lost : untold);
  }
  for (const outcome of outcomes) await service.commit(outcome.cycle, [], [], [outcome]);
  api = await createApi({ ...service, server, webRoot: null, clock: createSystemClock() });
});

afterAll(() => api.close());

async function body(url: string): Promise<unknown> {
  const answer = await api.app.inject({ method: 'GET', url, headers: { host: '127.0.0.1:8137' } });
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

describe('outcomes', () => {
  test.each([
    ['', ['TSLA', 'NVDA', 'AAPL']],
    ['?kind=resolved', ['NVDA', 'AAPL']],
    ['?kind=unresolved', ['TSLA']],
    ['?side=SELL', ['TSLA']],
    ['?instrument=NVDA', ['NVDA']],
    [`?from=${slotAtMs(6)}`, ['TSLA', 'NVDA']],
    [`?to=${slotAtMs(5)}`, ['AAPL']],
    ['?limit=1', ['TSLA']],
  ])('%s', async (query, symbols) => {
    const { outcomes } = outcomesAnswer.parse(await body(`/api/v1/outcomes${query}`));
    expect(outcomes.map(({ outcome }) => outcome.instrumentId)).toEqual(symbols);
  });

  test('carry their signal and the kind of prices they rest on', async () => {
    const { outcomes } = outcomesAnswer.parse(await body('/api/v1/outcomes'));
    for (const { label, signal, outcome } of outcomes) {
      expect(label).toEqual(SIMULATED);
      expect(signal.id).toBe(outcome.signalId);
    }
  });

  test('are read to the end page by page', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `/api/v1/outcomes?limit=1${cursor && `&cursor=${cursor}`}`;
      const page = outcomesAnswer.parse(await body(url));
      seen.push(...page.outcomes.map(({ outcome }) => outcome.instrumentId));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['TSLA', 'NVDA', 'AAPL']);
  });
});

describe('statistics', () => {
  test('say on what prices they are, and count what is on record', async () => {
    const found = statisticsAnswer.parse(await body('/api/v1/statistics'));
    expect(found).toMatchObject({
      label: SIMULATED,
      setAside: 0,
      slices: null,
      all: {
        resolved: 2,
        unresolved: { gap: 1, halt: 0, split: 0, noBars: 0 },
        winRate: { kind: 'measured', rate: 0.5 },
        expectancy: { kind: 'measured', mean: expect.closeTo((3 / 184.37 - 0.0006 - 0.001) / 2, 12) },
        excess: { kind: 'measured', mean: expect.closeTo(3 / 184.37 - 0.0001, 12) },
      },
    });
    expect(
      found.sources.map(({ sourceId, hitRate }) => [sourceId, 'rate' in hitRate && hitRate.rate]),
    ).toEqual([
      ['alpaca', 1],
      ['binance', 1],
      ['xai', 0],
      ['yahoo', 1],
    ]);
  });

  test('of too few outcomes are no numbers, and say so', async () => {
    const { slices } = statisticsAnswer.parse(await body('/api/v1/statistics?by=symbol&side=BUY'));
    expect(slices?.map(({ key, statistics }) => [key, statistics.winRate])).toEqual(
      ['AAPL', 'NVDA'].map((key) => [
        key,
        { kind: 'notEnough', outcomes: 1, outcomesMin: 2, says: 'not enough outcomes (1 of 2)' },
      ]),
    );
  });

  test.each([
    ['instrument=AAPL', 1],
    ['side=SELL', 0],
    [`from=${slotAtMs(6)}`, 1],
    [`to=${slotAtMs(4)}`, 0],
  ])('with %s are of those alone', async (query, resolved) => {
    const { all } = statisticsAnswer.parse(await body(`/api/v1/statistics?${query}`));
    expect(all.resolved).toBe(resolved);
  });

  test('follow the record', async () => {
    const before = statisticsAnswer.parse(await body('/api/v1/statistics?by=side'));
    const decision = decisionOf({
      instrumentId: 'MSFT',
      cycle: 20,
      votes: { alpaca: 0.8, yahoo: 0.8, binance: 0.8, xai: 0.8 },
    });
    const opened = openedOf(decision, 1);
    await service.commit(20, [decision], [opened]);
    const { id: signalId, instrumentId, side } = opened.signal;
    const found = { kind: 'unresolved', reason: 'halt', detail: 'halted' } as const;
    await service.commit(
      21,
      [],
      [],
      [{ signalId, instrumentId, side, cycle: 21, atMs: slotAtMs(21), ...found }],
    );
    const after = statisticsAnswer.parse(await body('/api/v1/statistics?by=side'));
    expect(before.all.unresolved.halt).toBe(0);
    expect(after.all.unresolved.halt).toBe(1);
  });
});
