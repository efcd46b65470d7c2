import { isWhole } from './tape-header.ts';
import {
  isEvent,
  isNote,
  readTapeLine,
  TAPE_FORMAT,
  type TapeEnd,
  type TapeEvent,
  type TapeHeader,
  type TapeNote,
} from './tape-line.ts';

/** An event with what the engine asked of the world because of it. */
export type TapeStep = { readonly event: TapeEvent; readonly notes: readonly TapeNote[] };

export type TapeOpened =
  | { readonly kind: 'ok'; readonly tape: Tape }
  /** It is none, or not one that can be played here. */
  | { readonly kind: 'unusable'; readonly detail: string };

/** How it ends; cut where it cannot be read on. */
export type StepsEnd = TapeEnd | { readonly is: 'cut'; readonly detail: string };

export type Tape = {
  readonly header: TapeHeader;
  /** Oldest first; may be read once. */
  readonly steps: AsyncGenerator<TapeStep, StepsEnd>;
};

/** Begins to read a tape. */
export async function openTape(lines: AsyncIterator<string>): Promise<TapeOpened> {
  const first = await nextOf(lines);
  if (first.kind === 'fault') return { kind: 'unusable', detail: `it cannot be read: ${first.detail}` };
  const header = first.kind === 'over' ? null : readTapeLine(first.text);
  if (header?.is !== 'header') return { kind: 'unusable', detail: 'it does not begin as a tape does' };
  if (header.format !== TAPE_FORMAT)
    return { kind: 'unusable', detail: 'its format is another than the one that is read here' };
  if (!isWhole(header))
    return { kind: 'unusable', detail: 'its configuration is not the one it was recorded with' };
  return { kind: 'ok', tape: { header, steps: stepsOf(lines) } };
}

async function* stepsOf(lines: AsyncIterator<string>): Tape['steps'] {
  let event: TapeEvent | null = null;
  let notes: TapeNote[] = [];
  const cut = (detail: string) => ({ is: 'cut', detail }) as const;
  for (let number = 2; ; number += 1) {
    const read = await nextOf(lines);
    if (read.kind === 'fault') return cut(`line ${number} cannot be read: ${read.detail}`);
    if (read.kind === 'over') return cut('it was cut off: whoever recorded it was killed');
    const line = readTapeLine(read.text);
    if (line === null) return cut(`line ${number} is no line of a tape`);
    if (isNote(line)) notes.push(line);
    else {
      if (event !== null) yield { event, notes };
      if (line.is === 'end') return line;
      if (!isEvent(line)) return cut(`line ${number} begins another tape`);
      event = line;
      notes = [];
    }
  }
}

type Read =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'over' }
  | { readonly kind: 'fault'; readonly detail: string };

async function nextOf(lines: AsyncIterator<string>): Promise<Read> {
  try {
    const next = await lines.next();
    return next.done === true ? { kind: 'over' } : { kind: 'line', text: next.value };
  } catch (error) {
    return { kind: 'fault', detail: error instanceof Error ? error.message : String(error) };
  }
}
