import { get } from 'node:http';
import type { DecisionsAnswer, SignalsAnswer, StreamEvent } from '../../src/api/contract.ts';
import { canonicalJson } from '../../src/core/canonical-json.ts';
import type { Decision } from '../../src/core/decision.ts';

/** The part of a decision that makes a new row when it changes; the rest is written down with the first of equal ones. */
export function whatStands({ kind, reason, certificate, configVersion }: Decision): string {
  return canonicalJson({ kind, reason, certificate, configVersion });
}

/** All that a service has told anybody, over all its lives: what must be in its record. Bodies are canonical JSON. */
export class Testimony {
  /** By id, from the stream. */
  readonly events = new Map<
    number,
    { readonly type: string; readonly hash: string; readonly body: string }
  >();
  /** Decisions of the record by `instrument|cycle`, from the API. */
  readonly decisions = new Map<string, string>();
  /** {@link whatStands} of the decisions that stood, by `instrument|cycle`, from the API. */
  readonly standing = new Map<string, string>();
  /** Signals, their ends and their outcomes by id, from the API. */
  readonly signals = new Map<string, string>();
  readonly ends = new Map<string, string>();
  readonly outcomes = new Map<string, string>();
  /** What contradicts something told before. */
  readonly contradictions: string[] = [];
  doubled = 0;
  apiAnswers = 0;
  #lastId = 0;

  get lastId(): number {
    return this.#lastId;
  }

  hearEvent(id: number, type: string, data: string): void {
    if (this.events.has(id)) this.doubled += 1;
    else if (id <= this.#lastId) this.contradictions.push(`event ${id} came after ${this.#lastId}`);
    this.#lastId = Math.max(this.#lastId, id);
    const { hash, body } = JSON.parse(data) as StreamEvent<unknown>;
    this.events.set(id, { type, hash, body: canonicalJson(body) });
  }

  hearStanding({ decisions }: DecisionsAnswer): void {
    this.apiAnswers += 1;
    for (const decision of decisions) {
      const key = `${decision.instrumentId}|${decision.cycle}`;
      this.#note(this.standing, key, whatStands(decision));
    }
  }

  hearDecisions({ decisions }: DecisionsAnswer): void {
    this.apiAnswers += 1;
    for (const decision of decisions) {
      this.#note(this.decisions, `${decision.instrumentId}|${decision.cycle}`, canonicalJson(decision));
    }
  }

  hearSignals({ signals }: SignalsAnswer): void {
    this.apiAnswers += 1;
    for (const { signal, end, outcome } of signals) {
      this.#note(this.signals, signal.id, canonicalJson(signal));
      if (end !== null) this.#note(this.ends, signal.id, canonicalJson(end));
      if (outcome !== null) this.#note(this.outcomes, signal.id, canonicalJson(outcome));
    }
  }

  #note(told: Map<string, string>, key: string, text: string): void {
    const before = told.get(key);
    if (before !== undefined && before !== text) this.contradictions.push(`${key} was told in two ways`);
    told.set(key, text);
  }
}

/** Listens to the stream from where the testimony ends until the service is gone. */
export function listenToStream(url: string, testimony: Testimony): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'last-event-id': String(testimony.lastId) };
    const request = get(`${url}/stream`, { headers }, (response) => {
      if (response.statusCode !== 200) {
        testimony.contradictions.push(`the stream refused ${testimony.lastId}: ${response.statusCode}`);
        response.resume();
      }
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const events = (text + chunk).split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) hear(event, testimony);
      });
      response.once('error', () => {}).once('close', resolve);
    });
    // The service may die before it has answered.
    request.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve();
      else reject(error);
    });
  });
}

function hear(event: string, testimony: Testimony): void {
  const [, id, type, data] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(event) ?? [];
  if (id !== undefined && type !== undefined && data !== undefined) {
    testimony.hearEvent(Number(id), type, data);
  }
}

const READERS: readonly (readonly [path: string, hear: (testimony: Testimony, body: never) => void])[] = [
  ['/api/v1/decisions', (testimony, body) => testimony.hearStanding(body)],
  ['/api/v1/signals?limit=20', (testimony, body) => testimony.hearSignals(body)],
  ['/api/v1/decisions?limit=20', (testimony, body) => testimony.hearDecisions(body)],
];

/** Asks the API one question after the other until the service is gone. */
export async function readApi(url: string, testimony: Testimony): Promise<void> {
  for (;;) {
    for (const [path, hearAnswer] of READERS) {
      const body = await fetch(`${url}${path}`).then(
        (response) => (response.ok ? response.json() : null),
        () => null,
      );
      if (body === null) return;
      hearAnswer(testimony, body as never);
    }
  }
}

/** Asks every few ms until the service decides, or is gone. */
export async function readyOrGone(url: string): Promise<boolean> {
  for (;;) {
    const status = await fetch(`${url}/health/ready`).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return true;
    if (status === 0) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
