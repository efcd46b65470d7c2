import type { Assessment } from './core/analyst.ts';
import type { Failure } from './core/failure.ts';
import type { Instrument } from './core/instrument.ts';
import { BAR_INTERVAL_MS, type Config } from './core/options.ts';
import type { Question, QuestionKind, View } from './core/question.ts';
import { tradingTimeBefore } from './core/sessions/lookback.ts';
import { endpointFor } from './core/source.ts';
import { type Probe, type ProbeParts, probeSource } from './gateway/probe.ts';
import { Redactor } from './platform/redactor.ts';
import { createSystemClock } from './platform/system-clock.ts';
import { createUndiciHttp } from './platform/undici-http.ts';
import { seatsOf, secretsOf } from './seats.ts';
import type { Seat } from './turn/desk.ts';

/** Trial questions to configured sources, for people who set them up. */

export type SourceProbe = {
  readonly id: string;
  /** Described in the file, so that its description may be what is wrong. */
  readonly isDeclared: boolean;
  /** Null where it was asked nothing. */
  readonly instrument: Instrument | null;
  readonly probe: Probe;
  readonly failure: Failure | null;
  /** What its analyst makes of the answer; null where there is none or where it takes more than one answer. */
  readonly vote: Assessment | null;
};

/** In the order in which a source is tried: what costs least and needs least first. */
const KINDS = ['market', 'gauge', 'rating', 'stance', 'bars'] as const satisfies QuestionKind[];
const BARS_ASKED = 30;

/** One real exchange with each enabled source, one after the other. */
export async function* probeConfigured(config: Config): AsyncGenerator<SourceProbe> {
  const parts = probeParts(config);
  try {
    for (const seat of seatsOf(config).filter(({ options }) => options.enabled)) {
      yield await probeSeat(seat, config.symbols, parts);
    }
  } finally {
    await parts.http.close();
  }
}

/** One real exchange with one source, enabled or not, on one of `symbols`; null where none has that id. */
export async function probeOne(
  config: Config,
  id: string,
  symbols: readonly Instrument[],
): Promise<SourceProbe | null> {
  const seat = seatsOf(config).find(({ options }) => options.id === id);
  if (seat === undefined) return null;
  const parts = probeParts(config);
  try {
    return await probeSeat(seat, symbols, parts);
  } finally {
    await parts.http.close();
  }
}

function probeParts(config: Config): ProbeParts {
  const clock = createSystemClock();
  const redactor = new Redactor(secretsOf(config));
  return { http: createUndiciHttp({ clock }), clock, redact: (text) => redactor.redact(text) };
}

async function probeSeat(
  seat: Seat,
  symbols: readonly Instrument[],
  parts: ProbeParts,
): Promise<SourceProbe> {
  const { id, http } = seat.options;
  const isDeclared = http !== undefined;
  for (const kind of KINDS) {
    const instrument = symbols.find((symbol) => endpointFor(seat.source, kind, symbol) !== null);
    if (instrument === undefined) continue;
    const probe = await probeSource(seat, trialQuestion(kind, instrument, parts.clock.nowMs()), parts);
    const reading = probe.kind === 'answered' ? probe.reading : null;
    return {
      id,
      isDeclared,
      instrument,
      probe,
      failure: reading?.kind === 'failed' ? reading.failure : null,
      vote: reading?.kind === 'ok' ? voteOn(reading.view, seat) : null,
    };
  }
  const detail = `none of ${symbols.map((symbol) => symbol.id).join(', ')} is among what it gives`;
  return {
    id,
    isDeclared,
    instrument: null,
    probe: { kind: 'unaskable', detail },
    failure: null,
    vote: null,
  };
}

function voteOn(view: View, { analyst }: Seat): Assessment | null {
  if (analyst.needs === 'bars' || view.kind === 'market' || view.kind === 'bars') return null;
  return analyst.assess(view);
}

function trialQuestion(kind: (typeof KINDS)[number], instrument: Instrument, nowMs: number): Question {
  if (kind === 'bars') {
    const toMs = Math.floor(nowMs / BAR_INTERVAL_MS) * BAR_INTERVAL_MS;
    const fromMs = tradingTimeBefore(instrument.assetClass, toMs, BARS_ASKED * BAR_INTERVAL_MS);
    return { kind, instrument, intervalMs: BAR_INTERVAL_MS, fromMs, toMs };
  }
  if (kind !== 'stance') return { kind, instrument };
  const unknown = { change5mPct: null, change1hPct: null, change1dPct: null, atrPct: null };
  return { kind, instrument, brief: { price: 100, currency: instrument.quote, ...unknown } };
}
