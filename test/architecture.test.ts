import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may import whom, and who may touch the outside world: docs/ARCHITECTURE.md in words, here as a test. */

const root = join(import.meta.dirname, '..');
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file !== '' && !file.endsWith('.test.ts') && !file.endsWith('.testing.ts'));

const text = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Project files that a file imports, types included, as paths from the root. */
function importsOf(file: string): string[] {
  return [...text(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    relative(root, join(root, dirname(file), path)),
  );
}

/** `src/gateway/batch.ts` lies in `gateway`; a file directly in src/ is its own place. */
function placeOf(file: string): string {
  const [top = '', folder = '', rest] = file.split('/');
  return top === 'src' ? (rest === undefined ? `src/${folder}` : folder) : top;
}

const STAGES = [
  'sources',
  'gateway',
  'analysts',
  'consensus',
  'planner',
  'signals',
  'ledger',
  'outcomes',
  'replay',
  'api',
  'telemetry',
  'config',
];
const WIRING = [
  'src/turn.ts',
  'src/cycle.ts',
  'src/engine.ts',
  'src/seats.ts',
  'src/probes.ts',
  'src/running-engine.ts',
  'src/reload.ts',
  'src/replay-tape.ts',
  'src/replay-bars.ts',
  'src/config-check.ts',
  'src/main.ts',
  'src/index.ts',
];

/** What each place may import beside itself; `*` is anything in src/. */
const ALLOWED: Record<string, readonly string[]> = {
  core: [],
  platform: ['core'],
  cli: ['core', 'platform', 'src/main.ts', 'lab'],
  tape: ['core', 'platform'],
  turn: ['core', ...STAGES],
  'src/turn.ts': ['core', 'turn', ...STAGES],
  'src/cycle.ts': ['core', 'turn', 'src/turn.ts', ...STAGES],
  'src/engine.ts': ['core', 'turn', 'src/turn.ts', 'src/cycle.ts', ...STAGES],
  'src/seats.ts': ['core', 'turn', ...STAGES],
  'src/probes.ts': ['core', 'platform', 'turn', 'src/seats.ts', ...STAGES],
  'src/running-engine.ts': ['core', 'turn', 'src/cycle.ts', 'src/engine.ts', 'src/seats.ts', ...STAGES],
  'src/reload.ts': ['core', 'platform', 'src/running-engine.ts', 'src/seats.ts', ...STAGES],
  'src/replay-tape.ts': ['core', 'tape', 'src/running-engine.ts', 'src/seats.ts', ...STAGES],
  'src/replay-bars.ts': ['core', 'platform', 'turn', 'src/running-engine.ts', 'src/seats.ts', ...STAGES],
  'src/config-check.ts': ['core', 'turn', 'src/seats.ts', ...STAGES],
  'src/main.ts': [
    'core',
    'platform',
    'turn',
    'src/engine.ts',
    'src/seats.ts',
    'src/probes.ts',
    'src/running-engine.ts',
    'src/reload.ts',
    'tape',
    'src/replay-tape.ts',
    'src/config-check.ts',
    'src/replay-bars.ts',
    ...STAGES,
  ],
  'src/index.ts': ['core', 'platform', 'src/engine.ts', 'src/main.ts', ...STAGES],
  lab: ['src/index.ts'],
  bench: ['src/index.ts', 'src/main.ts', 'platform', 'lab', 'core', ...STAGES],
  web: [],
  ...Object.fromEntries(STAGES.map((stage) => [stage, ['core']])),
};

describe('who may import whom', () => {
  const sources = files.filter((file) => /^(src|lab|web|bench)\//.test(file));

  test('the rules cover every place', () => {
    const places = new Set(sources.map(placeOf));
    expect([...places].filter((place) => !(place in ALLOWED))).toEqual([]);
  });

  test.each(sources)('%s imports only what its place may', (file) => {
    const place = placeOf(file);
    const wrong = importsOf(file).filter((target) => {
      const to = placeOf(target);
      if (to === place && !WIRING.includes(place)) return false;
      if (place === 'web' && target === 'src/api/contract.ts') return false;
      if (/^lab\/(server|cli)[^/]*\.ts$/.test(file) && to === 'platform') return false;
      return !(ALLOWED[place] ?? []).includes(to);
    });
    expect(wrong).toEqual([]);
  });
});

const BANNED: readonly { readonly pattern: RegExp; readonly use: string }[] = [
  { pattern: /\bDate\.now\b/, use: 'Clock.nowMs()' },
  { pattern: /\bnew Date\(\s*\)/, use: 'new Date(clock.nowMs())' },
  { pattern: /\bperformance\.now\b/, use: 'Clock.elapsedMs()' },
  { pattern: /\bprocess\.hrtime\b/, use: 'Clock.elapsedMs()' },
  { pattern: /\bMath\.random\b/, use: 'Random.next()' },
  { pattern: /\brandomUUID\b/, use: 'an id derived from what it names' },
  { pattern: /(?<![.\w])set(Timeout|Interval|Immediate)\b/, use: 'Clock.at() or Clock.sleepUntil()' },
  { pattern: /(?<![.\w])fetch\s*\(/, use: 'Http.send()' },
  { pattern: /\bprocess\.env\b/, use: 'platform/environment.ts' },
];

describe('only platform/ touches clocks, chance, timers, network and environment', () => {
  const bound = files.filter(
    (file) =>
      /^(src|lab)\//.test(file) && !file.startsWith('src/platform/') && !/^lab\/server[^/]*\.ts$/.test(file),
  );
  test.each(bound)('%s does not', (file) => {
    const code = text(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const found = BANNED.filter(({ pattern }) => pattern.test(code)).map(
      ({ pattern, use }) => `${pattern.source}: use ${use}`,
    );
    expect(found).toEqual([]);
  });
});

describe('the repository', () => {
  test('carries no download addresses in its lock file', () => {
    expect(text('package-lock.json')).not.toContain('"resolved"');
  });
});
