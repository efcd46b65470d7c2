import { describe, expect, test } from 'vitest';
import { stage } from './engine.testing.ts';

const agreeing = { a: { score: 0.9 }, b: { score: 0.9 }, c: { score: 0.9 } };

/** An engine on two symbols with an open signal each. */
async function started() {
  const made = stage(agreeing, ['AAPL', 'MSFT']);
  await made.cycles(2);
  expect(made.board.openSignals().map(({ instrumentId }) => instrumentId)).toEqual(['AAPL', 'MSFT']);
  return made;
}

describe('an engine that takes on another configuration', () => {
  test('runs every decision of a cycle under one version, from the next cycle on', async () => {
    const { engine, config, desks, published, cycles } = await started();
    engine.adopt(async () => ({ config, configVersion: 'v2', desks }));
    await cycles(1);
    const versions = published.flatMap((entry) =>
      entry.type === 'decision' ? [`${entry.body.cycle} ${entry.body.configVersion}`] : [],
    );
    expect(new Set(versions)).toEqual(new Set(['1 v1', '3 v2']));
    expect(versions.filter((version) => version === '3 v2')).toHaveLength(2);
  });

  test('takes only the newest of two that wait', async () => {
    const { engine, config, desks, board, cycles } = await started();
    const made: string[] = [];
    for (const configVersion of ['v2', 'v3']) {
      engine.adopt(async () => {
        made.push(configVersion);
        return { config, configVersion, desks };
      });
    }
    await cycles(2);
    expect(made).toEqual(['v3']);
    expect(board.decisions().map(({ configVersion }) => configVersion)).toEqual(['v3', 'v3']);
  });

  test('keeps the signal of a symbol that leaves, and gives it back when it returns', async () => {
    const { engine, config, desks, board, published, cycles } = await started();
    const [apple, microsoft] = desks;
    if (apple === undefined || microsoft === undefined) throw new Error('two desks');
    engine.adopt(async () => ({ config, configVersion: 'v2', desks: [apple] }));
    await cycles(2);
    expect(board.decisions().map(({ instrumentId }) => instrumentId)).toEqual(['AAPL']);
    expect(board.openSignals().map(({ instrumentId }) => instrumentId)).toEqual(['AAPL', 'MSFT']);
    const anew = { ...microsoft, standing: null, signal: null, weighed: null };
    engine.adopt(async () => ({ config, configVersion: 'v3', desks: [apple, anew] }));
    await cycles(2);
    expect(anew).toMatchObject({ signal: { instrumentId: 'MSFT' }, standing: { kind: 'BUY' } });
    const opened = published.filter((entry) => entry.type === 'signal' && entry.body.event === 'opened');
    expect(opened).toHaveLength(2);
  });

  test('goes on under the old one while the change cannot be made, and makes it when it can', async () => {
    const { engine, config, desks, board, failures, cycles } = await started();
    let isRefusing = true;
    engine.adopt(async () => {
      if (isRefusing) throw new Error('the record refuses');
      return { config, configVersion: 'v2', desks };
    });
    await cycles(2);
    expect(board.decisions().map(({ configVersion }) => configVersion)).toEqual(['v1', 'v1']);
    expect(failures).toHaveLength(2);
    isRefusing = false;
    await cycles(1);
    expect(board.decisions().map(({ configVersion }) => configVersion)).toEqual(['v2', 'v2']);
  });
});
