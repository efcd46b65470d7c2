import type { Path } from './document.ts';
import type { Report } from './issue.ts';
import type { Provider } from './provider.ts';
import type { ConfigFile } from './schema.ts';

type Entry = ConfigFile['sources'][string];
type At = (...rest: string[]) => Path;

/** Holds the keys and the options of an entry against those that its provider takes. */
export function checkKeysAndOptions(provider: Provider, entry: Entry, at: At, report: Report): void {
  checkKeys(provider, entry, at, report);
  checkOptions(provider, entry, at, report);
}

function checkKeys({ source, http }: Provider, entry: Entry, at: At, report: Report): void {
  for (const name of Object.keys(entry.keys)) {
    if (Object.hasOwn(source.keys, name)) continue;
    const known = Object.keys(source.keys).join(', ') || 'none: it works without';
    const remedy =
      http === null
        ? `its keys are ${known}`
        : `write {key:${name}} into its url or a header, or leave it out`;
    report(at('keys', name), 'a key this source does not take', remedy);
  }
  if (!entry.enabled) return;
  for (const [name, { env, required }] of Object.entries(source.keys)) {
    if (!required || Object.hasOwn(entry.keys, name)) continue;
    const line = `keys: { ${name}: \${${env}} }`;
    report(at('keys', name), 'nothing', `${source.title} needs it: write ${line}, or set enabled: false`);
  }
}

function checkOptions({ source }: Provider, entry: Entry, at: At, report: Report): void {
  for (const [name, value] of Object.entries(entry.options)) {
    const byDefault = Object.hasOwn(source.options, name) ? source.options[name] : undefined;
    if (byDefault === undefined) {
      const known = Object.keys(source.options).join(', ') || 'none';
      report(at('options', name), 'an option this source does not take', `its options are ${known}`);
      continue;
    }
    const choices = source.optionChoices?.[name];
    const remedy =
      choices === undefined
        ? `leave it out for ${byDefault}, or write another`
        : `choose one of ${choices.join(', ')}`;
    const isTaken = choices === undefined ? value.trim() !== '' : choices.includes(value);
    if (!isTaken) report(at('options', name), JSON.stringify(value).slice(0, 80), remedy);
  }
}
