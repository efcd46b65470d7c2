import type { Answer, SourceHealth } from '../core/answer.ts';
import type { ConfigAdoption, EngineRecord } from '../core/boundary.ts';
import type { DataLabel } from '../core/live.ts';
import type { Question } from '../core/question.ts';

/**
 * The lines of a tape, one JSON object each. A header, then what happened to the engine, one event after the other, each
 * followed by what the engine asked of the world because of it; at the end, where it was not killed, why it ends.
 */

export const TAPE_FORMAT = 1;

export type TapeHeader = {
  readonly is: 'header';
  readonly format: typeof TAPE_FORMAT;
  /** The Sextant that recorded it. */
  readonly sextant: string;
  readonly label: DataLabel;
  /** When the engine was made (Unix ms). */
  readonly startAtMs: number;
  readonly configVersion: string;
  /** Redacted: it holds no key. */
  readonly config: unknown;
  /** SHA-256 (hex) of the canonical text of `config`. */
  readonly configDigest: string;
};

/** A call to the record that has come back. */
export type RecordCall = keyof EngineRecord;

/** Something that happened to the engine, at what its clock showed from then until the next (Unix ms). */
export type TapeEvent = { readonly atMs: number } & (
  | { readonly is: 'run' }
  | { readonly is: 'cycle'; readonly slotAtMs: number }
  | ({ readonly is: 'adopt' } & ConfigAdoption)
  /** To the question of that number. */
  | { readonly is: 'answer'; readonly ask: number; readonly answer: Answer }
  /** Of those who wait for the same moment the `nth` (from 0) in the order in which they began to. */
  | { readonly is: 'wake'; readonly dueAtMs: number; readonly nth: number }
  | {
      readonly is: 'record';
      readonly call: RecordCall;
      /** What it says, where the engine goes on with it. */
      readonly value?: unknown;
      /** Why it refused. */
      readonly refused?: string;
    }
);

/** What the engine asked of the world between two events. */
export type TapeNote =
  | {
      readonly is: 'ask';
      /** 1, 2, 3, … */
      readonly ask: number;
      readonly sourceId: string;
      readonly question: TapeQuestion;
      readonly deadlineAtMs: number;
    }
  | { readonly is: 'draw'; readonly value: number }
  | { readonly is: 'health'; readonly health: readonly SourceHealth[] };

/** `why` is `closed` where the engine ended too. */
export type TapeEnd = { readonly is: 'end'; readonly atMs: number; readonly why: string };

export type TapeLine = TapeHeader | TapeEvent | TapeNote | TapeEnd;

/** The instrument by its id. */
export type TapeQuestion = Omit<Question, 'instrument'> & { readonly instrument: string };

export function tapeQuestion(question: Question): TapeQuestion {
  return { ...question, instrument: question.instrument.id };
}

const KINDS: ReadonlySet<unknown> = new Set<TapeLine['is']>([
  'header',
  'run',
  'cycle',
  'adopt',
  'answer',
  'wake',
  'record',
  'ask',
  'draw',
  'health',
  'end',
]);

/** A line of a tape; null where the text is none. Whatever a later Sextant may have written fails here. */
export function readTapeLine(text: string): TapeLine | null {
  try {
    const line = JSON.parse(text) as { is?: unknown } | null;
    return KINDS.has(line?.is) ? (line as TapeLine) : null;
  } catch {
    return null;
  }
}

/** Events begin something; notes belong to the event before them. */
export function isEvent(line: TapeLine): line is TapeEvent {
  return line.is !== 'header' && line.is !== 'end' && !isNote(line);
}

export function isNote(line: TapeLine): line is TapeNote {
  return line.is === 'ask' || line.is === 'draw' || line.is === 'health';
}
