import { commaList, countOf } from '../core/formats.ts';
import type { Plan, Provider, Reply } from '../core/provider.ts';
import type { LabRequest } from '../core/wire.ts';
import { priceReply, quoteReply } from './quotes.ts';
import { seriesReply } from './series.ts';

const BARS_PER_CREDIT = 100;

/** Twelve Data (providers.md section 12): credits per clock minute and day; it says "limit" in a 200 or a 429. */
export const twelveData: Provider = {
  id: 'twelve-data',
  basePath: '',
  latencyMedianMs: 150,
  lagMs: 500,
  plans: { free: planOf(8, 800, 0), grow: planOf(377, null, 79) },
  routes: [
    { name: 'price', method: 'GET', path: '/price', weight: symbolCount, answer: priceReply },
    { name: 'quote', method: 'GET', path: '/quote', weight: symbolCount, answer: quoteReply },
    { name: 'time_series', method: 'GET', path: '/time_series', weight: seriesCredits, answer: seriesReply },
  ],
  key({ headers, query }) {
    const header = headers.authorization ?? '';
    return header.startsWith('apikey ') ? header.slice('apikey '.length) : query.get('apikey');
  },
  needsKey: () => true,
  refuse(refusal) {
    switch (refusal.kind) {
      case 'limit':
        return outOfCredits(200, refusal.limit.max, 'for the current minute');
      case 'quota':
        return outOfCredits(429, refusal.limit.max, 'for the current day');
      case 'ban':
        return outOfCredits(429, 0, 'for the current minute');
      case 'auth':
        return errorReply(
          401,
          '**apikey** parameter is incorrect or not specified. You can get your free API key instantly following this link: https://twelvedata.com/pricing.',
        );
      case 'noRoute':
        return errorReply(404, 'The requested endpoint does not exist.');
      case 'down':
        return errorReply(500, 'Internal server error.');
    }
  },
  headers([minute]) {
    return { 'api-credits-used': String(minute?.used), 'api-credits-left': String(minute?.remaining) };
  },
};

function planOf(perMinute: number, perDay: number | null, usdPerMonth: number): Plan {
  const shared = { counting: 'fixed', unit: 'weight' } as const;
  const minute = { ...shared, name: 'minute', max: perMinute, windowMs: 60_000, refusal: 'limit' } as const;
  if (perDay === null) return { limits: [minute], usdPerMonth };
  const day = { ...shared, name: 'day', max: perDay, windowMs: 86_400_000, refusal: 'quota' } as const;
  return { limits: [minute, day], usdPerMonth };
}

function symbolCount(request: LabRequest): number {
  return Math.max(1, commaList(request.query.get('symbol')).length);
}

function seriesCredits(request: LabRequest): number {
  const bars = countOf(request.query.get('outputsize'), 30, 5_000);
  return symbolCount(request) * Math.ceil(bars / BARS_PER_CREDIT);
}

function outOfCredits(status: number, max: number, span: string): Reply {
  const message = `You have run out of API credits ${span}. ${max + 1} API credits were used, with the current limit being ${max}. Wait or switch to a higher tier plan.`;
  return { status, body: { code: 429, message, status: 'error' } };
}

export function errorReply(code: number, message: string): Reply {
  return { status: code, body: { code, message, status: 'error' } };
}
