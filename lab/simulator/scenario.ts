import { stringify } from 'yaml';
import { z } from 'zod';
import {
  type BarText,
  type Config,
  type ConfigDocument,
  type ConfigIssue,
  checkShape,
  loadConfigText,
  PROFILES,
  profileText,
  readDocument,
} from '../../src/index.ts';
import { PROVIDERS } from '../emulators/catalogue.ts';
import type { LabProviderOptions } from '../lab.ts';
import { type MarketEvent, withEvents } from '../market/event-market.ts';
import { GeneratedMarket } from '../market/generated-market.ts';
import { DAY_MS, type Market } from '../market/market.ts';
import { RecordedMarket } from '../market/recorded-market.ts';
import { xnysSession } from '../market/xnys-session.ts';
import { faultOf, faultSchema } from './fault-schema.ts';
import type { MachineFault } from './machine-faults.ts';
import { machineFaultOf, machineFaultSchema } from './machine-schema.ts';
import { marketEventOf, marketEventSchema } from './market-event-schema.ts';
import { drawSwarm, NO_SWARM, type Swarm } from './swarm.ts';

/** A world for the engine to run in, complete and checked: equal scenarios give equal runs. */
export type Scenario = {
  readonly title: string;
  readonly seed: string;
  /** Of the first slot (Unix ms). */
  readonly startAtMs: number;
  readonly days: number;
  readonly config: Config;
  readonly configVersion: string;
  /** With its events. */
  readonly market: Market;
  /** As it would be without events. */
  readonly calmMarket: Market;
  readonly events: readonly MarketEvent[];
  readonly providers: readonly LabProviderOptions[];
  readonly machine: readonly MachineFault[];
};

export type ScenarioRead =
  | { readonly kind: 'ok'; readonly scenario: Scenario }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

export type ScenarioOptions = {
  /** Instead of what the file says. */
  readonly seed?: string;
  readonly days?: number;
  /** Of the first slot (Unix ms); planned faults move along. */
  readonly startAtMs?: number;
  /** The bars of a file that the scenario names, or why they cannot be had. */
  readonly readBars: (name: string) => BarText | string;
};

/** Days of generated prices before the start: what analysts warm up on. */
const HISTORY_DAYS = 30;
/** Listed beside the scenario's own symbols: what a provider speaks of that answers with the wrong one. */
const STRANGERS = ['SPY', 'SOL-USD'];

const providerSchema = z.strictObject({
  plan: z.string().optional(),
  latencyMedianMs: z.int().min(0).max(60_000).optional(),
  faults: z.array(faultSchema).default([]),
});

/** The shape of a scenario file. `profile` or `config`, which is a sextant.yaml in place, says what is run. */
const scenarioSchema = z.strictObject({
  title: z.string().min(1).max(200),
  seed: z.string().min(1).max(200),
  start: z.iso.datetime(),
  days: z.number().positive().max(400),
  profile: z.enum(PROFILES).optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  cycleMs: z.int().min(100).max(3_600_000).optional(),
  flags: z.record(z.string(), z.boolean()).optional(),
  market: z.union([z.literal('generated'), z.strictObject({ bars: z.array(z.string()).min(1) })]),
  providers: z.record(z.string(), providerSchema).default({}),
  /** What truly happens to prices. */
  events: z.array(marketEventSchema).default([]),
  /** What befalls our own machine: its clock, its disk, the process. */
  machine: z.array(machineFaultSchema).default([]),
  /** Beside the faults of the file, some that the seed draws. */
  swarm: z.boolean().default(false),
});

type ScenarioFile = z.output<typeof scenarioSchema>;
type Report = (path: readonly (string | number)[], found: string, remedy: string) => void;

/** From the text of a scenario file to a world to run in, or to everything wrong with it. Never throws. */
export function readScenario(text: string, options: ScenarioOptions): ScenarioRead {
  const read = readDocument(text);
  if (read.kind === 'invalid') return read;
  const { document } = read;
  const shaped = checkShape(scenarioSchema, document.value, document);
  if (shaped.kind === 'invalid') return shaped;

  const issues: ConfigIssue[] = [];
  const report: Report = (path, found, remedy) => {
    issues.push({ path: path.join('.'), line: document.lineOf(path), found, remedy });
  };
  const file = { ...shaped.data, ...(options.seed === undefined ? {} : { seed: options.seed }) };
  const loaded = configOf(file, document, issues, report);
  if (loaded === null) return { kind: 'invalid', issues };
  const startAtMs = firstSlotMs(options.startAtMs ?? Date.parse(file.start), loaded.config);
  const days = options.days ?? file.days;
  const drawn = swarmOf(file, loaded.config, startAtMs, days);
  const providers = providersOf(file, loaded.config, startAtMs, drawn, report);
  const calmMarket = marketOf(file, loaded.config, startAtMs, options, report);
  if (calmMarket === null || issues.length > 0) return { kind: 'invalid', issues };
  const { title, seed } = file;
  const events = [...file.events.map((line) => marketEventOf(line, startAtMs)), ...drawn.events];
  const machine = [...file.machine.map((line) => machineFaultOf(line, startAtMs)), ...drawn.machine];
  const market = withEvents(calmMarket, events);
  const scenario = {
    title,
    seed,
    startAtMs,
    days,
    ...loaded,
    market,
    calmMarket,
    events,
    providers,
    machine,
  };
  return { kind: 'ok', scenario };
}

