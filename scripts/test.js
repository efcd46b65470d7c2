// `npm test`: format, lint, types, build, then all tests; ends with one plain line that any reader of logs understands.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'sextant-test-'));
const report = join(folder, 'vitest.json');

const steps = [
  ['format and lint', 'biome', ['ci', '.']],
  ['lint with types', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['unused files and exports', 'knip', []],
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  ['types of the page', 'tsc', ['-p', 'web/tsconfig.json']],
  ['build', 'npm', ['run', '--silent', 'build']],
  ['tests', 'vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile=${report}`]],
];

let failed = '';
for (const [name, command, args] of steps) {
  console.log(`\n--- ${name}: ${command} ${args.filter((arg) => !arg.includes(folder)).join(' ')}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) {
    failed = name;
    break;
  }
}

let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  // No report: the tests were not reached, and `failed` names the step.
}
rmSync(folder, { recursive: true, force: true });
if (failed !== '') console.log(`\nfailed at: ${failed}`);
console.log(
  `\n${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${counts.numPendingTests} skipped`,
);
process.exit(failed === '' ? 0 : 1);
