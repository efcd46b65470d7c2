import { createReadStream, createWriteStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { constants, createGunzip, createGzip } from 'node:zlib';

/** Whatever was written so long ago survives `kill -9`. */
const FLUSH_EVERY_MS = 1_000;
const CHUNK_CHARS = 64 * 1024;
/** More that waits for the disk than this: it does not keep up. */
const BACKLOG_BYTES_MAX = 64 * 1024 * 1024;

export type TapeFileOptions = {
  readonly path: string;
  /** Of this file and of those that earlier runs left beside it, compressed. */
  readonly bytesMax: number;
  /** The last line of a tape, saying why it ends. */
  readonly endLine: (why: string) => string;
  /** Told where it ends before it is closed, or cannot be closed whole: nothing is written from then on. */
  readonly onStopped: (why: string) => void;
};

export type TapeFile = {
  readonly path: string;
  /** One line, without its end. Never throws, never waits. */
  write(line: string): void;
  /** Compressed so far, in this file. */
  bytes(): number;
  isWriting(): boolean;
  /** Why it ended before it was closed, or could not be closed whole; null where neither is so. */
  stoppedWhy(): string | null;
  /** Resolves when all is in the file. */
  close(): Promise<void>;
};

/**
 * A tape as gzip-compressed lines, for the owner alone, never over one that is there: `tape.gz`, then `tape.gz.2`, and so on.
 * But for its last line it never grows above `bytesMax`. Throws what the system throws where its folder cannot be made.
 */
export function createTapeFile({ path: wanted, bytesMax, endLine, onStopped }: TapeFileOptions): TapeFile {
  mkdirSync(dirname(wanted), { recursive: true, mode: 0o700 });
  const { path, bytesBefore } = freePath(wanted);
  if (bytesBefore >= bytesMax) {
    const why = `the tapes before it have reached its ${bytesMax} bytes`;
    onStopped(why);
    return notBegun(path, why);
  }
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const gzip = createGzip();
  gzip.pipe(file);
  const over = new Promise<void>((resolve) => file.once('close', resolve));
  let bytes = bytesBefore;
  let isWriting = true;
  let stoppedWhy: string | null = null;
  /** Not given to the compressor yet: it is asked seldom, for each time costs a thread's turn. */
  let lines = '';

  const end = (why: string): void => {
    isWriting = false;
    clearInterval(timer);
    gzip.end(`${lines}${endLine(why)}\n`);
    lines = '';
  };
  const tellStopped = (why: string): void => {
    stoppedWhy = why;
    onStopped(why);
  };
  const stop = (why: string): void => {
    if (!isWriting) return;
    end(why);
    tellStopped(why);
  };
  const compress = (): void => {
    gzip.write(lines);
    lines = '';
  };
  const timer = setInterval(() => {
    if (lines === '') return;
    compress();
    gzip.flush(constants.Z_SYNC_FLUSH);
  }, FLUSH_EVERY_MS);
  timer.unref();
  gzip.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  for (const stream of [gzip, file]) {
    stream.on('error', (error: Error) => {
      if (isWriting) stop(error.message);
      else tellStopped(error.message);
      file.destroy();
    });
  }
  return {
    path,
    write: (line) => {
      if (!isWriting) return;
      lines += `${line}\n`;
      // As if what waits would not become smaller: so the bound holds whatever it is.
      if (bytes + gzip.writableLength + lines.length >= bytesMax)
        stop(`it has reached its ${bytesMax} bytes`);
      else if (gzip.writableLength > BACKLOG_BYTES_MAX) stop('the disk does not keep up');
      else if (lines.length >= CHUNK_CHARS) compress();
    },
    bytes: () => bytes - bytesBefore,
    isWriting: () => isWriting,
    stoppedWhy: () => stoppedWhy,
    close: async () => {
      if (isWriting) end('closed');
      await over;
    },
  };
}

function notBegun(path: string, why: string): TapeFile {
  return {
    path,
    write: () => {},
    bytes: () => 0,
    isWriting: () => false,
    stoppedWhy: () => why,
    close: async () => {},
  };
}

function freePath(wanted: string): { readonly path: string; readonly bytesBefore: number } {
  let path = wanted;
  let bytesBefore = 0;
  for (let n = 2; existsSync(path); n += 1) {
    bytesBefore += statSync(path).size;
    path = `${wanted}.${n}`;
  }
  return { path, bytesBefore };
}

/** The whole lines of a tape, as far as they can be read: a tape that was cut off ends where it was. Throws what the system throws. */
export async function* tapeLines(path: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  // Told to flush at the end, it takes a file that was cut off for one that is over.
  const bytes = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // What fails is thrown by who reads the bytes.
  pipeline(createReadStream(path), bytes, () => {});
  let rest = '';
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
