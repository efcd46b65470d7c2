import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { documentOf } from '../scripts/metrics-doc.ts';
import { promtool } from './promtool.ts';

/** What is written about the metrics holds: the document, the alert rules, the dashboard. */

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Names of Sextant's own metrics in a text, the parts of a histogram under the name of the whole. */
const namesIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/sextant_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')),
  ),
];

const RULES = 'ops/prometheus/sextant-alerts.yaml';
const RULE_TESTS = 'ops/prometheus/sextant-alerts.test.yaml';

test('docs/METRICS.md is what `npm run docs:metrics` writes', () => {
  expect(read('docs/METRICS.md')).toBe(documentOf());
});

test.each([RULES, RULE_TESTS, 'ops/grafana/sextant.json'])('%s speaks of metrics that exist', (path) => {
  const known = namesIn(documentOf());
  const named = namesIn(read(path));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

describe('the alert rules', () => {
  test('are rules to Prometheus', () => {
    expect(promtool(['check', 'rules', join(root, RULES)])).toMatchObject({ status: 0 });
  });

  test('fire and keep quiet where they should', () => {
    const { status, said } = promtool(['test', 'rules', join(root, RULE_TESTS)]);
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  test('each has a case in which it fires and one in which it keeps quiet', () => {
    type Rules = { groups: { rules: { alert: string }[] }[] };
    type Case = { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] };
    const alerts = (parse(read(RULES)) as Rules).groups.flatMap(({ rules }) =>
      rules.map(({ alert }) => alert),
    );
    const cases = (parse(read(RULE_TESTS)) as { tests: Case[] }).tests.flatMap(
      (each) => each.alert_rule_test,
    );
    const seen = new Set(cases.map(({ alertname, exp_alerts }) => `${alertname} ${exp_alerts.length > 0}`));
    expect([...seen].sort()).toEqual(alerts.flatMap((alert) => [`${alert} false`, `${alert} true`]).sort());
  });
});
