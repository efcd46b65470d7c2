import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { checkout, plantedBugs } from './planted-bugs.ts';

const bugs = plantedBugs();

it('plants enough bugs for 95 % to mean something, each with a name of its own', () => {
  expect(bugs.length).toBeGreaterThanOrEqual(24);
  expect(new Set(bugs.map(({ title }) => title)).size).toBe(bugs.length);
});

describe.each(bugs)('planted bug $name', ({ title, path, files, removed, added }) => {
  it('fits the code as it is: whoever changes the code plants it anew', () => {
    const { status, stderr } = spawnSync('git', ['apply', '--check', path], {
      cwd: checkout,
      encoding: 'utf8',
    });
    expect(`${status} ${stderr}`).toBe('0 ');
  });

  it('changes what the program does', () => {
    expect(title).toMatch(/^[A-Z].{15,98}[^.]$/);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(file).toMatch(/^src\/.+(?<!\.test|\.testing)\.ts$/);
    expect(codeOf(added)).not.toBe(codeOf(removed));
  });
});

/** Without comments and white space. */
function codeOf(lines: readonly string[]): string {
  return lines
    .map((line) => line.trim())
    .filter((line) => !/^(\/\/|\/?\*)/.test(line))
    .join('')
    .replace(/\s/g, '');
}
