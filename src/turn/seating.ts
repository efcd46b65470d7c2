import { VoterDesk } from '../analysts/voter-desk.ts';
import { VoteMemo } from '../consensus/vote-memo.ts';
import { shareOut } from '../consensus/weights.ts';
import type { Instrument } from '../core/instrument.ts';
import type { Config, SourceOptions } from '../core/options.ts';
import { endpointFor } from '../core/source.ts';
import { barsKept, MarketDesk } from '../signals/market-desk.ts';
import { backupSeats } from './backup-seats.ts';
import type { Desk, Seat, VotingSeat } from './desk.ts';

/**
 * The desks of a configuration, in its order. One of an instrument that had a desk `before` is the same desk under the new
 * seats: it keeps its bars, its opinions and what stands.
 */
export function seatDesks(config: Config, seats: readonly Seat[], before: readonly Desk[] = []): Desk[] {
  const known = new Map(before.map((desk) => [desk.instrument.id, desk]));
  return config.symbols.map((instrument) => {
    const desk = known.get(instrument.id) ?? newDesk(instrument, config.symbols.length);
    desk.watchers = watchersOf(instrument, config, seats);
    desk.voters = votersOf(instrument, config, seats, desk.voters);
    return desk;
  });
}

function newDesk(instrument: Instrument, instruments: number): Desk {
  const market = new MarketDesk(instrument, barsKept(instruments));
  return {
    instrument,
    market,
    watchers: [],
    voters: [],
    gate: null,
    votes: new VoteMemo(),
    weighed: null,
    quietUntilMs: 0,
    turnAtMs: 0,
    standing: null,
    signal: null,
  };
}

function watchersOf(instrument: Instrument, config: Config, seats: readonly Seat[]): Seat[] {
  return config.watch[instrument.assetClass].flatMap((id) =>
    seats.filter(
      ({ options, source }) => options.id === id && endpointFor(source, 'market', instrument) !== null,
    ),
  );
}

function votersOf(
  instrument: Instrument,
  config: Config,
  seats: readonly Seat[],
  before: readonly VotingSeat[],
): VotingSeat[] {
  const { futureMsMax } = config.gates;
  return electorate(instrument, seats).map(({ seat, weightPpb }) => {
    const terms = { reader: seat, futureMsMax };
    const known = before.find((voter) => isSameVoice(voter.seat.options, seat.options))?.desk;
    known?.adopt(terms);
    const desk = known ?? new VoterDesk({ sourceId: seat.options.id, instrument, ...terms });
    return {
      seat,
      weightPpb,
      desk,
      backups: backupSeats(seat, instrument, config, seats),
    };
  });
}

/** Who may vote on an instrument, and the weight that each has among them. */
export function electorate(instrument: Instrument, seats: readonly Seat[]) {
  const voters = seats.filter((seat) => mayVote(seat, instrument));
  const weights = shareOut(voters.map(({ options: { id, weight } }) => ({ sourceId: id, weight })));
  return voters.map((seat) => ({ seat, weightPpb: weights.get(seat.options.id) ?? 0 }));
}

function mayVote({ options, source, analyst }: Seat, instrument: Instrument): boolean {
  return options.weight > 0 && endpointFor(source, analyst.needs, instrument) !== null;
}

/** Whether what the one has told may count as told by the other. */
function isSameVoice(one: SourceOptions, other: SourceOptions): boolean {
  const voice = ({ id, kind, operator, analyst, baseUrl, options, http }: SourceOptions): string =>
    JSON.stringify([id, kind, operator, analyst, baseUrl, options, http]);
  return voice(one) === voice(other);
}
