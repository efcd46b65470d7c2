import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

type Unpack = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const UNPACKERS: ReadonlyMap<string, Unpack> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
] as [string, Unpack][]);

/** What we tell the provider we can read. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

export type Decompressed =
  | { readonly kind: 'ok'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'broken'; readonly detail: string };

/** Unpacks a body, never to more than `bytesMax` bytes, however small it came. Never rejects. */
export async function decompress(body: Buffer, encoding: string, bytesMax: number): Promise<Decompressed> {
  let bytes = body;
  for (const name of encoding.toLowerCase().split(',').reverse()) {
    const coding = name.trim();
    if (coding === '' || coding === 'identity') continue;
    const unpack = UNPACKERS.get(coding);
    if (unpack === undefined) return { kind: 'broken', detail: 'the content coding is not known' };
    try {
      bytes = await unpack(bytes, { maxOutputLength: bytesMax });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'tooLarge' };
      return { kind: 'broken', detail: `the body cannot be decompressed (${code ?? 'unknown error'})` };
    }
  }
  return { kind: 'ok', bytes };
}
