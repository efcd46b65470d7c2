import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type FileText =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'tooLarge'; readonly bytes: number }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** Text of a UTF-8 file of at most `bytesMax` bytes. Never rejects. */
export async function readTextFile(path: string, bytesMax: number): Promise<FileText> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) return { kind: 'tooLarge', bytes: size };
    return { kind: 'ok', text: await readFile(path, 'utf8') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return code === 'ENOENT' ? { kind: 'missing' } : { kind: 'unreadable', detail: code };
  }
}

/**
 * Puts a whole file in place of the old one, or leaves the old one untouched: written beside it, flushed to the disk,
 * then renamed. `mode` as in chmod (0o600 for whatever may hold a secret). Rejects with the system's error.
 */
export async function writeFileAtomically(path: string, text: string, mode: number): Promise<void> {
  const draft = join(dirname(path), `.${randomUUID()}.draft`);
  try {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Permission bits of a file such as 0o600; null when there is no such file. */
export async function fileMode(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch {
    return null;
  }
}
