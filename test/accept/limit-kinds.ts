import type { LabLimit } from '../../lab/emulators/core/limit-gate.ts';
import type { LimitKind } from './limits-run.ts';

const DAY_MS = 86_400_000;

/** How much each kind allows: per window of `windowMs`, and per day. */
export type Allowances = {
  readonly windowMs: number;
  readonly fixedMax: number;
  readonly slidingMax: number;
  readonly weightMax: number;
  readonly dayMax: number;
  readonly perWindowOfDayMax: number;
};

/** Every kind of limit of the providers, each played by one that has it. */
export function limitKinds(allowances: Allowances): LimitKind[] {
  const { windowMs, fixedMax, slidingMax, weightMax, dayMax, perWindowOfDayMax } = allowances;
  const limit = (name: string, max: number, rest: Partial<LabLimit>): LabLimit => ({
    name,
    max,
    windowMs,
    counting: 'fixed',
    unit: 'requests',
    refusal: 'limit',
    ...rest,
  });
  const stock = { assetClass: 'stock', questionKind: 'market' } as const;
  const crypto = { assetClass: 'crypto', questionKind: 'market' } as const;
  return [
    { ...stock, title: 'fixed window', providerId: 'alpaca', limits: [limit('fixed', fixedMax, {})] },
    {
      ...stock,
      title: 'sliding window',
      providerId: 'finnhub',
      limits: [limit('sliding', slidingMax, { counting: 'sliding' })],
    },
    {
      ...crypto,
      title: 'weights',
      providerId: 'binance',
      limits: [limit('weight', weightMax, { unit: 'weight' })],
    },
    {
      ...stock,
      title: 'daily quota',
      providerId: 'alpha-vantage',
      questionKind: 'gauge',
      // The second keeps the day's from being gone before the first kill.
      limits: [
        limit('day', dayMax, { counting: 'sliding', windowMs: DAY_MS, refusal: 'quota' }),
        limit('minute', perWindowOfDayMax, {}),
      ],
    },
    {
      ...crypto,
      title: 'one at a time',
      providerId: 'kraken',
      limits: [],
      concurrencyMax: 1,
      latencyMedianMs: 250,
    },
  ];
}
