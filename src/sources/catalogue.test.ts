import { describe, expect, test } from 'vitest';
import { instrumentOf } from '../core/instrument.ts';
import { SOURCES } from './catalogue.ts';
import { sourceProblems } from './define-source.ts';
import { barsQuestion, questionOf, responseOf, settingsOf, stanceQuestion } from './exchange.testing.ts';

const sources = Object.values(SOURCES);
const instruments = ['AAPL', 'BRK.B', 'BTC-USD', 'ETH-USDT'].map(instrumentOf);

const questionFor = {
  market: (id: string) => questionOf('market', id),
  rating: (id: string) => questionOf('rating', id),
  gauge: (id: string) => questionOf('gauge', id),
  bars: (id: string) => barsQuestion(id),
  stance: stanceQuestion,
};

describe.each(sources)('$id', (source) => {
  const settings = settingsOf(source);

  test('is well defined and listed under its own id', () => {
    expect(sourceProblems(source)).toEqual([]);
    expect(SOURCES[source.id]).toBe(source);
  });

  test('asks its own base address of today, and follows it when it is moved', () => {
    for (const endpoint of source.endpoints) {
      const accepted = instruments.filter((instrument) => endpoint.accepts(instrument));
      expect(accepted.length, endpoint.name).toBeGreaterThan(0);
      const batch = accepted.slice(0, endpoint.batchMax).map(({ id }) => questionFor[endpoint.kind](id));
      expect(endpoint.weight(batch)).toBeGreaterThan(0);
      const { url, headers } = endpoint.request(batch, settings, null);
      expect(url.startsWith(`${source.defaultBaseUrl}/`)).toBe(true);
      expect(headers['user-agent']).toMatch(/./);
      const moved = { ...settings, baseUrl: 'http://127.0.0.1:9/moved' };
      expect(endpoint.request(batch, moved, null).url).toBe(
        url.replace(source.defaultBaseUrl, moved.baseUrl),
      );
    }
  });

  test('fails every question of a batch alike, in one line without keys, when the server is broken', () => {
    for (const endpoint of source.endpoints) {
      const batch = instruments
        .filter((instrument) => endpoint.accepts(instrument))
        .slice(0, endpoint.batchMax)
        .map(({ id }) => questionFor[endpoint.kind](id));
      const echo = Object.values(settings.keys).join('\n');
      const { readings } = endpoint.parse(responseOf(`broken: ${echo}`, 503), batch, settings);
      expect(readings.map((reading) => reading.kind === 'failed' && reading.failure.kind)).toEqual(
        batch.map(() => 'down'),
      );
      expect(JSON.stringify(readings)).not.toContain('canary');
    }
  });

  test('reads no allowance out of an answer without headers', () => {
    expect(Object.values(source.limitState(responseOf({}))).every((value) => value === null)).toBe(true);
  });
});

test('names that every object has are no sources', () => {
  expect(SOURCES.constructor).toBeUndefined();
});
