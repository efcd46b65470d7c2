import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { styleText } from 'node:util';
import { probeConfigured, type SourceProbe } from '../main.ts';
import { type Output, printable } from './output.ts';
import { remedyFor, SILENCE_REMEDY } from './remedies.ts';
import { type SettingsOptions, settings } from './settings.ts';

type Check = {
  readonly what: string;
  readonly state: 'ok' | 'warning' | 'bad';
  readonly found: string;
  /** What to do; empty when all is well. */
  readonly remedy: string;
};

const CLOCK_OFF_MS_MAX = 2_000;
const DISK_FREE_BYTES_MIN = 500_000_000;
const SIGN = {
  ok: styleText('green', 'ok     '),
  warning: styleText('yellow', 'warning'),
  bad: styleText('red', 'bad    '),
};

/** Tries everything a run would need, one source at a time with one real exchange each. Exit code 1 if something is bad. */
export async function doctor(options: SettingsOptions & { json?: boolean }, output: Output): Promise<void> {
  const { config, version } = settings(options);
  const checks: Check[] = [
    ok('node', process.versions.node),
    ok(
      'configuration',
      `version ${version}, ${config.symbols.length} symbols, ${config.sources.length} sources`,
    ),
    diskCheck(config.ledger.path),
    ...ledgerCheck(config.ledger.path),
  ];
  for await (const probe of probeConfigured(config)) checks.push(...sourceChecks(probe));
  if (options.json === true) output.json(checks);
  else for (const check of checks) output.line(checkLine(check));
  if (checks.some(({ state }) => state === 'bad')) process.exitCode = 1;
}

function ok(what: string, found: string): Check {
  return { what, state: 'ok', found, remedy: '' };
}

function diskCheck(path: string): Check {
  const what = 'disk';
  let folder = resolve(dirname(path));
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return {
      what,
      state: 'bad',
      found: `${folder} cannot be written`,
      remedy: 'choose another ledger.path or mend its permissions',
    };
  }
  const { bavail, bsize } = statfsSync(folder);
  const found = `${((bavail * bsize) / 1e9).toFixed(1)} GB free at ${folder}`;
  if (bavail * bsize >= DISK_FREE_BYTES_MIN) return ok(what, found);
  return { what, state: 'warning', found, remedy: 'make room: the record only grows' };
}

function ledgerCheck(path: string): Check[] {
  if (!existsSync(path)) return [ok('ledger', `${path} will be made`)];
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return [ok('ledger', path)];
  return [
    {
      what: 'ledger',
      state: 'warning',
      found: `${path} can be read by others (mode ${mode.toString(8)})`,
      remedy: `chmod 600 ${path}`,
    },
  ];
}

function sourceChecks({ id, isDeclared, probe, failure }: SourceProbe): Check[] {
  const what = `source ${id}`;
  if (probe.kind === 'unaskable')
    return [{ what, state: 'warning', found: probe.detail, remedy: 'nothing to try it with' }];
  if (probe.kind === 'silent') {
    return [
      {
        what,
        state: 'bad',
        found: probe.detail,
        remedy: SILENCE_REMEDY,
      },
    ];
  }
  const checks: Check[] = [
    failure === null
      ? ok(what, `${probe.endpoint} answered in ${Math.round(probe.tookMs)} ms`)
      : {
          what,
          state: 'bad',
          found: `${failure.kind}: ${printable(failure.detail)}`,
          remedy: remedyFor(failure.kind, isDeclared),
        },
  ];
  const offMs = probe.clockAheadMs ?? 0;
  if (Math.abs(offMs) > CLOCK_OFF_MS_MAX) {
    checks.push({
      what: 'clock',
      state: 'warning',
      found: `${id} says it is ${(Math.abs(offMs) / 1_000).toFixed(0)} s ${offMs > 0 ? 'later' : 'earlier'} than this machine`,
      remedy: 'set the clock (ntp): ages and sessions depend on it',
    });
  }
  return checks;
}

function checkLine({ what, state, found, remedy }: Check): string {
  return `${SIGN[state]}  ${what}: ${found}${remedy === '' ? '' : `\n         → ${remedy}`}`;
}
