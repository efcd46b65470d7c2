import { bearerKey } from '../core/formats.ts';
import type { Call, Plan, Provider, Reply, Route } from '../core/provider.ts';
import { aggsReply, previousDayReply } from './aggs.ts';
import { rsiReply } from './rsi.ts';
import { mixedSnapshotReply, snapshotReply, snapshotsReply } from './snapshots.ts';

const MINUTE_MS = 60_000;

/** Massive, formerly Polygon.io (providers.md section 2). Paid plans ask for about 100 requests a second at most. */
export const massive: Provider = {
  id: 'massive',
  basePath: '',
  latencyMedianMs: 60,
  lagMs: 100,
  plans: {
    advanced: paid(199),
    starter: { ...paid(29), lagMs: 15 * MINUTE_MS },
    free: {
      limits: [
        {
          name: 'minute',
          max: 5,
          windowMs: MINUTE_MS,
          counting: 'sliding',
          unit: 'requests',
          refusal: 'limit',
        },
      ],
      usdPerMonth: 0,
    },
  },
  routes: [
    ...snapshotRoutes('stocks', '/v2/snapshot/locale/us/markets/stocks/tickers'),
    ...snapshotRoutes('crypto', '/v2/snapshot/locale/global/markets/crypto/tickers'),
    { name: 'v3/snapshot', method: 'GET', path: '/v3/snapshot', answer: entitled(mixedSnapshotReply) },
    {
      name: 'aggs',
      method: 'GET',
      path: '/v2/aggs/ticker/:ticker/range/:multiplier/:timespan/:from/:to',
      answer: aggsReply,
    },
    { name: 'aggs/prev', method: 'GET', path: '/v2/aggs/ticker/:ticker/prev', answer: previousDayReply },
    { name: 'indicators/rsi', method: 'GET', path: '/v1/indicators/rsi/:ticker', answer: rsiReply },
  ],
  key: (request) => bearerKey(request) ?? request.query.get('apiKey'),
  needsKey: () => true,
  refuse(refusal) {
    const said = (status: number, error: string): Reply => ({
      status,
      body: { status: 'ERROR', request_id: 'lab', error },
    });
    switch (refusal.kind) {
      case 'limit':
      case 'quota':
      case 'ban':
        return said(
          429,
          "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://massive.com/pricing",
        );
      case 'auth':
        return said(401, 'Unknown API Key');
      case 'noRoute':
        return {
          status: 404,
          body: { status: 'NOT_FOUND', request_id: 'lab', message: 'Resource not found.' },
        };
      case 'down':
        return said(500, 'An unexpected error occurred.');
    }
  },
};

function paid(usdPerMonth: number): Plan {
  return {
    limits: [
      { name: 'second', max: 100, windowMs: 1_000, counting: 'sliding', unit: 'requests', refusal: 'limit' },
    ],
    usdPerMonth,
  };
}

function snapshotRoutes(market: 'stocks' | 'crypto', path: string): Route[] {
  return [
    {
      name: `${market}/snapshots`,
      method: 'GET',
      path,
      answer: entitled((call) => snapshotsReply(call, market)),
    },
    { name: `${market}/snapshot`, method: 'GET', path: `${path}/:ticker`, answer: entitled(snapshotReply) },
  ];
}

/** Snapshots are for paying customers. */
function entitled(answer: (call: Call) => Reply): (call: Call) => Reply {
  return (call) => {
    if (call.plan !== 'free') return answer(call);
    const message =
      'You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing';
    return { status: 403, body: { status: 'NOT_AUTHORIZED', request_id: 'lab', message } };
  };
}
