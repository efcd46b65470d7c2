import type { Fault } from '../faults.ts';
import { type MarketEvent, withEvents } from '../market/event-market.ts';
import { faultLine } from './fault-schema.ts';
import type { MachineFault } from './machine-faults.ts';
import { machineFaultLine } from './machine-schema.ts';
import { marketEventLine } from './market-event-schema.ts';
import type { Scenario } from './scenario.ts';

/** One thing that goes wrong in a scenario. */
export type PlannedFault =
  | { readonly befalls: 'provider'; readonly providerId: string; readonly fault: Fault }
  | { readonly befalls: 'market'; readonly fault: MarketEvent }
  | { readonly befalls: 'machine'; readonly fault: MachineFault };

/** All that goes wrong in a scenario, written in its file or drawn. */
export function faultPlanOf({ providers, events, machine }: Scenario): PlannedFault[] {
  return [
    ...providers.flatMap(({ id: providerId, faults = [] }) =>
      faults.map((fault): PlannedFault => ({ befalls: 'provider', providerId, fault })),
    ),
    ...events.map((fault): PlannedFault => ({ befalls: 'market', fault })),
    ...machine.map((fault): PlannedFault => ({ befalls: 'machine', fault })),
  ];
}

/** The same scenario in which nothing goes wrong but that. */
export function withFaultPlan(scenario: Scenario, plan: readonly PlannedFault[]): Scenario {
  const events = plan.flatMap((planned) => (planned.befalls === 'market' ? [planned.fault] : []));
  const machine = plan.flatMap((planned) => (planned.befalls === 'machine' ? [planned.fault] : []));
  const providers = scenario.providers.map((provider) => ({
    ...provider,
    faults: plan.flatMap((planned) =>
      planned.befalls === 'provider' && planned.providerId === provider.id ? [planned.fault] : [],
    ),
  }));
  return { ...scenario, providers, events, machine, market: withEvents(scenario.calmMarket, events) };
}

/** A scenario file, as a value, with the fault plan, the seed and the length of `scenario` in place of its own. */
export function scenarioDocument(document: Readonly<Record<string, unknown>>, scenario: Scenario): unknown {
  const { seed, days, startAtMs, providers, events, machine } = scenario;
  const written = (document.providers ?? {}) as Readonly<Record<string, object>>;
  const { events: _events, machine: _machine, swarm: _swarm, ...rest } = document;
  return {
    ...rest,
    seed,
    start: new Date(startAtMs).toISOString(),
    days,
    providers: Object.fromEntries(
      providers.flatMap(({ id, faults = [] }) => {
        const lines = faults.map((fault) => faultLine(fault, startAtMs));
        if (written[id] === undefined && lines.length === 0) return [];
        return [[id, { ...written[id], faults: lines }]];
      }),
    ),
    events: events.map((event) => marketEventLine(event, startAtMs)),
    machine: machine.map((fault) => machineFaultLine(fault, startAtMs)),
  };
}
