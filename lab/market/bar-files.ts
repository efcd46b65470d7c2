import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { BarText } from '../../src/index.ts';

/** The text of a file of bars, `.gz` unpacked; or in words why it cannot be had. */
export function readBarFile(path: string): BarText | string {
  if (!existsSync(path)) return `there is no file ${path}`;
  if (statSync(path).isDirectory()) return `${path} is a folder: name the files in it`;
  const bytes = readFileSync(path);
  try {
    const text = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    return { name: basename(path), text: text.toString('utf8') };
  } catch {
    return `${path} ends in .gz but cannot be unpacked`;
  }
}
