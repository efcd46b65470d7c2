import { existsSync } from 'node:fs';
import {
  type ConfigFound,
  issueLines,
  type LoadedConfig,
  loadConfigText,
  loadProfile,
  PROFILES,
} from '../main.ts';
import { environment } from '../platform/environment.ts';
import { CommandError } from './output.ts';
import { readText } from './read-text.ts';

export type SettingsOptions = { readonly config: string; readonly profile?: string };

/** The configuration a command means, complete and checked. Throws CommandError that lists everything wrong with it. */
export function settings({ config, profile }: SettingsOptions, env = environment()): LoadedConfig {
  const loaded = profile === undefined ? loadFile(config, env) : loadProfile(profile, env);
  if (loaded.kind === 'ok') return loaded;
  if (loaded.kind === 'missing') {
    throw new CommandError(
      profile === undefined
        ? `there is no ${config}: write one with "sextant init", or use a ready-made one with --profile ${PROFILES.join(' | ')}`
        : `there is no profile "${profile}": choose one of ${PROFILES.join(', ')}`,
    );
  }
  const name = profile === undefined ? config : `profile ${profile}`;
  throw new CommandError(
    [`${name} cannot be used:`, ...issueLines(loaded.issues).map((line) => `  - ${line}`)].join('\n'),
  );
}

function loadFile(path: string, env: ReturnType<typeof environment>): ConfigFound {
  return existsSync(path) ? loadConfigText(readText(path), env) : { kind: 'missing' };
}
