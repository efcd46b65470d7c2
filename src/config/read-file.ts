import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CONFIG_BYTES_MAX } from './document.ts';

/**
 * The text of a configuration file or of a secret; null when it cannot be read. Of a larger file only so much is
 * read as shows that it is too large.
 */
export function readConfigFile(path: string): string | null {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(fstatSync(file).size, CONFIG_BYTES_MAX + 1));
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
