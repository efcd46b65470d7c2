import { consequences } from './config/consequences.ts';
import { type ConfigIssue, issueText } from './config/issue.ts';
import type { ConfigLoaded } from './config/load.ts';
import type { Look } from './config/watch.ts';
import type { Config } from './core/options.ts';
import type { Logger } from './platform/logger.ts';
import type { Redactor } from './platform/redactor.ts';
import type { RunningEngine } from './running-engine.ts';
import { secretsOf } from './seats.ts';
import type { LiveBoard } from './telemetry/live-board.ts';
import type { Metrics } from './telemetry/metrics/metrics.ts';

export type ReloadParts = {
  readonly path: string;
  readonly config: Config;
  /** Versions that were accepted before. */
  readonly known: readonly string[];
  /** Reads a text with the files it names as they were seen together. */
  readonly load: (text: string, files: Look['files']) => ConfigLoaded;
  readonly running: Pick<RunningEngine, 'adopt'> & { readonly live: Pick<LiveBoard, 'fileRefused'> };
  readonly redactor: Redactor;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'reload'>;
};

/** Of what is wrong with a file; `sextant config check` tells all of it. */
const LOGGED_MAX = 20;

const GONE: ConfigIssue = { path: '', line: null, found: 'no file', remedy: 'put it back' };

/** What becomes of a configuration file that changed: it runs from the next cycle on, or it changes nothing and is told. */
export class Reload {
  readonly #parts: ReloadParts;
  readonly #known: Set<string>;
  /** What the file last said that could be used; what needs a restart as at the start. */
  #filed: Config;
  #isFirst = true;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
    this.#known = new Set(parts.known);
    this.#filed = parts.config;
  }

  /** `look` came to rest. */
  take({ text, files }: Look): void {
    const loaded: ConfigLoaded =
      text === null ? { kind: 'invalid', issues: [GONE] } : this.#parts.load(text, files);
    if (loaded.kind === 'invalid') this.#refuse(loaded.issues);
    else this.#accept(loaded.config, loaded.version, text);
  }

  #refuse(issues: readonly ConfigIssue[]): void {
    const { path, log, metrics, running, redactor } = this.#parts;
    const lines = issues.map((issue) => redactor.redact(issueText(issue)));
    const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
    running.live.fileRefused(`${path} is not used, the last good version is: ${lines[0]}${more}`);
    metrics.reload('refused');
    log.error(
      { path, issues: lines.slice(0, LOGGED_MAX), more: Math.max(0, lines.length - LOGGED_MAX) },
      'a configuration cannot be used: the last good one goes on',
    );
  }

  #accept(next: Config, version: string, text: string | null): void {
    const { path, log, metrics, running, redactor } = this.#parts;
    // Before anything can be said of it. The old ones stay: requests with them may be under way.
    redactor.know(secretsOf(next));
    // The address may have been given beside the file.
    if (this.#isFirst) this.#filed = { ...this.#filed, server: next.server };
    this.#isFirst = false;
    const { changes, needRestart, config } = consequences(this.#filed, next);
    this.#filed = config;
    running.live.fileRefused(null);
    metrics.reload('usable');
    if (needRestart.length > 0) {
      log.warn({ path, needRestart }, 'changes that need a restart wait for it; what was, stays');
    }
    if (changes.length === needRestart.length) return;
    const how = this.#known.has(version) ? 'rollback' : 'reload';
    const adopted = { ...config, server: this.#parts.config.server };
    running.adopt({ config: adopted, configVersion: version, how, text }, () => {
      this.#known.add(version);
      log.setLevel(config.log.level);
      metrics.reload('adopted');
      log.info({ path, version, how, changes }, 'another configuration runs');
    });
  }
}
