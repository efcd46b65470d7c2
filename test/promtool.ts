import { execFileSync, spawnSync } from 'node:child_process';

const isRoot = process.getuid?.() === 0;

/** Runs Prometheus' own checker; it is installed from Debian where that is possible. Throws with what to do where it is not. */
export function promtool(
  args: readonly string[],
  input = '',
): { readonly status: number; readonly said: string } {
  const { status, stdout, stderr, error } = spawnSync(promtoolPath(), [...args], { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { status: status ?? -1, said: stdout + stderr };
}

/** Prometheus itself, from the same package. */
export function prometheusPath(): string {
  return programPath('prometheus');
}

const promtoolPath = (): string => programPath('promtool');

function programPath(name: 'prometheus' | 'promtool'): string {
  const isThere = (): boolean => spawnSync(name, ['--version']).error === undefined;
  if (!isThere() && isRoot) install();
  if (isThere()) return name;
  throw new Error(
    `the metrics tests need ${name}: install it (Debian: \`apt-get install prometheus\`) or put it in PATH`,
  );
}

function install(): void {
  const apt = (...args: string[]) => execFileSync('apt-get', ['-qq', ...args], { stdio: 'ignore' });
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'prometheus');
  } catch {
    // Whatever the reason, what remains to be done is said by the caller.
  }
}
