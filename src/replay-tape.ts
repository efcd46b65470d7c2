import { differences } from './config/consequences.ts';
import { redactedConfig } from './config/load.ts';
import type { Http } from './core/http.ts';
import { instrumentOf } from './core/instrument.ts';
import type { CycleRecord, Head, Ledger, LedgerEntry } from './core/ledger.ts';
import type { Config } from './core/options.ts';
import type { Source } from './core/source.ts';
import { createMemoryLedger } from './ledger/memory/ledger.ts';
import { createEngine, type RunningEngine } from './running-engine.ts';
import {
  type CycleCounts,
  type CycleDifference,
  compareCycles,
  countsOf,
  type RecordedCycle,
} from './tape/compare-cycles.ts';
import { type PlayedCycle, Player } from './tape/player.ts';
import type { TapeHeader } from './tape/tape-line.ts';
import { openTape, type TapeStep } from './tape/tape-reader.ts';

export type TapeReplayOptions = {
  /** Of the tape, oldest first. */
  readonly lines: AsyncIterator<string>;
  /** The record that was written while the tape was. */
  readonly against: Pick<Ledger, 'entriesAfter'>;
  /** Where given, the tape must have been recorded under it. */
  readonly config?: { readonly config: Config; readonly version: string } | undefined;
  /** Sources of your own that the configuration names. */
  readonly sources?: readonly Source[];
  readonly onCycle?: (slotAtMs: number) => void;
  readonly stop?: AbortSignal;
};

type Replayed = {
  readonly kind: 'identical' | 'different';
  readonly header: TapeHeader;
  /** Compared, and the same. */
  readonly cycles: number;
  readonly same: CycleCounts;
  /** The first; null where there is none. */
  readonly difference: (CycleDifference & { readonly why: readonly string[] }) | null;
  /** Where the tape ends before the engine that it was recorded of did; null where it does not. */
  readonly cut: string | null;
};

export type TapeReplay = { readonly kind: 'unusable'; readonly detail: string } | Replayed;

/**
 * Has the engine decide again on what a tape holds, up to the first cycle that comes out otherwise than the record has it.
 * Rejects with LedgerError where the record cannot be read.
 */
export async function replayTape(options: TapeReplayOptions): Promise<TapeReplay> {
  const opened = await openTape(options.lines);
  if (opened.kind === 'unusable') return opened;
  const { header, steps } = opened.tape;
  const refused = configRefused(header, options.config);
  if (refused !== null) return { kind: 'unusable', detail: refused };

  const comparison = new Comparison(options.against);
  const deck = new Deck(header, options.sources, (head) => comparison.beginAfter(head));
  const resultOf = (
    kind: 'identical' | 'different',
    rest: Pick<Replayed, 'difference' | 'cut'>,
  ): Replayed => ({
    kind,
    header,
    ...comparison.counts(),
    ...rest,
  });
  try {
    let next = await steps.next();
    for (; next.done !== true && options.stop?.aborted !== true; next = await steps.next()) {
      const played = await deck.play(next.value);
      if (played === null) continue;
      options.onCycle?.(played.atMs);
      const difference = await comparison.next(played.replayed);
      const why = deck.takeSurprises();
      if (difference !== null)
        return resultOf('different', { difference: { ...difference, why }, cut: null });
    }
    const cut =
      next.done !== true
        ? 'it was not played to its end'
        : next.value.is === 'cut'
          ? next.value.detail
          : null;
    return resultOf('identical', { difference: null, cut });
  } finally {
    deck.stop();
  }
}

/** An engine that lives in the world of a tape. */
class Deck {
  readonly #player: Player;
  #running: RunningEngine | null = null;
  #broken: { readonly error: unknown } | null = null;

  constructor(
    { startAtMs, label, config, configVersion }: TapeHeader,
    sources: readonly Source[] = [],
    onHead: (head: Head | null) => void,
  ) {
    const player = new Player({
      startAtMs,
      onHead,
      adopt: ({ config, version, how }) =>
        this.#running?.adopt({ config: configOf(config), configVersion: version, how }, () => {}),
    });
    this.#player = player;
    createEngine({
      config: configOf(config),
      configVersion,
      label,
      sources,
      clock: player.clock,
      random: { next: () => 0 },
      http: NO_NETWORK,
      ledger: createMemoryLedger(),
      memory: null,
      redact: (text) => text,
      onLedgerFailure: () => {},
      boundary: player,
    }).then(
      (running) => {
        this.#running = running;
      },
      (error: unknown) => {
        this.#broken = { error };
      },
    );
  }

