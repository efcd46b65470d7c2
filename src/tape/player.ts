import type { Answer, Ask, Gateway, Told } from '../core/answer.ts';
import type { Boundary, ConfigAdoption, Cycles, EngineRecord, Outside } from '../core/boundary.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Clock } from '../core/clock.ts';
import { failure } from '../core/failure.ts';
import type { CycleRecord, Head, LedgerEntry, Standing } from '../core/ledger.ts';
import { putAll } from '../core/put-all.ts';
import { seedCycles } from './seed-cycles.ts';
import { settled } from './settled.ts';
import { clockOf, Sleepers } from './sleepers.ts';
import { type RecordCall, type TapeEvent, type TapeNote, tapeQuestion } from './tape-line.ts';

export type PlayerOptions = {
  readonly startAtMs: number;
  /** Has the engine take on the configuration that it was given then. */
  readonly adopt: (adoption: ConfigAdoption) => void;
  /** Where this engine records what it decides: empty. Null: nowhere. */
  readonly own: EngineRecord | null;
  /** Where the record stood when the engine took it up. */
  readonly onHead: (head: Head | null) => void;
};

/** A cycle that was recorded then, as the engine has come to it again; null where it has not come to one. */
export type PlayedCycle = { readonly replayed: CycleRecord | null };

type Asked = { readonly key: string; readonly text: string; readonly resolve: (answer: Answer) => void };
type Call = {
  readonly cycle?: CycleRecord;
  /** Has this engine's own record do it too. */
  readonly own?: () => Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: Error): void;
};
type RecordEvent = Extract<TapeEvent, { is: 'record' }>;

const SURPRISES_MAX = 3;
const UNANSWERED: Answer = { kind: 'failed', failure: failure('timeout', 'the tape has no answer to it') };

/**
 * The world of a tape: what happened to the engine that was recorded happens to this one, in the same order, at the same
 * time by its clock. It notes where this engine asks for something else; such a question is never answered.
 */
