import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Puts a text in the place of a file, for the owner alone: written beside it first, so that whoever reads finds a whole one,
 * the old or the new. Throws what the system throws; what was there before still is.
 */
export function replaceFile(path: string, text: string): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    // Unlike writeSync it goes on where a nearly full disk took only a part.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
