import { DAY_MS } from '../../market/market.ts';
import { countOf } from '../core/formats.ts';
import type { Look } from '../core/look.ts';
import { toneAt } from '../core/opinions.ts';
import type { Call, Provider, Reply } from '../core/provider.ts';

/** The last month of the leading coin is what the crowd feels. */
const TONE = { spanMs: 30 * DAY_MS, usualMove: 0.2 };
const ROWS_MAX = 365;

/** alternative.me's Crypto Fear and Greed Index (providers.md section 14): one value a day, at 00:00 UTC. */
export const fearAndGreed: Provider = {
  id: 'fear-and-greed',
  basePath: '',
  latencyMedianMs: 180,
  lagMs: 0,
  plans: {
    free: {
      limits: [
        {
          name: 'minutes',
          max: 600,
          windowMs: 600_000,
          counting: 'sliding',
          unit: 'requests',
          refusal: 'limit',
        },
      ],
      usdPerMonth: 0,
    },
  },
  routes: [{ name: 'fng', method: 'GET', path: '/fng/', answer: indexReply }],
  key: () => null,
  needsKey: () => false,
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return { status: 429, body: 'Too Many Requests', headers: { 'content-type': 'text/html' } };
      case 'auth':
        return { status: 401, body: 'Unauthorized' };
      case 'noRoute':
        return { status: 404, body: 'Not Found' };
      case 'down':
        return {
          status: 502,
          body: '<html><body>502 Bad Gateway</body></html>',
          headers: { 'content-type': 'text/html' },
        };
    }
  },
};

/** Text throughout; only the newest element says when the next value comes. */
function indexReply({ look, nowMs, request }: Call): Reply {
  const coin = look.listed.find((id) => id.startsWith('BTC-')) ?? look.listed.find((id) => id.includes('-'));
  const subject = coin === undefined ? null : look.subject(coin);
  const count =
    request.query.get('limit') === '0' ? ROWS_MAX : countOf(request.query.get('limit'), 1, ROWS_MAX);
  const data: unknown[] = [];
  if (subject !== null) {
    const todayMs = Math.floor(look.dataAtMs(subject) / DAY_MS) * DAY_MS;
    for (let back = 0; back < count; back += 1) {
      const dayMs = todayMs - back * DAY_MS;
      const value = indexOf(look, subject, dayMs);
      const untilS = Math.max(0, Math.floor((todayMs + DAY_MS - nowMs) / 1_000));
      data.push({
        value: String(value),
        value_classification: bandOf(value),
        timestamp: String(dayMs / 1_000),
        ...(back === 0 && { time_until_update: String(untilS) }),
      });
    }
  }
  return { status: 200, body: { name: 'Fear and Greed Index', data, metadata: { error: null } } };
}

function indexOf(look: Look, coin: string, dayMs: number): number {
  const mood = 8 * (look.chanceAt(coin, 41, dayMs / DAY_MS) - 0.5);
  return Math.round(Math.max(0, Math.min(100, 50 + 40 * toneAt(look, coin, dayMs, TONE) + mood)));
}

function bandOf(value: number): string {
  if (value < 25) return 'Extreme Fear';
  if (value < 47) return 'Fear';
  if (value < 55) return 'Neutral';
  return value < 76 ? 'Greed' : 'Extreme Greed';
}
