import { describe, expect, test } from 'vitest';
import type { Answer, Ask, Gateway } from '../core/answer.ts';
import { failure } from '../core/failure.ts';
import { instrumentOf } from '../core/instrument.ts';
import { createMemoryLedger } from '../ledger/memory/ledger.ts';
import { createVirtualClock } from '../platform/virtual-clock.ts';
import { Recorder } from './recorder.ts';
import type { TapeLine } from './tape-line.ts';

const ASK: Ask = {
  sourceId: 'kraken',
  question: { kind: 'market', instrument: instrumentOf('BTC-USD') },
  deadlineAtMs: 5_000,
};
const SILENCE: Answer = { kind: 'failed', failure: failure('timeout', 'no answer') };

function stage() {
  const virtual = createVirtualClock(1_000);
  let readings = 0;
  // As a real one it goes on while one looks.
  const clock = { ...virtual, nowMs: () => virtual.nowMs() + readings++ };
  const tape: TapeLine[] = [];
  const asked: PromiseWithResolvers<Answer>[] = [];
  const gateway: Gateway = {
    put: (_ask, told) => {
      const answer = Promise.withResolvers<Answer>();
      asked.push(answer);
      void answer.promise.then(told);
    },
    ask: async () => [],
    judged: () => {},
    health: () => [],
    close: async () => {},
  };
  const recorder = new Recorder(clock, 1_000, (line) => tape.push(line));
  const outside = recorder.outside({
    gateway,
    clock,
    random: { next: () => 0.5 },
    record: createMemoryLedger(),
  });
  return { virtual, tape, asked, outside };
}

function put(gateway: Gateway, ask: Ask): Promise<Answer> {
  return new Promise((told) => gateway.put(ask, told));
}

/** Steps of a chain of promises, as they come. */
async function chain(name: string, answer: Promise<Answer> | undefined, log: string[]): Promise<void> {
  await answer;
  for (const step of ['hears', 'thinks', 'says']) {
    log.push(`${name} ${step}`);
    await Promise.resolve();
  }
}

describe('an engine that is recorded', () => {
  test('hears one answer after the other, each when it is done with the one before', async () => {
    const { asked, outside, virtual } = stage();
    const log: string[] = [];
    const answers = [ASK, ASK].map((ask) => put(outside.gateway, ask));
    const both = answers.map((answer, index) => chain(`${index}`, answer, log));
    for (const { resolve } of asked) resolve(SILENCE);
    await Promise.all(both);
    expect(log).toEqual(['0 hears', '0 thinks', '0 says', '1 hears', '1 thinks', '1 says']);
    expect(virtual.nowMs()).toBe(1_000);
  });

  test('sees a clock that stands still until something happens, and then shows what is on the tape', async () => {
    const { asked, outside, tape } = stage();
    const { clock, gateway } = outside;
    expect([clock.nowMs(), clock.nowMs()]).toEqual([1_000, 1_000]);
    const answer = put(gateway, ASK);
    asked[0]?.resolve(SILENCE);
    await answer;
    const shown = clock.nowMs();
    expect(clock.nowMs()).toBe(shown);
    expect(tape.at(-1)).toEqual({ is: 'answer', ask: 1, answer: SILENCE, atMs: shown });
  });

  test('is woken by name: of those who wait for one moment the one that is due, and nobody who no longer waits', async () => {
    const { outside, tape, virtual } = stage();
    const woken: string[] = [];
    const cancel = outside.clock.at(2_000, () => woken.push('a'));
    outside.clock.at(2_000, () => woken.push('b'));
    outside.clock.at(2_000, () => woken.push('c'));
    cancel();
    await virtual.advanceTo(3_000);
    await virtual.advanceTo(3_001);
    expect(woken).toEqual(['b', 'c']);
    const wakes = tape.filter(({ is }) => is === 'wake');
    expect(wakes).toEqual([
      { is: 'wake', dueAtMs: 2_000, nth: 0, atMs: expect.any(Number) },
      { is: 'wake', dueAtMs: 2_000, nth: 0, atMs: expect.any(Number) },
    ]);
  });

  test('leaves its questions on the tape, the instrument by its id alone', () => {
    const { outside, tape } = stage();
    void put(outside.gateway, ASK);
    expect(tape).toEqual([
      {
        is: 'ask',
        ask: 1,
        sourceId: 'kraken',
        question: { kind: 'market', instrument: 'BTC-USD' },
        deadlineAtMs: 5_000,
      },
    ]);
  });
});
