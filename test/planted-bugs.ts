import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const checkout = resolve(import.meta.dirname, '..');

/** A bug that the tests must find, as a unified diff of the code as it is now. */
export type PlantedBug = {
  /** Of the file in `test/planted/`, without `.patch`. */
  readonly name: string;
  /** Its first line: what the code does wrong with it. */
  readonly title: string;
  readonly path: string;
  /** The files that it changes, from the root of the checkout. */
  readonly files: readonly string[];
  /** Of the diff: the lines that go and those that come, without their signs. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
};

export function plantedBugs(): PlantedBug[] {
  const folder = join(import.meta.dirname, 'planted');
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const lines = readFileSync(path, 'utf8').split('\n');
      const changed = (sign: string): string[] =>
        lines
          .filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3)))
          .map((line) => line.slice(1));
      return {
        name: file.replace(/\.patch$/, ''),
        title: lines[0] ?? '',
        path,
        files: lines.flatMap((line) => (line.startsWith('+++ b/') ? [line.slice('+++ b/'.length)] : [])),
        removed: changed('-'),
        added: changed('+'),
      };
    });
}
