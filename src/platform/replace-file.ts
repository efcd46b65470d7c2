import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';

const OWNER_ONLY = 0o600;
const PERMISSIONS = 0o777;

/**
 * Puts a text in the place of a file, for those who could read that one, else for the owner alone: written beside it first, so that whoever reads finds a whole one,
 * the old or the new. Throws what the system throws; what was there before still is.
 */
export function replaceFile(path: string, text: string): void {
  const beside = `${path}.new`;
  const before = statSync(path, { throwIfNoEntry: false });
  const file = openSync(beside, 'w', OWNER_ONLY);
  try {
    fchmodSync(file, before === undefined ? OWNER_ONLY : before.mode & PERMISSIONS);
    // Unlike writeSync it goes on where a nearly full disk took only a part.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