  /** Rejects where the engine cannot be made of the tape. */
  async play({ event, notes }: TapeStep): Promise<PlayedCycle | null> {
    const played = await this.#player.play(event, notes);
    if (this.#broken !== null) throw this.#broken.error;
    return played;
  }

  takeSurprises(): readonly string[] {
    return this.#player.takeSurprises();
  }

  stop(): void {
    this.#player.stop();
  }
}

/** The record beside the replay, cycle by cycle. */
class Comparison {
  readonly #against: TapeReplayOptions['against'];
  #recorded: AsyncGenerator<RecordedCycle> | null = null;
  #cycles = 0;
  #same: CycleCounts = { decisions: 0, signals: 0, outcomes: 0 };

  constructor(against: TapeReplayOptions['against']) {
    this.#against = against;
  }

  /** Where the record stood when the tape began. */
  beginAfter(head: Head | null): void {
    this.#recorded ??= recordedCycles(this.#against, head);
  }

  async next(replayed: CycleRecord | null): Promise<CycleDifference | null> {
    const recorded = await this.#after(replayed?.cycle ?? 0);
    if (recorded === undefined) {
      if (replayed === null) return null;
      const { cycle, slotAtMs } = replayed;
      return {
        cycle,
        slotAtMs,
        what: 'the cycle',
        how: ['on the tape, but not on record: is it the record of this run?'],
      };
    }
    const { cycle, slotAtMs } = recorded;
    const difference =
      replayed === null
        ? { cycle, slotAtMs, what: 'the cycle', how: ['recorded, but not replayed'] }
        : compareCycles(recorded, replayed);
    if (difference === null) this.#count(recorded);
    return difference;
  }

  /** The next on record. One that was refused and turned out to be on record is none that the tape has. */
  async #after(cycle: number): Promise<RecordedCycle | undefined> {
    for (;;) {
      const next = await this.#recorded?.next();
      const recorded = next?.value as RecordedCycle | undefined;
      if (recorded === undefined || recorded.cycle >= cycle) return recorded;
    }
  }

  counts(): { readonly cycles: number; readonly same: CycleCounts } {
    return { cycles: this.#cycles, same: this.#same };
  }

  #count(recorded: RecordedCycle): void {
    const { decisions, signals, outcomes } = countsOf(recorded);
    this.#cycles += 1;
    this.#same = {
      decisions: this.#same.decisions + decisions,
      signals: this.#same.signals + signals,
      outcomes: this.#same.outcomes + outcomes,
    };
  }
}

const NO_NETWORK: Http = {
  send: async () => ({ kind: 'failed', reason: 'connection', detail: 'a replay asks nobody' }),
  close: async () => {},
};

/** Rows read at once. */
const ROWS = 500;

/** The cycles on record after a head, oldest first. Throws RangeError where the record has another row there. */
async function* recordedCycles(
  ledger: TapeReplayOptions['against'],
  head: Head | null,
): AsyncGenerator<RecordedCycle> {
  let seq = head?.seq ?? 0;
  if (head !== null) {
    const [at] = await ledger.entriesAfter(seq - 1, 1);
    if (at?.hash !== head.hash)
      throw new RangeError(`row ${seq} of the record is not the one that the tape begins after`);
  }
  let entries: LedgerEntry[] = [];
  for (;;) {
    const rows = await ledger.entriesAfter(seq, ROWS);
    if (rows.length === 0) return;
    for (const row of rows) {
      if (row.type === 'cycle') {
        yield { cycle: row.cycle, slotAtMs: row.atMs, entries };
        entries = [];
      } else if (row.type !== 'config') entries.push(row);
    }
    seq = rows.at(-1)?.seq ?? seq;
  }
}

function configRefused(header: TapeHeader, given: TapeReplayOptions['config']): string | null {
  if (given === undefined || given.version === header.configVersion) return null;
  const found = differences(header.config, redactedConfig(given.config)).map(
    ({ path, from, to }) => `${path}: ${from} there, ${to} here`,
  );
  return [`it was recorded under configuration ${header.configVersion}, not ${given.version}`, ...found].join(
    '\n  ',
  );
}

/** Of its redacted form: without keys, which a replay has no use for. */
function configOf(redacted: unknown): Config {
  const { symbols, ...rest } = redacted as Omit<Config, 'symbols'> & { readonly symbols: readonly string[] };
  return { ...rest, symbols: symbols.map(instrumentOf) };
}
