import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { GatewayMemory, SourceMemories } from '../core/gateway-memory.ts';
import { replaceFile } from './replace-file.ts';

/** Far above what a thousand sources need. */
const BYTES_MAX = 16 * 1024 * 1024;

const amount = z.number().min(0);
const moment = z.number().min(0);

const fileSchema = z.strictObject({
  version: z.literal(1),
  sources: z.record(
    z.string(),
    z.strictObject({
      notedAtMs: moment,
      pausedUntilMs: moment,
      windows: z.array(
        z.strictObject({
          windowMs: z.number().positive(),
          counting: z.enum(['fixed', 'sliding']),
          counted: z.array(z.strictObject({ atMs: moment, weight: amount })),
        }),
      ),
      paces: z.array(
        z.strictObject({
          windowMs: z.number().positive(),
          fromMs: moment,
          used: amount,
          ahead: amount,
          dueAtMs: moment,
        }),
      ),
      spent: z
        .strictObject({
          dayAtMs: moment,
          callsToday: amount,
          usdToday: amount,
          monthAtMs: moment,
          callsThisMonth: amount,
          usdThisMonth: amount,
          largestBillUsd: amount,
        })
        .nullable(),
    }),
  ) satisfies z.ZodType<SourceMemories>,
});

/**
 * The gateway's memory in one file, for the owner alone: a whole one, the old or the new.
 */
export function createGatewayMemoryFile(path: string): GatewayMemory {
  return {
    load() {
      if (!existsSync(path)) return { kind: 'none' };
      try {
        if (statSync(path).size > BYTES_MAX) throw new RangeError(`larger than ${BYTES_MAX} bytes`);
        const { sources } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
        return { kind: 'found', memories: sources };
      } catch (error) {
        const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
        return { kind: 'unreadable', detail: `${path}: ${why}` };
      }
    },
    save(memories) {
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        replaceFile(path, JSON.stringify({ version: 1, sources: memories }));
        return null;
      } catch (error) {
        return messageOf(error);
      }
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
