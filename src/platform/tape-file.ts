import { createReadStream, createWriteStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { constants, createGunzip, createGzip } from 'node:zlib';

/** Whatever was written so long ago survives `kill -9`. */
const FLUSH_EVERY_MS = 1_000;
/** More that waits for the disk than this: it does not keep up. */
const BACKLOG_BYTES_MAX = 64 * 1024 * 1024;

export type TapeFileOptions = {
  readonly path: string;
  /** Of this file and of those that earlier runs left beside it, compressed. */
  readonly bytesMax: number;
  /** The last line of a tape, saying why it ends. */
  readonly endLine: (why: string) => string;
  /** Called once where it ends before it is closed: nothing is written from then on. */
  readonly onStopped: (why: string) => void;
};

export type TapeFile = {
  readonly path: string;
  /** One line, without its end. Never throws, never waits. */
  write(line: string): void;
  /** Compressed so far, in this file. */
  bytes(): number;
  isWriting(): boolean;
  /** Resolves when all is in the file. */
  close(): Promise<void>;
};

/**
 * A tape as gzip-compressed lines, for the owner alone, never over one that is there: `tape.gz`, then `tape.gz.2`, and so on.
 * It grows to a little above `bytesMax` at most. Throws what the system throws where no file can be made.
 */
export function createTapeFile({ path: wanted, bytesMax, endLine, onStopped }: TapeFileOptions): TapeFile {
  mkdirSync(dirname(wanted), { recursive: true, mode: 0o700 });
  const { path, bytesBefore } = freePath(wanted);
  if (bytesBefore >= bytesMax) {
    onStopped(`the tapes before it have reached its ${bytesMax} bytes`);
    return { path, write: () => {}, bytes: () => 0, isWriting: () => false, close: async () => {} };
  }
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const gzip = createGzip();
  gzip.pipe(file);
  const over = new Promise<void>((resolve) => file.once('close', resolve));
  let bytes = 0;
  let isWriting = true;
  let isDirty = false;

  const end = (why: string): void => {
    if (!isWriting) return;
    isWriting = false;
    clearInterval(timer);
    gzip.end(`${endLine(why)}\n`);
  };
  const stop = (why: string): void => {
    if (!isWriting) return;
    end(why);
    onStopped(why);
  };
  const timer = setInterval(() => {
    if (isDirty) gzip.flush(constants.Z_SYNC_FLUSH);
    isDirty = false;
  }, FLUSH_EVERY_MS);
  timer.unref();
  gzip.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytesBefore + bytes >= bytesMax) stop(`it has reached its ${bytesMax} bytes`);
  });
  for (const stream of [gzip, file]) {
    stream.on('error', (error: Error) => {
      stop(error.message);
      file.destroy();
    });
  }
  return {
    path,
    write: (line) => {
      if (!isWriting) return;
      isDirty = true;
      gzip.write(`${line}\n`);
      if (gzip.writableLength > BACKLOG_BYTES_MAX) stop('the disk does not keep up');
    },
    bytes: () => bytes,
    isWriting: () => isWriting,
    close: async () => {
      end('closed');
      await over;
    },
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
