import type { Cache } from '../core/cache.ts';
import type { Clock } from '../core/clock.ts';
import type { GatewayMemory } from '../core/gateway-memory.ts';
import type { GatewayOptions } from '../core/gateway-options.ts';
import type { Http } from '../core/http.ts';
import type { Instrument } from '../core/instrument.ts';
import type { Meter } from '../core/meter.ts';
import type { SourceOptions } from '../core/options.ts';
import type { Random } from '../core/random.ts';
import type { Source } from '../core/source.ts';

/** A source together with what the user configured for it. */
export type ConfiguredSource = { readonly options: SourceOptions; readonly source: Source };

export type GatewayParts = {
  readonly sources: readonly ConfiguredSource[];
  /** What is going to be asked about: long allowances are spread over their sessions. */
  readonly symbols: readonly Instrument[];
  /** Null: budgets and long allowances begin anew with every process. */
  readonly memory: GatewayMemory | null;
  /** Kept answers that are shared with other processes; absent: none are. */
  readonly secondTier?: Cache;
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: GatewayOptions;
  /** Strikes secrets out of whatever a provider or a source's code says. */
  readonly redact: (text: string) => string;
  /** Told of every request and every answer. */
  readonly meter?: Meter | undefined;
};
