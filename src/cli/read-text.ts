import { readFileSync } from 'node:fs';
import { CommandError } from './output.ts';

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
};

/** The text of a file that somebody named. Throws CommandError that says which one cannot be read, and why. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new CommandError(`${path} cannot be read: ${REASONS[code] ?? String(error)}`);
  }
}
