import { createService } from '../main.ts';
import { keepHeapLean } from '../platform/lean-heap.ts';
import type { Output } from './output.ts';
import { readText } from './read-text.ts';
import { type SettingsOptions, settings } from './settings.ts';
import { type TapeArguments, tapeOptions } from './tape.ts';

export async function run(
  options: SettingsOptions & TapeArguments & { port?: number },
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  keepHeapLean();
  const { config, version } = settings(options);
  const server = options.port === undefined ? config.server : { ...config.server, port: options.port };
  const service = await createService({
    config: { ...config, server },
    configVersion: version,
    label: { kind: 'LIVE' },
    tape: tapeOptions(options),
    ...(options.profile === undefined && {
      file: { path: options.config, text: readText(options.config) },
    }),
  });
  try {
    const url = await service.listen();
    output.note(
      `sextant: ${config.symbols.length} symbols, ${config.sources.length} sources, page and API at ${url}`,
    );
    await service.run(stop);
  } finally {
    await service.close();
  }
}
