import { describe, expect, test } from 'vitest';
import { tapeReplayLines } from './replay-tape.ts';

type Replayed = Parameters<typeof tapeReplayLines>[0];

const replayed = (cycles: number, cut: string | null): Replayed => ({
  kind: 'identical',
  header: {
    sextant: '0.1.0',
    label: { kind: 'LIVE' },
    startAtMs: Date.UTC(2026, 0, 15),
    configVersion: 'c0ffee',
  } as Replayed['header'],
  cycles,
  same: { decisions: 3 * cycles, signals: 0, outcomes: 0 },
  difference: null,
  cut,
});

describe('the words about a tape that was played', () => {
  test('call identical what was compared', () => {
    expect(tapeReplayLines(replayed(2, null)).at(-1)).toBe(
      'identical: 6 decisions, 0 signal events, 0 outcomes in 2 cycles',
    );
  });

  test('call nothing identical where nothing was compared', () => {
    const lines = tapeReplayLines(replayed(0, 'it was cut off'));
    expect(lines.at(-2)).toBe('the tape ends early: it was cut off');
    expect(lines.at(-1)).toMatch(/^nothing was compared/);
    expect(lines.join()).not.toContain('identical');
  });
});
