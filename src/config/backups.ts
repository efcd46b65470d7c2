import { canonicalJson } from '../core/canonical-json.ts';
import type { Config } from '../core/options.ts';
import { endpointFor } from '../core/source.ts';
import type { Seat } from './complete.ts';
import type { Report } from './issue.ts';
import type { Catalogue } from './load.ts';

/** Checks that every backup can stand in where it is declared, and that no voice counts twice by it. */
export function checkBackups(
  { symbols }: Config,
  seats: readonly Seat[],
  { analysts }: Catalogue,
  report: Report,
): void {
  for (const { options, source } of seats) {
    options.backups.forEach(({ source: backupId, meaning }, index) => {
      const refuse = (remedy: string): void =>
        report(['sources', options.id, 'backups', index, 'source'], `"${backupId}"`, remedy);
      const backup = seats.find((seat) => seat.options.id === backupId);
      if (backup === undefined) {
        refuse(`name one of ${seats.map((seat) => seat.options.id).join(', ')}`);
        return;
      }
      if (!options.enabled) return;
      const votes = analysts[options.analyst]?.needs;
      const needs = meaning === 'different' ? analysts[backup.options.analyst]?.needs : votes;
      const isOfUse = symbols.some(
        (symbol) =>
          votes !== undefined &&
          needs !== undefined &&
          endpointFor(source, votes, symbol) !== null &&
          endpointFor(backup.source, needs, symbol) !== null,
      );
      if (backup.options.id === options.id) refuse('name another source: none stands in for itself');
      else if (!backup.options.enabled) refuse(`set sources.${backupId}.enabled: true, or leave it out`);
      else if (options.weight === 0) refuse(`leave it out: ${options.id} does not vote`);
      else if (backup.options.weight > 0)
        refuse(`set sources.${backupId}.weight: 0: one that votes itself would count twice`);
      else if (options.backups.findIndex((other) => other.source === backupId) < index)
        refuse('name each backup once');
      else if (!isOfUse)
        refuse(`name a source that gives ${needs} for a symbol on which ${options.id} votes`);
    });
  }
}

/** Checks that sources which share an allowance agree on what it is. */
export function checkSharing(seats: readonly Seat[], report: Report): void {
  for (const { options } of seats) {
    const { id, sharesLimitsWith } = options;
    if (sharesLimitsWith === null) continue;
    const owner = seats.find((seat) => seat.options.id === sharesLimitsWith)?.options;
    const refuse = (remedy: string): void =>
      report(['sources', id, 'sharesLimitsWith'], `"${sharesLimitsWith}"`, remedy);
    if (owner === undefined || owner.id === id)
      refuse(
        `name one of ${seats.flatMap((seat) => (seat.options.id === id ? [] : [seat.options.id])).join(', ')}`,
      );
    else if (!owner.enabled) refuse(`set sources.${owner.id}.enabled: true, or leave it out`);
    else if (owner.sharesLimitsWith !== null)
      refuse(`name ${owner.sharesLimitsWith}, whose limits ${owner.id} shares itself`);
    else if (options.budget !== null && canonicalJson(options.budget) !== canonicalJson(owner.budget))
      refuse(`leave sources.${id}.budget out: that of ${owner.id} counts the requests of both`);
  }
}
