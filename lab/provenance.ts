import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** `Node 24.21.0, 2 x AMD EPYC`. */
export function machineText(): string {
  return `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`;
}

/** Short hash of the commit this code is from, with `-dirty` when files were changed; `unknown` outside a checkout. */
export function commitText(): string {
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=7', '--exclude=*'];
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: [...stdio],
    }).trim();
  } catch {
    return 'unknown';
  }
}
