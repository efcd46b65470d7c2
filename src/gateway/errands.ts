import { type Question, type QuestionKind, questionKey } from '../core/question.ts';
import { type Endpoint, endpointFor, type Source } from '../core/source.ts';

/** A question's way; of equal questions equal. */
export type Errand = { readonly endpoint: Endpoint; readonly key: string };

type Known = { readonly instrument: Question['instrument']; readonly errand: Errand | null };

/** Beyond so many instruments what is known is found out again. */
const INSTRUMENTS_MAX = 100_000;

/** Which way the questions to one source go. Most are put again in every cycle: their way is found once. */
export class Errands {
  readonly #source: Source;
  readonly #known = new Map<QuestionKind, Map<string, Known>>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** Null where the source does not answer such a question. */
  of(question: Question): Errand | null {
    // Every minute has a window of its own.
    if (question.kind === 'bars') return this.#find(question);
    const { kind, instrument } = question;
    const known = this.#knownOf(kind);
    const before = known.get(instrument.id);
    if (before?.instrument === instrument) return before.errand;
    const errand = this.#find(question);
    if (known.size >= INSTRUMENTS_MAX) known.clear();
    known.set(instrument.id, { instrument, errand });
    return errand;
  }

  #find(question: Question): Errand | null {
    const endpoint = endpointFor(this.#source, question.kind, question.instrument);
    return endpoint === null ? null : { endpoint, key: `${endpoint.name}|${questionKey(question)}` };
  }

  #knownOf(kind: QuestionKind): Map<string, Known> {
    let known = this.#known.get(kind);
    if (known === undefined) {
      known = new Map();
      this.#known.set(kind, known);
    }
    return known;
  }
}