function firstSlotMs(atMs: number, { cycleMs, cycleOffsetMs }: Config): number {
  return Math.ceil((atMs - cycleOffsetMs) / cycleMs) * cycleMs + cycleOffsetMs;
}

function configOf(file: ScenarioFile, document: ConfigDocument, issues: ConfigIssue[], report: Report) {
  const { profile, config, cycleMs, flags } = file;
  if ((profile === undefined) === (config === undefined)) {
    const found = profile === undefined ? 'neither profile nor config' : 'both profile and config';
    report([profile === undefined ? '' : 'profile'], found, 'name a profile or write a config in place');
    return null;
  }
  const base = config ?? (documentValue(profileText(profile ?? '') ?? '') as Record<string, unknown>);
  const whole = {
    ...base,
    ...(cycleMs === undefined ? {} : { cycleMs }),
    ...(flags === undefined ? {} : { flags: { ...(base.flags as object | undefined), ...flags } }),
  };
  // Emulated providers take any key.
  const env = new Proxy<Record<string, string | undefined>>({}, { get: () => 'lab-key' });
  const loaded = loadConfigText(stringify(whole), env);
  if (loaded.kind === 'ok') return { config: loaded.config, configVersion: loaded.version };
  for (const { path, found, remedy } of loaded.issues) {
    const inFile = path.split('.')[0] === 'flags' && flags !== undefined ? path : `config.${path}`;
    issues.push({ path: inFile, line: document.lineOf(inFile.split('.')), found, remedy });
  }
  return null;
}

function documentValue(text: string): unknown {
  const read = readDocument(text);
  return read.kind === 'ok' ? read.document.value : {};
}

function swarmOf({ seed, swarm }: ScenarioFile, config: Config, startAtMs: number, days: number): Swarm {
  const providerIds = config.sources.map(({ id }) => id);
  return swarm ? drawSwarm({ seed, startAtMs, days, providerIds }) : NO_SWARM;
}

function providersOf(
  file: ScenarioFile,
  config: Config,
  startAtMs: number,
  drawn: Swarm,
  report: Report,
): LabProviderOptions[] {
  const known = config.sources.map(({ id }) => id);
  for (const id of Object.keys(file.providers)) {
    if (known.includes(id)) continue;
    report(['providers', id], 'a provider that is no source', `the sources are ${known.join(', ')}`);
  }
  return config.sources.flatMap(({ id, kind }) => {
    const plans = Object.keys(PROVIDERS[kind]?.plans ?? {});
    const { plan, latencyMedianMs, faults = [] } = file.providers[id] ?? {};
    if (plans.length === 0) {
      report(['providers', id], `the kind "${kind}"`, `the lab plays ${Object.keys(PROVIDERS).join(', ')}`);
    } else if (plan !== undefined && !plans.includes(plan)) {
      report(['providers', id, 'plan'], `"${plan}"`, `choose one of ${plans.join(', ')}`);
    }
    return {
      id,
      kind,
      ...(plan === undefined ? {} : { plan }),
      ...(latencyMedianMs === undefined ? {} : { latencyMedianMs }),
      faults: [...faults.map((line) => faultOf(line, startAtMs)), ...(drawn.providers.get(id) ?? [])],
    };
  });
}

function marketOf(
  file: ScenarioFile,
  config: Config,
  startAtMs: number,
  { readBars }: ScenarioOptions,
  report: Report,
): Market | null {
  const symbols = config.symbols.map(({ id }) => id);
  if (file.market === 'generated') {
    const instrumentIds = [...new Set([...symbols, ...STRANGERS])];
    const originMs = (Math.floor(startAtMs / DAY_MS) - HISTORY_DAYS) * DAY_MS;
    return new GeneratedMarket({ seed: file.seed, instrumentIds, originMs, stockSession: xnysSession });
  }
  const files: BarText[] = [];
  for (const [index, name] of file.market.bars.entries()) {
    const bars = readBars(name);
    if (typeof bars === 'string') report(['market', 'bars', index], bars, 'name a file of bars');
    else files.push(bars);
  }
  if (files.length < file.market.bars.length) return null;
  const recorded = RecordedMarket.from(files, file.seed);
  if (recorded.kind === 'invalid') {
    for (const detail of recorded.details)
      report(['market', 'bars'], detail, 'mend the file or leave it out');
    return null;
  }
  const { market } = recorded;
  for (const id of symbols.filter((symbol) => !market.has(symbol))) {
    report(['market', 'bars'], `no bars of ${id}`, 'add a file about it, or leave the symbol out');
  }
  return market;
}
