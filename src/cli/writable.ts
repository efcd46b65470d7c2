import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from './output.ts';

/**
 * To be asked before long work whose result goes into a file: throws CommandError where it could not be written. Without a
 * path there is nothing to ask.
 */
export function checkWritable(path: string | undefined): void {
  if (path === undefined) return;
  const folder = dirname(path);
  if (!existsSync(folder)) throw new CommandError(`${path} cannot be written: there is no folder ${folder}`);
  if (existsSync(path) && statSync(path).isDirectory())
    throw new CommandError(`${path} cannot be written: it is a folder`);
  try {
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
  } catch {
    throw new CommandError(`${path} cannot be written: you may not write there`);
  }
}

/** The same of a folder, which is made where it is not there. */
export function readyFolder(path: string | undefined): void {
  if (path === undefined) return;
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch {
    throw new CommandError(
      `${path} cannot be written to: name a folder, there or not, in which you may write`,
    );
  }
}
