import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { dataDir } from '../data.ts';
import { checkout, type PlantedBug, plantedBugs } from '../planted-bugs.ts';
import { part } from './part.ts';

/** 19 of 20. */
const CAUGHT_SHARE_MIN = 0.95;
const VITEST_MS_MAX = 240_000;
/** What runs against the clock of a busy machine may fail without a bug. */
const TIMED = ['**/*.e2e.test.ts', '**/*.browser.test.ts'];

type Verdict =
  | { readonly kind: 'caught'; readonly by: string; readonly file: string }
  | { readonly kind: 'missed' }
  /** It says nothing of the tests: it no longer fits the code, or the code with it does not load. */
  | { readonly kind: 'void'; readonly why: string };

/** A copy of the checkout with one bug at a time in it. */
class Scratch {
  readonly #folder: string;
  readonly #report: string;
  /** By test file: whether it passes without any bug. */
  readonly #passes: Map<string, boolean>;

  constructor(folder: string, passes: Map<string, boolean>) {
    this.#folder = folder;
    this.#report = join(folder, 'planted-report.json');
    this.#passes = passes;
    const listed = spawnSync('git', ['ls-files', '-z'], { cwd: checkout, encoding: 'utf8' }).stdout;
    for (const file of listed.split('\0')) {
      if (file === '' || !existsSync(join(checkout, file))) continue;
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(checkout, file), join(folder, file));
    }
    symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  }

  /** The tests of the file's own folder, of the simulator, and all others that reach the file; until one fails. */
  async judge({ path, files }: PlantedBug): Promise<Verdict> {
    if (!this.#apply(path)) return { kind: 'void', why: 'it no longer fits the code' };
    const own = files.map((file) => `${dirname(file)}/`);
    const elsewhere = ['lab/simulator/**', ...own.map((folder) => `${folder}**`), ...TIMED];
    const stages = [
      ['run', ...own],
      ['related', '--run', ...files, '--dir', 'lab/simulator'],
      ['related', '--run', ...files, ...elsewhere.flatMap((pattern) => ['--exclude', pattern])],
    ];
    let verdict: Verdict = { kind: 'missed' };
    for (const stage of stages) {
      verdict = await this.#surelyFails(stage, path);
      if (verdict.kind !== 'missed') break;
    }
    this.#apply(path, '--reverse');
    return verdict;
  }

  /** A test that fails once and then does not, or without the bug too, says nothing: the next one is looked for. */
  async #surelyFails(stage: readonly string[], path: string): Promise<Verdict> {
    const unsure: string[] = [];
    for (;;) {
      const verdict = await this.#firstFailure([...stage, ...unsure.flatMap((file) => ['--exclude', file])]);
      if (verdict.kind !== 'caught') return verdict;
      const again = await this.#firstFailure(['run', verdict.file]);
      if (again.kind === 'caught' && (await this.#passesWithout(path, verdict.file))) return again;
      unsure.push(verdict.file);
    }
  }

  #apply(path: string, ...how: readonly string[]): boolean {
    return spawnSync('git', ['apply', ...how, path], { cwd: this.#folder }).status === 0;
  }

  async #passesWithout(path: string, file: string): Promise<boolean> {
    const known = this.#passes.get(file);
    if (known !== undefined) return known;
    this.#apply(path, '--reverse');
    const { kind } = await this.#firstFailure(['run', file]);
    this.#apply(path);
    this.#passes.set(file, kind === 'missed');
    return kind === 'missed';
  }

  async #firstFailure(stage: readonly string[]): Promise<Verdict> {
    rmSync(this.#report, { force: true });
    const vitest = join(checkout, 'node_modules/vitest/vitest.mjs');
    const options = ['--bail=1', '--maxWorkers=1', '--passWithNoTests', '--reporter=json'];
    const child = spawn(process.execPath, [vitest, ...stage, ...options, `--outputFile=${this.#report}`], {
      cwd: this.#folder,
      env: { ...process.env, SEXTANT_DATA: dataDir, SEXTANT_SLOW: '', CI: '' },
      stdio: 'ignore',
      timeout: VITEST_MS_MAX,
    });
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    await new Promise((resolve) => {
      child.once('close', resolve);
    });
    process.off('exit', end);
    if (!existsSync(this.#report)) return { kind: 'void', why: `vitest ${stage.join(' ')} did not end` };
    const report = JSON.parse(readFileSync(this.#report, 'utf8')) as TestReport;
    return firstFailureOf(report, this.#folder);
  }
}

type TestReport = {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
};

function firstFailureOf({ testResults }: TestReport, folder: string): Verdict {
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed !== undefined)
      return { kind: 'caught', by: failed.fullName.trim(), file: relative(folder, name) };
  }
  const broken = testResults.find(({ status }) => status === 'failed');
  if (broken === undefined) return { kind: 'missed' };
  return { kind: 'void', why: `${relative(folder, broken.name)} cannot be run: ${broken.message}` };
}

/** `--only NAME,NAME` tries these alone. */
await part('planted', { lanes: '2', only: '' }, async ({ lanes, only }) => {
  const names = only.split(',').filter((name) => name !== '');
  const bugs = plantedBugs().filter(({ name }) => names.length === 0 || names.includes(name));
  const folder = mkdtempSync(join(tmpdir(), 'sextant-planted-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const verdicts = new Map<PlantedBug, Verdict>();
  const passes = new Map<string, boolean>();
  const waiting = [...bugs];
  const drain = async (_: unknown, lane: number): Promise<void> => {
    const scratch = new Scratch(join(folder, String(lane)), passes);
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      const verdict = await scratch.judge(bug);
      verdicts.set(bug, verdict);
      console.log(lineOf(bug, verdict));
    }
  };
  await Promise.all(Array.from({ length: Number(lanes) }, drain));

  const caught = bugs.filter((bug) => verdicts.get(bug)?.kind === 'caught').length;
  const missed = bugs.filter((bug) => verdicts.get(bug)?.kind === 'missed').map(({ name }) => name);
  const voids = [...verdicts].flatMap(([{ name }, verdict]) =>
    verdict.kind === 'void' ? [`${name}: ${verdict.why}`] : [],
  );
  const share = caught / bugs.length;
  const tooFew =
    share < CAUGHT_SHARE_MIN
      ? [`${caught} of ${bugs.length} planted bugs were caught; missed: ${missed.join(', ')}`]
      : [];
  return { figures: { planted: bugs.length, caught, missed, share }, faults: [...voids, ...tooFew] };
});

function lineOf({ name, title }: PlantedBug, verdict: Verdict): string {
  if (verdict.kind === 'caught')
    return `caught  ${name}: ${title}\n          by ${verdict.file}: ${verdict.by}`;
  return verdict.kind === 'missed' ? `MISSED  ${name}: ${title}` : `VOID    ${name}: ${verdict.why}`;
}
