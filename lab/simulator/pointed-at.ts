import type { Lab } from '../lab.ts';
import { labBaseUrl } from '../lab-http.ts';
import type { Scenario } from './scenario.ts';

/** The scenario's configuration with the lab's providers in place of the real ones. */
export function pointedAt(lab: Lab, { config }: Scenario): Scenario['config'] {
  return {
    ...config,
    sources: config.sources.map((source) => ({ ...source, baseUrl: labBaseUrl(lab, source.id) })),
  };
}
