import type { Dispatcher } from 'undici';
import type { Clock } from '../core/clock.ts';
import type { HttpOutcome } from '../core/http.ts';
import type { HttpPhase } from '../core/http-pools.ts';
import { decompress } from './decompress.ts';
import type { Expiring } from './expiries.ts';
import type { PoolLog } from './pool-log.ts';

const REDIRECTS = new Set([300, 301, 302, 303, 305, 307, 308]);
const TIMEOUT_CODES = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

type Controller = Dispatcher.DispatchController;
type FailureReason = Extract<HttpOutcome, { kind: 'failed' }>['reason'];

type ExchangeOptions = {
  readonly origin: string;
  readonly bytesMax: number;
  readonly clock: Clock;
  readonly log: PoolLog;
  readonly resolve: (outcome: HttpOutcome) => void;
};

/** One request and its answer, as undici drives it. Resolves once, whichever end comes first. */
export class Exchange implements Dispatcher.DispatchHandler, Expiring {
  /** Takes the exchange off the list of those that may expire. */
  forget: () => void = () => {};

  readonly #options: ExchangeOptions;
  readonly #chunks: Buffer[] = [];
  #controller: Controller | null = null;
  #bytes = 0;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #done = false;
  #phaseSinceMs: number;
  readonly #busyBeforeMs = busyMs();

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#phaseSinceMs = options.clock.elapsedMs();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // Timed out while it waited for a connection: it must not leave now.
    if (this.#done) controller.abort(new Error('timed out'));
    else {
      this.#options.log.sent();
      this.#ended('queue');
    }
  }

  onResponseStart(controller: Controller, status: number, headers: RawHeaders): void {
    // 103 and its kin announce the answer; they are not it.
    if (status < 200) return;
    this.#ended('headers');
    this.#status = status;
    this.#headers = joinHeaders(headers);
    if (REDIRECTS.has(status)) {
      const target = URL.parse(this.#headers.location ?? '', this.#options.origin)?.origin ?? 'nowhere';
      this.#fail('redirect', `${status} to ${target}`);
      controller.abort(new Error('redirect'));
    } else if (Number(this.#headers['content-length'] ?? 0) > this.#options.bytesMax) {
      this.#failTooLarge(controller);
    }
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.bytesMax) this.#failTooLarge(controller);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#done) return;
    this.#ended('body');
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const encoding = this.#headers['content-encoding'];
    if (encoding === undefined || body.length === 0) this.#answer(body);
    else void this.#answerDecompressed(body, encoding);
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    const code = (error as NodeJS.ErrnoException).code ?? error.name;
    this.#fail(TIMEOUT_CODES.has(code) ? 'timeout' : 'connection', code);
  }

  expire(): void {
    this.#fail('timeout', this.#phase());
    this.#controller?.abort(new Error('timed out'));
  }

  async #answerDecompressed(body: Buffer, encoding: string): Promise<void> {
    const unpacked = await decompress(body, encoding, this.#options.bytesMax);
    if (unpacked.kind === 'ok') this.#answer(unpacked.bytes);
    else if (unpacked.kind === 'tooLarge') this.#fail('tooLarge', this.#tooLargeText());
    else this.#fail('connection', unpacked.detail);
  }

  #ended(phase: HttpPhase): void {
    const nowMs = this.#options.clock.elapsedMs();
    this.#options.log.took(phase, nowMs - this.#phaseSinceMs);
    this.#phaseSinceMs = nowMs;
  }

  #answer(bytes: Buffer): void {
    this.#finish({
      kind: 'response',
      response: {
        status: this.#status,
        headers: this.#headers,
        body: bytes.toString('utf8'),
        receivedAtMs: this.#options.clock.nowMs(),
      },
    });
  }

  #failTooLarge(controller: Controller): void {
    this.#fail('tooLarge', this.#tooLargeText());
    controller.abort(new Error('too large'));
  }

  #tooLargeText(): string {
    return `the body is larger than ${this.#options.bytesMax} bytes`;
  }

  #phase(): string {
    if (this.#controller === null) return 'no connection in time';
    return this.#status === 0 ? 'no answer in time' : `only ${this.#bytes} bytes of the body in time`;
  }

  #fail(reason: FailureReason, detail: string): void {
    const unsent = this.#controller === null;
    this.#finish({ kind: 'failed', reason, detail: `${this.#options.origin}: ${detail}`, unsent });
  }

  #finish(outcome: HttpOutcome): void {
    if (this.#done) return;
    this.#done = true;
    this.forget();
    this.#options.resolve({ ...outcome, ownMs: busyMs() - this.#busyBeforeMs });
  }
}

/** How long this process has been busy since it began, all in all. */
function busyMs(): number {
  return performance.eventLoopUtilization().active;
}

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Names in lower case (undici sees to that), repeated headers in one line. */
function joinHeaders(headers: RawHeaders): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}
