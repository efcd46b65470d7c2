import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Ask } from '../core/answer.ts';
import type { QuestionKind, View } from '../core/question.ts';
import { opinionViewShape } from '../core/view-shape.ts';
import type { RecordedAnswers } from './replay-gateway.ts';

/** What sources said besides bars, by source, instrument and time. */
export type RecordedOpinions = {
  readonly sourceIds: ReadonlySet<string>;
  readonly answers: RecordedAnswers;
};

export type OpinionsRead =
  | { readonly kind: 'ok'; readonly opinions: RecordedOpinions }
  | { readonly kind: 'invalid'; readonly details: readonly string[] };

const DETAILS_MAX = 5;
const DIGEST_CHARS = 16;

const score = z.number().min(-1).max(1);
const atMs = z.int().positive();
const about = { sourceId: z.string(), instrumentId: z.string(), atMs };
const lineSchema = z.union([
  z.strictObject({ ...about, score }),
  z.strictObject({ ...about, view: opinionViewShape }),
]);

type Line = z.infer<typeof lineSchema>;
type Told = {
  readonly atMs: number;
  readonly digest: string;
  readonly viewOf: (kind: QuestionKind) => View | null;
};

/**
 * Reads one opinion a line, as JSON: `sourceId`, `instrumentId`, `atMs` (when it was known, Unix ms), and either `view` (what
 * the source told) or `score` (-1..1: taken as a stance, or as a gauge that is a score). It holds from `atMs` on, for as long
 * as the source's `ttlMs` says. Any order of lines.
 */
export function readOpinions(name: string, text: string): OpinionsRead {
  const details: string[] = [];
  let faults = 0;
  const told = new Map<string, Told[]>();
  const sourceIds = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const read = lineOf(line);
    if (typeof read === 'string') {
      faults += 1;
      if (details.length < DETAILS_MAX) details.push(`${name}:${index + 1}: ${read}`);
      continue;
    }
    sourceIds.add(read.sourceId);
    const key = `${read.sourceId}|${read.instrumentId}`;
    const one = {
      atMs: read.atMs,
      digest: hash('sha256', line).slice(0, DIGEST_CHARS),
      viewOf: viewer(read),
    };
    const known = told.get(key);
    if (known === undefined) told.set(key, [one]);
    else known.push(one);
  }
  if (faults > details.length) details.push(`${name}: ${faults - details.length} more lines cannot be used`);
  if (faults > 0) return { kind: 'invalid', details };
  for (const some of told.values()) some.sort((a, b) => a.atMs - b.atMs);
  return { kind: 'ok', opinions: { sourceIds, answers: (ask, nowMs) => answerOf(told, ask, nowMs) } };
}

function lineOf(line: string): Line | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return `"${line.slice(0, 60)}" is no JSON: write one object a line`;
  }
  const parsed = lineSchema.safeParse(value);
  return parsed.success
    ? parsed.data
    : 'it is no opinion: write {"sourceId","instrumentId","atMs","score"} or the same with "view" in place of "score"';
}

function viewer(line: Line): Told['viewOf'] {
  if ('view' in line) return (kind) => (line.view.kind === kind ? line.view : null);
  const { score: value, atMs: eventAtMs } = line;
  const stance = value > 0 ? 'buy' : value < 0 ? 'sell' : 'hold';
  return (kind) => {
    if (kind === 'stance') return { kind, stance, confidence: Math.abs(value), rationale: '', eventAtMs };
    return kind === 'gauge' ? { kind, gauge: 'score', value, min: -1, max: 1, eventAtMs } : null;
  };
}

/** The newest that was known at `nowMs`. */
function answerOf(
  told: ReadonlyMap<string, readonly Told[]>,
  { sourceId, question }: Ask,
  nowMs: number,
): Answer | null {
  const newest = told.get(`${sourceId}|${question.instrument.id}`)?.findLast((one) => one.atMs <= nowMs);
  const view = newest?.viewOf(question.kind) ?? null;
  if (newest === undefined || view === null) return null;
  const provenance = {
    sourceId,
    endpoint: question.kind,
    eventAtMs: newest.atMs,
    receivedAtMs: newest.atMs,
    digest: newest.digest,
  };
  return { kind: 'cached', view, provenance, ageMs: nowMs - newest.atMs };
}
