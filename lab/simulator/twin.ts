import {
  createEngine,
  createMemoryLedger,
  createSeededRandom,
  createVirtualClock,
  type Decision,
  type Ledger,
} from '../../src/index.ts';
import { createLab } from '../lab.ts';
import { labHttp } from '../lab-http.ts';
import { pointedAt } from './pointed-at.ts';
import type { Scenario } from './scenario.ts';
import { askingEveryone } from './variants.ts';

/** A second engine in the same world, with a lab and a clock of its own. */
export type Twin = {
  /** What it decides in a slot (Unix ms); slots may be left out, not gone back to. */
  decisionsAt(slotAtMs: number): Promise<readonly Decision[]>;
};

/** The judge of agreement: {@link askingEveryone} in the world of the scenario. */
export async function createTwin(scenario: Scenario): Promise<Twin> {
  const asking = askingEveryone(scenario);
  const { market, seed, providers, startAtMs, config, configVersion } = asking;
  const lab = createLab({ market, seed, providers });
  const clock = createVirtualClock(startAtMs - 1);
  const { engine, live } = await createEngine({
    config: pointedAt(lab, asking),
    configVersion,
    label: market.label,
    clock,
    random: createSeededRandom(seed),
    http: labHttp(lab, clock),
    ledger: forgetful(createMemoryLedger()),
    memory: null,
    redact: (text) => text,
    onLedgerFailure: (error) => {
      throw error;
    },
  });
  return {
    async decisionsAt(slotAtMs) {
      await clock.advanceTo(slotAtMs);
      const done = engine.runCycle(slotAtMs);
      await clock.advanceTo(slotAtMs + config.cycleMs - 1);
      await done;
      return live.decisions();
    },
  };
}

/** Nobody asks a twin for its record: a month of it would fill the memory. */
function forgetful(ledger: Ledger): Ledger {
  return Object.assign(ledger, { append: () => Promise.resolve([]) });
}
