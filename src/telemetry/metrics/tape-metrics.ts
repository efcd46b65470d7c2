import type { Registry } from 'prom-client';
import { scrapedCounter, scrapedGauge } from './scraped.ts';

/** What is shown of a tape that runs along. */
export type TapeFigures = {
  /** Compressed. */
  bytes(): number;
  isWriting(): boolean;
};

/** Whether what the engine takes from outside is still being recorded. */
export function tapeMetrics(registry: Registry, tape: TapeFigures): void {
  scrapedGauge(
    registry,
    {
      name: 'sextant_tape_recording',
      help: '1 while the tape is written, 0 once it has stopped: full, or refused by the disk. Absent where none was wanted.',
      labelNames: [],
    },
    (set) => set({}, tape.isWriting() ? 1 : 0),
  );
  scrapedCounter(
    registry,
    { name: 'sextant_tape_bytes_total', help: 'Written to the tape, compressed.', labelNames: [] },
    (add) => add({}, tape.bytes()),
  );
}
