import type { Decision } from '../core/decision.ts';
import type { LedgerEntry } from '../core/ledger.ts';
import {
  comparePairedDays,
  type Difference,
  type LoadedConfig,
  type PairedDays,
  type ReplayTotals,
} from '../main.ts';
import { createSeededRandom } from '../platform/seeded-random.ts';
import { CommandError, labelText, type Output, table, timeText } from './output.ts';
import {
  groundLabel,
  groundText,
  ledgerPathFor,
  type ReplayBarsOptions,
  replayGround,
  replayInto,
  replaySettings,
  usableText,
} from './replay-bars.ts';
import { count, totalsText } from './replay-text.ts';

const DAY_MS = 86_400_000;

/** What is compared of one replay. */
type Side = {
  readonly totals: ReplayTotals;
  /** Kind of what stood, by cycle and symbol in configured order. */
  readonly kinds: readonly string[];
  /** Opened: `instrument side time`. */
  readonly signals: ReadonlySet<string>;
  readonly returnsByDay: ReadonlyMap<number, readonly number[]>;
};

/** Two configurations over the same bars: what they decided otherwise, and what that came to. */
export async function replayCompare(
  options: ReplayBarsOptions & { readonly compare: readonly string[] },
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  const [fileA, fileB] = options.compare;
  if (fileA === undefined || fileB === undefined || options.compare.length !== 2)
    throw new CommandError(`--compare takes two configurations, not ${options.compare.length}`);
  const ground = replayGround(options);
  const a = replaySettings({ config: fileA }, ground);
  const b = replaySettings({ config: fileB }, ground);
  if (a.version === b.version)
    throw new CommandError(`${fileA} and ${fileB} mean the same: there is nothing to compare`);
  output.note(groundText(ground));
  const run = async (name: string, loaded: LoadedConfig): Promise<Side> => {
    for (const line of usableText(loaded, ground)) output.note(`${name}: ${line}`);
    const observed = observer();
    const path = ledgerPathFor(ground, loaded.version);
    const totals = await replayInto(path, loaded, ground, output, stop, observed.onCycle);
    output.note(`the record of ${name} is ${path}`);
    return { ...observed, totals };
  };
  const sideA = await run(`A (${fileA})`, a);
  const sideB = await run(`B (${fileB})`, b);
  if (stop.aborted) throw new CommandError('ended early: the two are not about the same bars');
  const paired = comparePairedDays(sideA.returnsByDay, sideB.returnsByDay, createSeededRandom('compare'));
  const symbols = a.config.symbols.length;
  const differing = sideA.kinds.filter((kind, index) => kind !== sideB.kinds[index]).length;
  const onlyA = [...sideA.signals].filter((signal) => !sideB.signals.has(signal)).length;
  const onlyB = [...sideB.signals].filter((signal) => !sideA.signals.has(signal)).length;
  const figures = {
    decisions: sideA.kinds.length,
    differing,
    signalsOnlyInA: onlyA,
    signalsOnlyInB: onlyB,
    paired,
  };
  const label = groundLabel(ground);
  if (options.json === true)
    return output.json({ label, symbols, a: sideA.totals, b: sideB.totals, ...figures });
  output.line(labelText(label));
  for (const [name, { totals }] of [
    ['A', sideA],
    ['B', sideB],
  ] as const)
    for (const line of totalsText(totals)) output.line(`${name}: ${line}`);
  output.line(`${count(differing)} of ${count(sideA.kinds.length)} standing decisions differ in kind`);
  output.line(
    `signals only in A: ${count(onlyA)}, only in B: ${count(onlyB)}, in both: ${count(sideA.signals.size - onlyA)}`,
  );
  output.line(pairedText(paired));
}

/** Collects what is compared, cycle by cycle. */
function observer() {
  const kinds: string[] = [];
  const signals = new Set<string>();
  const returnsByDay = new Map<number, number[]>();
  const onCycle = (_: number, standing: readonly Decision[], entries: readonly LedgerEntry[]): void => {
    for (const { kind } of standing) kinds.push(kind);
    for (const entry of entries) {
      if (entry.type === 'signal' && entry.body.event === 'opened') {
        const { instrumentId, side, openedAtMs } = entry.body.signal;
        signals.add(`${instrumentId} ${side} ${timeText(openedAtMs)}`);
      } else if (entry.type === 'outcome' && entry.body.kind === 'resolved') {
        const day = Math.floor(entry.body.exitAtMs / DAY_MS);
        const returns = returnsByDay.get(day);
        if (returns === undefined) returnsByDay.set(day, [entry.body.netReturn]);
        else returns.push(entry.body.netReturn);
      }
    }
  };
  return { kinds, signals, returnsByDay, onCycle };
}

function pairedText(paired: PairedDays): string {
  if (paired.kind === 'notEnough')
    return `not enough days with outcomes (${paired.days} of ${paired.daysMin}): no difference is stated`;
  const { days, expectancy, winRate } = paired;
  return [
    `B less A over ${days} days, outcomes after costs; 95 % interval by bootstrap over whole days, both drawn together:`,
    table(['', 'difference', '95 % interval'], [rowOf('expectancy', expectancy), rowOf('win rate', winRate)]),
  ].join('\n');
}

function rowOf(name: string, { value, ci95: [low, high] }: Difference): string[] {
  return [name, signedPercent(value), `${signedPercent(low)} to ${signedPercent(high)}`];
}

function signedPercent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(3)} %`;
}
