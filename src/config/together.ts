import type { AssetClass, Instrument } from '../core/instrument.ts';
import type { Config } from '../core/options.ts';
import { endpointFor } from '../core/source.ts';
import { checkBackups, checkSharing } from './backups.ts';
import type { Seat } from './complete.ts';
import type { Report } from './issue.ts';
import type { Catalogue } from './load.ts';

/** Checks what no part of the file shows alone: prices that confirm each other, votes that can agree, a private address. */
export function checkTogether(
  config: Config,
  seats: readonly Seat[],
  catalogue: Catalogue,
  report: Report,
): void {
  for (const assetClass of ['stock', 'crypto'] as const) {
    const symbols = config.symbols.filter((symbol) => symbol.assetClass === assetClass);
    if (symbols.length === 0) continue;
    checkWatch(config, assetClass, symbols, seats, report);
    checkVoters(config, assetClass, symbols, seats, catalogue, report);
  }
  if (config.cycleOffsetMs >= config.cycleMs) {
    report(
      ['cycleOffsetMs'],
      `${config.cycleOffsetMs} with a cycle of ${config.cycleMs} ms`,
      'write less than cycleMs',
    );
  }
  checkBackups(config, seats, catalogue, report);
  checkSharing(seats, report);
  if (!['127.0.0.1', 'localhost', '::1'].includes(config.server.host)) {
    report(
      ['server', 'host'],
      `"${config.server.host}"`,
      'use 127.0.0.1, localhost or ::1: the API has no access control, so it is served on this machine only',
    );
  }
}

function checkWatch(
  { watch: watches, consensus: { priceOperatorsMin } }: Config,
  assetClass: AssetClass,
  symbols: readonly Instrument[],
  seats: readonly Seat[],
  report: Report,
): void {
  const path = ['watch', assetClass];
  const watchers = watches[assetClass].flatMap((id, index) => {
    const seat = seats.find(({ options }) => options.id === id);
    if (seat !== undefined) return seat.options.enabled ? [seat] : [];
    report([...path, index], `"${id}"`, `name one of ${seats.map(({ options }) => options.id).join(', ')}`);
    return [];
  });
  for (const symbol of symbols) {
    const priced = watchers.filter(({ source }) => endpointFor(source, 'market', symbol) !== null);
    const operators = new Set(priced.map(({ options }) => options.operator));
    if (operators.size >= priceOperatorsMin) continue;
    report(
      path,
      `${operators.size === 0 ? 'no operator' : `only ${[...operators].join()}`} that gives a price of ${symbol.id}`,
      priceOperatorsMin === 2
        ? 'enable sources of at least two operators with a price: one price must confirm the other'
        : `lower consensus.priceOperatorsMin or enable sources of ${priceOperatorsMin} operators with a price`,
    );
  }
}

function checkVoters(
  config: Config,
  assetClass: AssetClass,
  symbols: readonly Instrument[],
  seats: readonly Seat[],
  { analysts }: Catalogue,
  report: Report,
): void {
  const voters = seats.filter(({ options: { enabled, weight, analyst }, source }) => {
    const needs = analysts[analyst]?.needs;
    return (
      enabled &&
      weight > 0 &&
      needs !== undefined &&
      symbols.some((symbol) => endpointFor(source, needs, symbol) !== null)
    );
  });
  if (voters.length === 0) {
    report(
      ['sources'],
      `weights that sum to 0 for ${assetClass}`,
      'give at least one source a weight above 0',
    );
    return;
  }
  const operators = new Set(voters.map(({ options }) => options.operator));
  const { operatorsMin } = config.consensus;
  if (operators.size >= operatorsMin) return;
  report(
    ['consensus', 'operatorsMin'],
    `${operatorsMin}, but only ${operators.size} independent operators vote on ${assetClass} (${[...operators].join(', ')})`,
    'lower it or enable sources of other operators',
  );
}
