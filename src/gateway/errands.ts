import type { Question, QuestionKind } from '../core/question.ts';
import { type Endpoint, endpointFor, type Source } from '../core/source.ts';
import type { Flight } from './flight.ts';

/** Where questions of one kind about one instrument go, and what is under way there. */
export type Errand = {
  readonly endpoint: Endpoint;
  /** Its own among those of the source. */
  readonly name: string;
  /** The newest of the questions that have no answer yet; of bars there may be more, each points to the one before. */
  newest: Flight | null;
};

/** Errands that are remembered of each kind: as many as there are symbols, but tens of thousands would take too much room. */
const REMEMBERED_MIN = 1_000;
const REMEMBERED_MAX = 16_384;

/** The errands of one source: made once, so that neither their names nor what finds them is made for every question. */
export class Errands {
  readonly #source: Source;
  #rememberedMax: number;
  readonly #byKind: Readonly<Record<QuestionKind, Map<string, Errand>>>;

  constructor(source: Source, symbols: number) {
    this.#source = source;
    this.#rememberedMax = Math.min(Math.max(symbols, REMEMBERED_MIN), REMEMBERED_MAX);
    this.#byKind = {
      market: new Map(),
      bars: new Map(),
      stance: new Map(),
      rating: new Map(),
      gauge: new Map(),
    };
  }

  /** Null where the source has no endpoint for it. */
  of({ kind, instrument }: Question): Errand | null {
    const ofKind = this.#byKind[kind];
    const known = ofKind.get(instrument.id);
    if (known !== undefined) return known;
    const endpoint = endpointFor(this.#source, kind, instrument);
    if (endpoint === null) return null;
    if (ofKind.size >= this.#rememberedMax) this.#forgetIdle(ofKind);
    // Joined, the text is one piece: added up, it would be kept as a tree of its parts.
    const errand = { endpoint, name: [endpoint.name, kind, instrument.id].join('|'), newest: null };
    ofKind.set(instrument.id, errand);
    return errand;
  }

  /** Those with nothing under way. */
  #forgetIdle(errands: Map<string, Errand>): void {
    for (const [id, { newest }] of errands) if (newest === null) errands.delete(id);
    // Where most have something under way, looking for the others again and again would be in vain.
    this.#rememberedMax = Math.max(this.#rememberedMax, 2 * errands.size);
  }
}

/** Equal for equal questions to the same source. */
export function keyOf({ name }: Errand, question: Question): string {
  if (question.kind !== 'bars') return name;
  const { intervalMs, fromMs, toMs } = question;
  return `${name}|${intervalMs}|${fromMs}|${toMs}`;
}
