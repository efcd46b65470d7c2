import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '../../bin/sextant.js');

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A `sextant` process. Whatever happens to this one, it does not outlive it. */
export class SextantChild {
  readonly startedMs = performance.now();
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #url = Promise.withResolvers<string>();
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], folder: string = process.cwd()) {
    this.#process = spawn(process.execPath, [BIN, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    const killIt = (): void => void this.#process.kill('SIGKILL');
    process.once('exit', killIt);
    this.#closed = once(this.#process, 'close').finally(() => {
      process.off('exit', killIt);
      this.#url.reject(new Error(`it ended before it served: ${this.#stderr}`));
    });
    // Nobody may be waiting for the address of a process that is killed early.
    this.#url.promise.catch(() => {});
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      const [, url] = /page and API at (\S+)\n/.exec(this.#stderr) ?? [];
      if (url !== undefined) this.#url.resolve(url);
    });
  }

  /** Where it serves. Rejects when it ends before it does. */
  get url(): Promise<string> {
    return this.#url.promise;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<Finished> {
    this.#process.kill(signal);
    return this.finished();
  }

  async finished(): Promise<Finished> {
    await this.#closed;
    return { code: this.#process.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Runs a command to its end. */
export function sextant(...args: readonly string[]): Promise<Finished> {
  return new SextantChild(args).finished();
}
