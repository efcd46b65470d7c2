/** An hour of ticks: more moments than one cycle asks about, and little memory. */
const KEPT_MAX = 720;

/** `textOf`, with the texts of the newest moments kept: every provider spells the same few moments again and again. */
export function remembered(textOf: (atMs: number) => string): (atMs: number) => string {
  const texts = new Map<number, string>();
  return (atMs) => {
    const known = texts.get(atMs);
    if (known !== undefined) return known;
    if (texts.size >= KEPT_MAX) texts.clear();
    const text = textOf(atMs);
    texts.set(atMs, text);
    return text;
  };
}
