import { differences } from './config/consequences.ts';
import { redactedConfig } from './config/load.ts';
import type { EngineRecord } from './core/boundary.ts';
import type { Http } from './core/http.ts';
import { instrumentOf } from './core/instrument.ts';
import type { Head, Ledger } from './core/ledger.ts';
import type { Config } from './core/options.ts';
import { createMemoryLedger } from './ledger/memory/ledger.ts';
import { createEngine, type RunningEngine } from './running-engine.ts';
import { seatsOf } from './seats.ts';
import type { CycleCounts, CycleDifference } from './tape/compare-cycles.ts';
import { Comparison } from './tape/comparison.ts';
import { type PlayedCycle, Player } from './tape/player.ts';
import type { TapeHeader } from './tape/tape-line.ts';
import { openTape, type StepsEnd, type TapeStep } from './tape/tape-reader.ts';

export type TapeReplayOptions = {
  /** Of the tape, oldest first. */
  readonly lines: AsyncIterator<string>;
  /** Opens the record that was written while the tape was; `path` is where its configuration kept it. */
  readonly against: (path: string) => Promise<Pick<Ledger, 'entriesAfter' | 'close'>>;
  /** Where this engine records what it decides: empty. Nowhere where it is not given. */
  readonly own?: EngineRecord | null;
  /** Where given, the tape must have been recorded under it. */
  readonly config?: { readonly config: Config; readonly version: string } | undefined;
  /** Ends it early. */
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
  const refused = sourcesRefused(header) ?? configRefused(header, options.config);
  if (refused !== null) return { kind: 'unusable', detail: refused };

  const against = await options.against(ledgerPathOf(header));
  const comparison = new Comparison(against);
  const deck = new Deck(header, options.own ?? null, (head) => comparison.beginAfter(head));
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
      if (deck.unusable !== null) return { kind: 'unusable', detail: deck.unusable };
      if (played === null) continue;
      const difference = await comparison.next(played.replayed);
      const why = deck.takeSurprises();
      if (difference !== null)
        return resultOf('different', { difference: { ...difference, why }, cut: null });
    }
    const cut = next.done === true ? cutOf(next.value) : 'it was not played to its end';
    return resultOf('identical', { difference: null, cut });
  } finally {
    deck.stop();
    await options.lines.return?.();
    await against.close();
  }
}

function cutOf(end: StepsEnd): string | null {
  if (end.is === 'cut') return end.detail;
  return end.why === 'closed' ? null : end.why;
}

/** An engine that lives in the world of a tape. */
class Deck {
  readonly #player: Player;
  #running: RunningEngine | null = null;
  #unusable: string | null = null;

  constructor(
    { startAtMs, label, config, configVersion }: TapeHeader,
    own: EngineRecord | null,
    onHead: (head: Head | null) => void,
  ) {
    const player = new Player({
      startAtMs,
      own,
      onHead,
      adopt: ({ config, version, how }) =>
        this.#running?.adopt({ config: configOf(config), configVersion: version, how }, () => {}),
    });
    this.#player = player;
    createEngine({
      config: configOf(config),
      configVersion,
      label,
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
        const why = error instanceof Error ? error.message : String(error);
        this.#unusable = `no engine can be made of it here: ${why}`;
      },
    );
  }

  /** Why there is no engine, where there is none. */
  get unusable(): string | null {
    return this.#unusable;
  }

  play({ event, notes }: TapeStep): Promise<PlayedCycle | null> {
    return this.#player.play(event, notes);
  }

  takeSurprises(): readonly string[] {
    return this.#player.takeSurprises();
  }

  stop(): void {
    this.#player.stop();
  }
}

const NO_NETWORK: Http = {
  send: async () => ({ kind: 'failed', reason: 'connection', detail: 'a replay asks nobody' }),
  close: async () => {},
};

/** A source of one's own is on no tape: without it the engine would be another one. */
function sourcesRefused(header: TapeHeader): string | null {
  const config = configOf(header.config);
  const seated = new Set(seatsOf(config).map(({ options }) => options.id));
  const missing = config.sources.filter(({ id }) => !seated.has(id)).map(({ id, kind }) => `${id} (${kind})`);
  return missing.length === 0 ? null : `this Sextant has not all of its sources: ${missing.join(', ')}`;
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

function ledgerPathOf({ config }: TapeHeader): string {
  return configOf(config).ledger.path;
}

/** Of its redacted form: without keys, which a replay has no use for. */
function configOf(redacted: unknown): Config {
  const { symbols, ...rest } = redacted as Omit<Config, 'symbols'> & { readonly symbols: readonly string[] };
  return { ...rest, symbols: symbols.map(instrumentOf) };
}
