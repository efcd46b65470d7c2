import type { Ask, Gateway, Told } from '../core/answer.ts';
import type { Boundary, ConfigAdoption, Cycles, EngineRecord, Outside } from '../core/boundary.ts';
import type { Clock } from '../core/clock.ts';
import type { Standing } from '../core/ledger.ts';
import { putAll } from '../core/put-all.ts';
import type { Random } from '../core/random.ts';
import { settled } from './settled.ts';
import { clockOf, type Sleeper, Sleepers } from './sleepers.ts';
import { type RecordCall, type TapeEvent, type TapeLine, tapeQuestion } from './tape-line.ts';

/** An event without its time. */
type Happening = TapeEvent extends infer E ? (E extends TapeEvent ? Omit<E, 'atMs'> : never) : never;

/** Null where nothing is left to happen by now. */
type Announced = Happening | (() => Happening | null);

/**
 * Writes down all that an engine takes from outside, in the order in which it takes it. For a tape to be enough to do the
 * same again, two things are made exact that otherwise the event loop decides: whatever happens to the engine happens one
 * after the other, each when what the one before has set off has come to a halt; and in between its clock stands still.
 */
export class Recorder implements Boundary {
  readonly #clock: Clock;
  readonly #write: (line: TapeLine) => void;
  readonly #sleepers = new Sleepers();
  readonly #steps: { readonly announced: Announced; readonly deliver: () => void }[] = [];
  #isDelivering = false;
  #nowMs: number;
  #asks = 0;

  /** `clock` is the engine's own; its time now is the start of the tape. */
  constructor(clock: Clock, startAtMs: number, write: (line: TapeLine) => void) {
    this.#clock = clock;
    this.#nowMs = startAtMs;
    this.#write = write;
  }

  outside({ gateway, clock, random, record }: Outside): Outside {
    return {
      gateway: this.#gateway(gateway),
      clock: clockOf({
        nowMs: () => this.#nowMs,
        elapsedMs: () => clock.elapsedMs(),
        at: (atMs, run) => this.#at(atMs, run),
      }),
      random: this.#random(random),
      record: this.#record(record),
    };
  }

  cycles(engine: Cycles): Cycles {
    return {
      run: (stop) => this.#begun({ is: 'run' }, () => engine.run(stop)),
      runCycle: (slotAtMs) => this.#begun({ is: 'cycle', slotAtMs }, () => engine.runCycle(slotAtMs)),
    };
  }

  adopting(adoption: ConfigAdoption, adopt: () => void): void {
    this.#happens({ is: 'adopt', ...adoption }, adopt);
  }

  #begun(what: Happening, begin: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#happens(what, () => void begin().then(resolve, reject));
    });
  }

  #gateway(gateway: Gateway): Gateway {
    const put = (asked: Ask, told: Told): void => {
      const ask = this.#noteAsk(asked);
      gateway.put(asked, (answer) => this.#happens({ is: 'answer', ask, answer }, () => told(answer)));
    };
    return {
      put,
      ask: (asks) => putAll(put, asks),
      judged: (provenance, fault) => gateway.judged(provenance, fault),
      health: () => {
        const health = gateway.health();
        this.#write({ is: 'health', health });
        return health;
      },
      close: () => gateway.close(),
    };
  }

  #noteAsk({ sourceId, question, deadlineAtMs }: Ask): number {
    this.#asks += 1;
    this.#write({ is: 'ask', ask: this.#asks, sourceId, question: tapeQuestion(question), deadlineAtMs });
    return this.#asks;
  }

  #at(dueAtMs: number, run: () => void): () => void {
    const sleeper: Sleeper = { dueAtMs, wake: run };
    this.#sleepers.add(sleeper);
    const cancel = this.#clock.at(dueAtMs, () => {
      this.#happens(
        () => {
          const nth = this.#sleepers.nthOf(sleeper);
          return nth === null ? null : { is: 'wake', dueAtMs, nth };
        },
        () => {
          this.#sleepers.remove(sleeper);
          run();
        },
      );
    });
    return () => {
      cancel();
      this.#sleepers.remove(sleeper);
    };
  }

  #random(random: Random): Random {
    return {
      next: () => {
        const value = random.next();
        this.#write({ is: 'draw', value });
        return value;
      },
    };
  }

  #record(record: EngineRecord): EngineRecord {
    const told = <T>(call: RecordCall, called: Promise<T>, toTape?: (result: T) => unknown): Promise<T> =>
      new Promise((resolve, reject) => {
        called.then(
          (result) => {
            const value = toTape === undefined ? {} : { value: toTape(result) };
            this.#happens({ is: 'record', call, ...value }, () => resolve(result));
          },
          (error: unknown) => {
            const refused = error instanceof Error ? error.message : String(error);
            this.#happens({ is: 'record', call, refused }, () => reject(error));
          },
        );
      });
    return {
      append: (cycle) => told('append', record.append(cycle)),
      appendConfig: (body) => told('appendConfig', record.appendConfig(body)),
      recover: () => told('recover', record.recover()),
      entriesAfter: (seq, limit) => told('entriesAfter', record.entriesAfter(seq, limit)),
      head: () => told('head', record.head(), (head) => head),
      standing: () => told('standing', record.standing(), standingOnTape),
    };
  }

  #happens(announced: Announced, deliver: () => void): void {
    this.#steps.push({ announced, deliver });
    if (!this.#isDelivering) void this.#deliverAll();
  }

  async #deliverAll(): Promise<void> {
    this.#isDelivering = true;
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      const what = typeof step.announced === 'function' ? step.announced() : step.announced;
      if (what === null) continue;
      this.#nowMs = this.#clock.nowMs();
      this.#write({ ...what, atMs: this.#nowMs });
      step.deliver();
      await settled();
    }
    this.#isDelivering = false;
  }
}

/** With its decisions as a list. */
function standingOnTape(standing: Standing | null): unknown {
  return standing === null ? null : { ...standing, decisions: [...standing.decisions] };
}
