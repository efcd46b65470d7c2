import { existsSync, writeFileSync } from 'node:fs';
import { PROFILES, profileText } from '../main.ts';
import { CommandError, type Output } from './output.ts';

export async function init(
  file: string,
  options: { profile: string; force?: boolean },
  output: Output,
): Promise<void> {
  if (existsSync(file) && options.force !== true) {
    throw new CommandError(
      `${file} is there already: edit it, choose another name, or overwrite it with --force`,
    );
  }
  const text = profileText(options.profile);
  if (text === null) {
    throw new CommandError(`there is no profile "${options.profile}": choose one of ${PROFILES.join(', ')}`);
  }
  writeFileSync(file, text, { mode: 0o600 });
  output.line(`wrote ${file}: look it over, then "sextant doctor -c ${file}" and "sextant run -c ${file}"`);
}
