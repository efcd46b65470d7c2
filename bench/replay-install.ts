import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PEER = 'backtest-kit';
const VERSION = '19.5.0';

export type Installed = {
  readonly script: string;
  /** What runs, and how it differs from what was published; for the caption of the figures. */
  readonly origin: string;
};

type Manifest = { readonly version: string; readonly dependencies?: Readonly<Record<string, string>> };

/**
 * Installs backtest-kit into a folder of its own. Where the registry has not the versions of its small helpers that it asks for,
 * it gets the newest ones there are, and the one that there is not at all is written here.
 */
export function installPeer(folder: string): Installed {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}\n');
  const npm = (...args: string[]): string =>
    execFileSync('npm', [...args, '--no-audit', '--no-fund'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const script = join(folder, 'replay-peer.js');
  copyFileSync(join(import.meta.dirname, 'replay-peer.js'), script);
  try {
    npm('install', `${PEER}@${VERSION}`, 'typescript@5');
    return { script, origin: `${PEER} ${VERSION} as published` };
  } catch {
    return { script, origin: installWithOtherHelpers(folder, npm) };
  }
}

function installWithOtherHelpers(folder: string, npm: (...args: string[]) => string): string {
  const archive = npm('pack', `${PEER}@${VERSION}`).trim().split('\n').at(-1) ?? '';
  const wanted = JSON.parse(npm('view', `${PEER}@${VERSION}`, 'dependencies', '--json')) as Record<
    string,
    string
  >;
  const got: string[] = [];
  const missing: string[] = [];
  for (const [name, range] of Object.entries(wanted)) {
    try {
      npm('install', name, 'typescript@5');
      const { version } = manifestOf(folder, name);
      got.push(`${name} ${version} for ${range}`);
    } catch {
      missing.push(name);
    }
  }
  const home = join(folder, 'node_modules', PEER);
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['xzf', join(folder, archive), '-C', home, '--strip-components=1']);
  for (const name of missing) writeSingleton(folder, name);
  return `${PEER} ${VERSION} with ${got.join(', ')}${missing.length === 0 ? '' : `, and a stand-in for ${missing.join(', ')}`}`;
}

/** The one helper that may be missing makes one instance of a class. */
function writeSingleton(folder: string, name: string): void {
  if (name !== 'di-singleton') throw new Error(`${PEER} needs ${name}, which the registry has not`);
  const home = join(folder, 'node_modules', name);
  if (existsSync(home)) return;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), `{"name":"${name}","type":"module","exports":"./index.js"}\n`);
  const code = `export const singleton = (Base) => {
  let one;
  return new Proxy(Base, { construct: (target, args) => (one ??= Reflect.construct(target, args)) });
};
`;
  writeFileSync(join(home, 'index.js'), code);
}

function manifestOf(folder: string, name: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as Manifest;
}
