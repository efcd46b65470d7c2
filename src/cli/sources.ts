import { describeSources } from '../main.ts';
import { type Output, table } from './output.ts';
import { type SettingsOptions, settings } from './settings.ts';

/** What is configured: nothing is asked, so this works offline. */
export async function sources(options: SettingsOptions & { json?: boolean }, output: Output): Promise<void> {
  const rows = describeSources(settings(options).config);
  if (options.json === true) return output.json(rows);
  output.line(
    table(
      [
        'source',
        'provider',
        'operator',
        'analyst',
        'share of the vote',
        'gives',
        'limits',
        'price of a call',
      ],
      rows.map((row) => [
        row.enabled ? row.id : `${row.id} (off)`,
        row.title,
        row.operator,
        row.weightShare === 0 ? '–' : row.analyst,
        row.weightShare === 0 ? 'watches only' : `${(row.weightShare * 100).toFixed(1)} %`,
        row.gives.join(', '),
        row.limits.join(', ') || 'none stated',
        row.priceUsdPerCall === null ? 'as billed' : `$${row.priceUsdPerCall}`,
      ]),
    ),
  );
}