export class Player implements Boundary {
  readonly clock: Clock;
  readonly #options: PlayerOptions;
  readonly #sleepers = new Sleepers();
  readonly #stop = new AbortController();
  #nowMs: number;
  #engine: Cycles | null = null;
  /** Put since the last event, oldest first. */
  #asked: Asked[] = [];
  /** Of the numbers on the tape. */
  readonly #open = new Map<number, Asked>();
  /** Not on the tape. */
  #lost: Asked[] = [];
  readonly #calls = new Map<RecordCall, Call[]>();
  #notes: TapeNote[] = [];
  #surprises: string[] = [];

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#nowMs = options.startAtMs;
    this.clock = clockOf({
      nowMs: () => this.#nowMs,
      elapsedMs: () => this.#nowMs - options.startAtMs,
      at: (dueAtMs, wake) => {
        const sleeper = { dueAtMs, wake };
        this.#sleepers.add(sleeper);
        return () => this.#sleepers.remove(sleeper);
      },
    });
  }

  outside(): Outside {
    return { gateway: this.#gateway(), clock: this.clock, random: this.#random(), record: this.#record() };
  }

  cycles(engine: Cycles): Cycles {
    this.#engine = engine;
    return engine;
  }

  adopting(_adoption: ConfigAdoption, adopt: () => void): void {
    adopt();
  }

  /** What this engine did otherwise since this was last asked, in words. */
  takeSurprises(): readonly string[] {
    const taken = this.#surprises;
    this.#surprises = [];
    return taken;
  }

  /**
   * Lets an event happen again; `notes` are the lines that follow it. Returns the cycle that it recorded. Rejects with
   * LedgerError where this engine's own record refuses what the other took.
   */
  async play(event: TapeEvent, notes: readonly TapeNote[]): Promise<PlayedCycle | null> {
    this.#notes = [...notes];
    this.#nowMs = event.atMs;
    const isCycle = event.is === 'record' && event.call === 'append' && event.refused === undefined;
    if (isCycle && this.#waiting('append') === undefined) await this.#hurry();
    const replayed = isCycle ? (this.#waiting('append')?.cycle ?? null) : null;
    this.#deliver(event.is === 'record' ? await this.#withOwn(event) : event);
    await settled();
    this.#settleNotes();
    return isCycle ? { replayed } : null;
  }

  /** Lets go of the engine. */
  stop(): void {
    this.#stop.abort();
  }

  /** What the own record says comes in place of what the tape leaves out. */
  async #withOwn(event: RecordEvent): Promise<TapeEvent> {
    const { own: record } = this.#options;
    if (event.call === 'standing' && record !== null && (await record.head()) === null) {
      const standing = standingOf(event.value);
      for (const cycle of standing === null ? [] : seedCycles(standing)) await record.append(cycle);
    }
    const own = event.refused === undefined ? await this.#waiting(event.call)?.own?.() : undefined;
    return own === undefined ? event : { ...event, value: own };
  }

  #deliver(event: TapeEvent): void {
    switch (event.is) {
      case 'run':
        void this.#engine?.run(this.#stop.signal);
        return;
      case 'cycle':
        void this.#engine?.runCycle(event.slotAtMs);
        return;
      case 'adopt':
        this.#options.adopt(event);
        return;
      case 'answer': {
        const asked = this.#open.get(event.ask);
        this.#open.delete(event.ask);
        asked?.resolve(event.answer);
        return;
      }
      case 'wake': {
        const sleeper = this.#sleepers.take(event.dueAtMs, event.nth);
        if (sleeper === null) this.#surprised(`nobody waits for ${timeText(event.dueAtMs)}, as somebody did`);
        sleeper?.wake();
        return;
      }
      case 'record':
        this.#returned(event);
    }
  }

  #returned({ call, value, refused }: RecordEvent): void {
    const waiting = this.#calls.get(call)?.shift();
    if (waiting === undefined) this.#surprised(`the record was not asked to ${call}, as it was then`);
    if (refused !== undefined) waiting?.reject(new Error(refused));
    else waiting?.resolve(value);
  }

  /** Questions and chance that the tape has, and those that it has not. */
  #settleNotes(): void {
    for (const note of this.#notes) {
      if (note.is !== 'ask') this.#surprised(`${note.is} was not asked for, as it was then`);
      else {
        const key = keyOf(note.sourceId, note.question, note.deadlineAtMs);
        const at = this.#asked.findIndex((asked) => asked.key === key);
        const [found] = at < 0 ? [] : this.#asked.splice(at, 1);
        if (found !== undefined) this.#open.set(note.ask, found);
        else this.#surprised(`on the tape, but not put: ${textOf(note.sourceId, note.question)}`);
      }
    }
    for (const { text } of this.#asked) this.#surprised(`put, but not on the tape: ${text}`);
    this.#lost.push(...this.#asked);
    this.#asked = [];
    this.#notes = [];
  }

  /** The engine has taken another way and is not done where it was then: what it still waits for will not come. */
  async #hurry(): Promise<void> {
    const recordedAtMs = this.#nowMs;
    while (this.#waiting('append') === undefined) {
      const unanswered = [...this.#lost, ...this.#open.values(), ...this.#asked];
      this.#lost = [];
      this.#open.clear();
      this.#asked = [];
      for (const { resolve } of unanswered) resolve(UNANSWERED);
      if (unanswered.length === 0) {
        const sleeper = this.#sleepers.takeFirst();
        if (sleeper === null) break;
        this.#nowMs = Math.max(this.#nowMs, sleeper.dueAtMs);
        sleeper.wake();
      }
      await settled();
    }
    this.#surprised(`not decided at ${timeText(recordedAtMs)}, as it was then`);
  }

  #gateway(): Gateway {
    const put = ({ sourceId, question, deadlineAtMs }: Ask, told: Told): void => {
      const onTape = tapeQuestion(question);
      const key = keyOf(sourceId, onTape, deadlineAtMs);
      this.#asked.push({ key, text: textOf(sourceId, onTape), resolve: told });
    };
    return {
      put,
      ask: (asks) => putAll(put, asks),
      judged: () => {},
      health: () => [...(this.#noted('health')?.health ?? [])],
      close: async () => {},
    };
  }

  /** Where the tape has no draw, none that would have anything come of it. */
  #random() {
    return { next: () => this.#noted('draw')?.value ?? 1 - Number.EPSILON };
  }

  #noted<K extends 'draw' | 'health'>(is: K): Extract<TapeNote, { is: K }> | null {
    const at = this.#notes.findIndex((note) => note.is === is);
    const [found] = at < 0 ? [] : this.#notes.splice(at, 1);
    if (found === undefined) this.#surprised(`${is} is not on the tape, but was asked for`);
    return (found as Extract<TapeNote, { is: K }> | undefined) ?? null;
  }

  #record(): EngineRecord {
    const { own } = this.#options;
    const asked = <T>(
      call: RecordCall,
      use: (value: unknown) => T,
      rest: Pick<Call, 'own' | 'cycle'> = {},
    ): Promise<T> =>
      new Promise((resolve, reject) => {
        const calls = this.#calls.get(call) ?? [];
        this.#calls.set(call, calls);
        calls.push({ ...rest, resolve: (value) => resolve(use(value)), reject });
      });
    const entries = (value: unknown) => value as readonly LedgerEntry[];
    return {
      append: (cycle) =>
        asked('append', entries, { cycle, own: async () => (await own?.append(cycle)) ?? [] }),
      appendConfig: (body) =>
        asked('appendConfig', entries, { own: async () => (await own?.appendConfig(body)) ?? [] }),
      recover: () => asked('recover', () => {}),
      entriesAfter: () => asked('entriesAfter', () => []),
      standing: () => asked('standing', standingOf),
      head: () =>
        asked('head', (value) => {
          this.#options.onHead(value as Head | null);
          return value as Head | null;
        }),
    };
  }

  #waiting(call: RecordCall): Call | undefined {
    return this.#calls.get(call)?.[0];
  }

  #surprised(what: string): void {
    if (this.#surprises.length < SURPRISES_MAX) this.#surprises.push(what);
  }
}

function keyOf(sourceId: string, question: unknown, deadlineAtMs: number): string {
  return canonicalJson([sourceId, question, deadlineAtMs]);
}

function textOf(sourceId: string, { kind, instrument, ...rest }: ReturnType<typeof tapeQuestion>): string {
  const more = Object.keys(rest).length === 0 ? '' : ` ${canonicalJson(rest)}`;
  return `${sourceId} about ${instrument}, ${kind}${more}`;
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** See `standingOnTape` of the recorder. */
function standingOf(value: unknown): Standing | null {
  if (value === null) return null;
  const { decisions, ...rest } = value as Omit<Standing, 'decisions'> & { decisions: [] };
  return { ...rest, decisions: new Map(decisions) };
}
