import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export type PartResult = {
  readonly figures: Readonly<Record<string, unknown>>;
  /** Empty when all that was to be seen was seen. */
  readonly faults: readonly string[];
};

/**
 * One part of `npm run accept`, a process of its own: runs, prints its figures, writes them to the file that `--json`
 * names, and ends with 1 where it found a fault. `defaults` names its other options.
 */
export async function part<Options extends Record<string, string>>(
  name: string,
  defaults: Options,
  run: (options: Options) => Promise<PartResult>,
): Promise<void> {
  const names = [...Object.keys(defaults), 'json'];
  const { values } = parseArgs({
    options: Object.fromEntries(names.map((option) => [option, { type: 'string' as const }])),
  });
  const { json, ...given } = values as Record<string, string | undefined>;
  // Ending this way takes the children along.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const startedMs = performance.now();
  const { figures, faults } = await run({ ...defaults, ...given });
  const wallS = Math.round((performance.now() - startedMs) / 100) / 10;
  const lines = Object.entries({ wallS, ...figures }).map(
    ([figure, value]) => `  ${figure}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  console.log([`${name}: ${faults.length === 0 ? 'passed' : 'FAILED'}`, ...lines].join('\n'));
  for (const fault of faults.slice(0, 20)) console.log(`  fault: ${fault}`);
  if (json !== undefined)
    writeFileSync(json, JSON.stringify({ part: name, wallS, figures, faults }, null, 2));
  process.exitCode = faults.length === 0 ? 0 : 1;
}

/** The smallest value that `share` (0..1) of all values do not exceed, rounded; null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined ? null : Math.round(value);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
