import type { Boundary } from '../core/boundary.ts';
import type { Clock } from '../core/clock.ts';
import { createTapeFile, type TapeFile } from '../platform/tape-file.ts';
import { Recorder } from './recorder.ts';
import { tapeHeader } from './tape-header.ts';
import type { TapeEnd, TapeHeader, TapeLine } from './tape-line.ts';

export type TapeOptions = {
  readonly path: string;
  /** Of this tape and of those of earlier runs beside it, compressed. */
  readonly bytesMax: number;
};

export type TapeRecording = { readonly boundary: Boundary; readonly file: TapeFile };

/** Records an engine to a file. Throws what the system throws where its folder cannot be made. */
export function recordTape(
  { path, bytesMax }: TapeOptions,
  world: {
    readonly clock: Clock;
    readonly header: Omit<Parameters<typeof tapeHeader>[0], 'startAtMs'>;
    /** Strikes secrets out of a text. */
    readonly redact: (text: string) => string;
    /** Called once where it ends before it is closed. */
    readonly onStopped: (why: string) => void;
  },
): TapeRecording {
  const { clock, header, redact, onStopped } = world;
  const startAtMs = clock.nowMs();
  const lineOf = (line: TapeLine): string => redact(JSON.stringify(line));
  const endLine = (why: string): string => lineOf({ is: 'end', atMs: clock.nowMs(), why } satisfies TapeEnd);
  const file = createTapeFile({ path, bytesMax, endLine, onStopped });
  const write = (line: TapeLine): void => {
    if (file.isWriting()) file.write(lineOf(line));
  };
  write(tapeHeader({ ...header, startAtMs }) satisfies TapeHeader);
  return { file, boundary: new Recorder(clock, startAtMs, write) };
}
