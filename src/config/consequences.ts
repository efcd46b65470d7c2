import { canonicalJson } from '../core/canonical-json.ts';
import type { Config } from '../core/options.ts';
import { redactedConfig } from './load.ts';

/** One value that differs, as JSON; null where it is not there. */
export type Change = { readonly path: string; readonly from: string | null; readonly to: string | null };

export type Consequences = {
  /** Keys are named, their values never shown. */
  readonly changes: readonly Change[];
  /** Of the changed paths: what stays as it was until the service is started anew. */
  readonly needRestart: readonly string[];
  /** What is to run: the next configuration, with what needs a restart as it was. */
  readonly config: Config;
};

/** Bound once by the process that runs: its address, its record, its pool of connections. */
const BOUND = ['server.host', 'server.port', 'ledger.path', 'flags.connectionPool'];

/** What a configuration changes that follows one which runs. Pure. */
export function consequences(running: Config, next: Config): Consequences {
  const changes = [
    ...differences(redactedConfig(running), redactedConfig(next)),
    ...keyChanges(running, next),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    changes,
    needRestart: pathsNeedingRestart(changes),
    config: {
      ...next,
      server: running.server,
      ledger: running.ledger,
      flags: { ...next.flags, connectionPool: running.flags.connectionPool },
    },
  };
}

/** Of the changed paths: what stays as it was until the service is started anew. */
export function pathsNeedingRestart(changes: readonly Change[]): string[] {
  return changes.map(({ path }) => path).filter((path) => BOUND.includes(path));
}

/** What differs between two recorded (redacted) configurations, by path; sources are told apart by their ids. */
export function differences(from: unknown, to: unknown): Change[] {
  const before = leavesOf(from);
  const after = leavesOf(to);
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .map((path) => ({ path, from: before.get(path) ?? null, to: after.get(path) ?? null }))
    .filter((change) => change.from !== change.to);
}

function keyChanges(running: Config, next: Config): Change[] {
  return next.sources.flatMap(({ id, keys }) => {
    const before = running.sources.find((source) => source.id === id)?.keys ?? {};
    return Object.entries(keys)
      .filter(([name, value]) => before[name] !== undefined && before[name] !== value)
      .map(([name]) => ({ path: `sources.${id}.keys.${name}`, from: '"***"', to: '"*** (another)"' }));
  });
}

function leavesOf(value: unknown): Map<string, string> {
  const leaves = new Map<string, string>();
  const visit = (at: unknown, where: string): void => {
    const members = membersOf(at, where);
    if (members === null) leaves.set(where, canonicalJson(at));
    else for (const [name, inner] of members) visit(inner, where === '' ? name : `${where}.${name}`);
  };
  visit(value, '');
  return leaves;
}

function membersOf(value: unknown, path: string): readonly (readonly [string, unknown])[] | null {
  if (value === null || value === undefined || typeof value !== 'object') return null;
  if (!Array.isArray(value)) return Object.entries(value).filter(([, inner]) => inner !== undefined);
  if (path !== 'sources') return null;
  return value.map((source: { id: string }) => {
    const { id, ...rest } = source;
    return [id, rest] as const;
  });
}
