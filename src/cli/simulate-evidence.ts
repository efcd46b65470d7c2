import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { commitText, machineText } from '../../lab/provenance.ts';
import type { CompareOptions } from '../../lab/simulator/compare.ts';
import type { Scenario } from '../../lab/simulator/scenario.ts';
import { createSystemClock } from '../platform/system-clock.ts';
import { type Block, markdownText, terminalText } from './evidence-text.ts';
import { withSection } from './marked-section.ts';
import { CommandError, labelText, type Output } from './output.ts';
import { type Progress, progressBar } from './progress.ts';
import { type MachineFigures, machineFigures, spanText } from './simulate.ts';
import { checkWritable } from './writable.ts';

export type EvidenceOptions = {
  readonly days?: number;
  readonly seed?: string;
  readonly json?: string;
  /** Of the hours, 0..1: in which everyone is asked afresh for comparison. */
  readonly audit?: number;
  /** Markdown file whose marked part is written anew. */
  readonly docs?: string;
};

/** What the runs took of this machine, and what they came to. */
export type Gathered<T> = { readonly result: T; readonly machine: MachineFigures };

/** Runs `gather` under a bar per stretch of work that it names. */
export async function gathered<T>(
  options: EvidenceOptions,
  output: Output,
  stop: AbortSignal,
  gather: (options: CompareOptions) => Promise<T>,
): Promise<Gathered<T>> {
  for (const path of [options.json, options.docs]) checkWritable(path);
  const clock = createSystemClock();
  const startedMs = clock.elapsedMs();
  let bar: Progress | null = null;
  let shown = '';
  const onProgress = (what: string, done: number, total: number): void => {
    if (what !== shown) {
      bar?.end();
      bar = progressBar(what, output);
      shown = what;
    }
    bar?.show(done, total);
  };
  try {
    const result = await gather({ auditShare: options.audit ?? 1, stop, onProgress });
    return { result, machine: machineFigures((clock.elapsedMs() - startedMs) / 1_000) };
  } finally {
    (bar as Progress | null)?.end();
  }
}

/** Where figures are from, in two sentences. */
export function originText(
  command: string,
  scenario: Scenario,
  { machine }: Pick<Gathered<unknown>, 'machine'>,
  auditShare: number,
): string {
  const label = labelText(scenario.market.label);
  const start = new Date(scenario.startAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const audit =
    auditShare < 1 ? ` Everyone was asked afresh in ${(auditShare * 100).toFixed(0)} % of the hours.` : '';
  return `${label}. \`${command}\`: ${scenario.title}, ${spanText(scenario.days)} from ${start} UTC, seed ${scenario.seed}, commit ${commitText()}, ${machineText()}, ${machine.wallSeconds.toFixed(0)} s.${audit}`;
}

/** Prints the blocks, and writes them between the marks of a document where one is named. */
export function publish(
  name: string,
  origin: string,
  blocks: readonly Block[],
  options: EvidenceOptions,
  output: Output,
): void {
  output.line(terminalText(blocks));
  output.line(origin);
  if (options.docs === undefined) return;
  const text = existsSync(options.docs) ? readFileSync(options.docs, 'utf8') : '';
  const written = withSection(text, name, markdownText(blocks, origin));
  if (written === null)
    throw new CommandError(`${options.docs} has no part between <!-- ${name} --> and <!-- end ${name} -->`);
  writeFileSync(options.docs, written);
}
