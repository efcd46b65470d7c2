import { VoterDesk } from '../analysts/voter-desk.ts';
import type { Instrument } from '../core/instrument.ts';
import type { Config } from '../core/options.ts';
import { endpointFor } from '../core/source.ts';
import type { BackupSeat, Seat } from './desk.ts';

/** The declared backups of a voter that can speak of the instrument, in the declared order. */
export function backupSeats(
  voter: Seat,
  instrument: Instrument,
  { consensus, gates }: Pick<Config, 'consensus' | 'gates'>,
  seats: readonly Seat[],
): BackupSeat[] {
  return voter.options.backups.flatMap(({ source: backupId, meaning }) => {
    const found = seats.find(({ options }) => options.id === backupId);
    if (found === undefined) return [];
    const reader = meaning === 'different' ? found : voter;
    if (endpointFor(found.source, reader.analyst.needs, instrument) === null) return [];
    const desk = new VoterDesk({
      sourceId: backupId,
      instrument,
      reader,
      futureMsMax: gates.futureMsMax,
    });
    return [{ seat: found, desk, meaning, discount: consensus.backupDiscounts[meaning] }];
  });
}
