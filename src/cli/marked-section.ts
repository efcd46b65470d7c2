/**
 * A Markdown text with the part between `<!-- NAME -->` and `<!-- end NAME -->` replaced; null when the text has no such
 * part. The marks stay.
 */
export function withSection(text: string, name: string, content: string): string | null {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) return null;
  return `${text.slice(0, from + begin.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
}

/** A Markdown table. Cells stand as they are, but for bars, which would end them. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
