import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/core/random.ts';
import { createSeededRandom } from '../../src/platform/seeded-random.ts';
import { type Judgement, judge } from './judge.ts';
import { SextantChild, sextant } from './sextant-child.ts';
import { listenToStream, readApi, readyOrGone, Testimony } from './witness.ts';

export type KillOptions = { readonly kills: number; readonly lanes: number; readonly seed: string };

export type LaneReport = Judgement & {
  readonly kills: number;
  /** Of them: before the service was ready. */
  readonly killsAtStart: number;
  readonly eventsTold: number;
  readonly apiAnswers: number;
  /** From the start of the process to the first 200 of /health/ready, in ms, per life that got there. */
  readonly readyMs: readonly number[];
  /** Exit code of `sextant verify`. */
  readonly verifyCode: number | null;
  readonly verifyText: string;
};

/** One in this many lives is killed while it starts, up to so many ms after its birth; the others after so many ms of work. */
const EARLY_ONE_IN = 8;
const EARLY_MS_MAX = 1_000;
const WORK_MS_MAX = 900;

/** Kills services at seeded random moments while a listener and two readers write down what they are told. */
export async function killRun({ kills, lanes, seed }: KillOptions): Promise<LaneReport[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-kill-'));
  try {
    return await Promise.all(
      Array.from({ length: lanes }, (_, lane) => {
        const share = Math.floor(kills / lanes) + (lane < kills % lanes ? 1 : 0);
        return killLane(join(folder, `lane-${lane}.db`), share, `${seed} ${lane}`);
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function killLane(path: string, kills: number, seed: string): Promise<LaneReport> {
  const random = createSeededRandom(seed);
  const testimony = new Testimony();
  const readyMs: number[] = [];
  let killsAtStart = 0;
  for (let life = 1; life <= kills; life += 1) {
    const readyAfterMs = await liveUntilKilled(path, seed, random, testimony);
    if (readyAfterMs === null) killsAtStart += 1;
    else readyMs.push(readyAfterMs);
  }
  await liveUntilStopped(path, seed, testimony);
  const verified = await sextant('verify', '--ledger', path);
  return {
    ...judge(path, testimony),
    kills,
    killsAtStart,
    eventsTold: testimony.events.size,
    apiAnswers: testimony.apiAnswers,
    readyMs,
    verifyCode: verified.code,
    verifyText: verified.stdout + verified.stderr,
  };
}

/** A cycle every 100 ms, each a minute of the market: enough movement for signals to come and go. */
function startDemo(path: string, seed: string): SextantChild {
  const pace = ['--cycle-ms', '60000', '--speed', '600'];
  return new SextantChild(['demo', '--ledger', path, '--port', '0', '--seed', seed, ...pace]);
}

/** Ms until it was ready; null when it was killed before. */
async function liveUntilKilled(
  path: string,
  seed: string,
  random: Random,
  testimony: Testimony,
): Promise<number | null> {
  const child = startDemo(path, seed);
  const dies = random.next() < 1 / EARLY_ONE_IN ? sleep(random.next() * EARLY_MS_MAX) : null;
  const workMs = random.next() * WORK_MS_MAX;
  const heard = watch(child, testimony);
  try {
    if (dies !== null) {
      await dies;
      return null;
    }
    const readyAfterMs = (await heard.isReady) ? performance.now() - child.startedMs : null;
    await sleep(workMs);
    return readyAfterMs;
  } finally {
    await child.end('SIGKILL');
    await heard.ended;
  }
}

/** A last life, in which the listener hears the rest; it must end well when it is asked to. */
async function liveUntilStopped(path: string, seed: string, testimony: Testimony): Promise<void> {
  const child = startDemo(path, seed);
  const heard = watch(child, testimony);
  try {
    await heard.isReady;
    await sleep(500);
    const { code, stderr } = await child.end('SIGTERM');
    if (code !== 0) throw new Error(`asked to stop, it ended with ${code}: ${stderr}`);
  } finally {
    await child.end('SIGKILL');
    await heard.ended;
  }
}

function watch(child: SextantChild, testimony: Testimony) {
  const whileServed = async <T>(what: (url: string) => Promise<T>, otherwise: T): Promise<T> => {
    const url = await child.url.catch(() => null);
    return url === null ? otherwise : what(url);
  };
  const ended = whileServed(async (url) => {
    await Promise.all([listenToStream(url, testimony), readApi(url, testimony), readApi(url, testimony)]);
  }, undefined);
  return { isReady: whileServed(readyOrGone, false), ended };
}
