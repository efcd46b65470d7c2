import type Database from 'better-sqlite3';
import type { ChainFault } from '../../core/ledger.ts';

/**
 * Damage that the chain cannot show, because it lies in an index or in the tree that holds the rows: queries would then
 * miss rows that are there. Reads the whole file.
 */
export function damageBesideRows(database: Database.Database): ChainFault | null {
  const detail = firstProblem(database);
  if (detail === 'ok') return null;
  const seq = /\brow (\d+) missing from index\b/.exec(detail)?.[1];
  return { seq: Number(seq ?? 0), detail: `the database file is damaged: ${detail}` };
}

function firstProblem(database: Database.Database): string {
  try {
    return String(database.pragma('integrity_check(1)', { simple: true }));
  } catch (error) {
    return (error as Error).message;
  }
}
