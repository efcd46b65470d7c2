/** One thing wrong with a configuration, told so that it can be mended without reading code. */
export type ConfigIssue = {
  /** `sources.alpaca.weight`; empty for the file as a whole. */
  readonly path: string;
  /** 1-based line in the file, null where it concerns something that is not there. */
  readonly line: number | null;
  readonly found: string;
  readonly remedy: string;
};

export function issueText({ path, line, found, remedy }: ConfigIssue): string {
  const where = [path, line === null ? '' : `line ${line}`].filter((part) => part !== '').join(', ');
  return `${where === '' ? 'the file' : where}: found ${found}; ${remedy}`;
}

/** Notes one thing that is wrong; its line is looked up by the path. */
export type Report = (path: readonly (string | number)[], found: string, remedy: string) => void;
