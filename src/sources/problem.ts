/** One thing that is wrong with what a person wrote: where, what was found there, what to write instead. */
export type Problem = { readonly path: string; readonly found: string; readonly remedy: string };

export function problemText({ path, found, remedy }: Problem): string {
  return `${path} is ${found}: ${remedy}`;
}

/** A value as it is shown in a problem, cut to one line. */
export function shown(value: unknown): string {
  const text = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

/** Why a text is no base address, or null: https, or plain http on this machine, and no credentials. */
export function addressDefect(text: unknown): string | null {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  if (url === null) return 'write an absolute URL such as https://api.example.com';
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    return 'use https; plain http is for loopback addresses only';
  }
  return url.username === '' && url.password === '' ? null : 'keep credentials out of it: name a key instead';
}
