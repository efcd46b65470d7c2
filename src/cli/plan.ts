import { type Month, planConfigured } from '../main.ts';
import { environment } from '../platform/environment.ts';
import { type Output, table } from './output.ts';
import {
  CASES_TEXT,
  PLAN_HEAD,
  planLines,
  planRows,
  planTitle,
  uncountedLines,
  uncountedOf,
} from './plan-text.ts';
import { type SettingsOptions, settings } from './settings.ts';

export type PlanOptions = SettingsOptions & { readonly month?: Month; readonly json?: boolean };

/** What a month on this configuration will ask, use up and cost, before the first call. Keys need not exist yet. */
export async function plan(options: PlanOptions, output: Output): Promise<void> {
  const { config } = settings(options, withKeys(environment()));
  const found = planConfigured(config, options.month);
  const uncounted = uncountedOf(found, config);
  if (options.json === true) return output.json({ ...found, uncounted });
  output.line(`${planTitle(found)}\n`);
  output.line(table(PLAN_HEAD, planRows(found)));
  output.line(`\n${CASES_TEXT.join('\n')}\n`);
  for (const line of [...planLines(found), ...uncountedLines(uncounted)]) output.line(line);
}

type Environment = ReturnType<typeof environment>;

/** An environment in which every variable has a value: whoever plans may not have the keys yet. */
function withKeys(env: Environment): Environment {
  return new Proxy(env, { get: (known, name: string) => known[name] ?? 'unset' });
}
