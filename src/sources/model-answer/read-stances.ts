import { failure } from '../../core/failure.ts';
import type { Question } from '../../core/question.ts';
import type { Reading, SourceSettings } from '../../core/source.ts';
import { field, isRecord, readJson } from '../door/json.ts';
import { readNumber } from '../door/number.ts';
import { failedReading, okReading } from '../door/readings.ts';
import { detailText } from '../door/redact.ts';

const STANCES = ['buy', 'sell', 'hold'] as const;
const RATIONALE_CHARS_MAX = 500;

/** Models like to wrap JSON in one code fence; a fence around the whole text changes nothing of what it says. */
const FENCED = /^```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n?```$/;

function unfenced(text: string): string {
  const trimmed = text.trim();
  return FENCED.exec(trimmed)?.[1] ?? trimmed;
}

/** Control, format (bidi, zero width) and line separator characters become one space; cut without splitting a pair. */
function cleanRationale(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line
    .slice(0, RATIONALE_CHARS_MAX)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}

/** Why an entry is no stance, or the reading of it. Members that were not asked for are ignored and never used. */
function readEntry(entry: unknown, symbol: string, eventAtMs: number, settings: SourceSettings): Reading {
  const refuse = (what: string, found: unknown): Reading =>
    failedReading(
      failure(
        'badPayload',
        detailText(`${what} of ${symbol} is ${JSON.stringify(found) ?? 'missing'}`, settings),
      ),
    );
  const said = field(entry, 'stance');
  const stance = STANCES.find((known) => known === said);
  if (stance === undefined) return refuse('the stance', said);
  const stated = field(entry, 'confidence');
  const confidence = readNumber(stated, 'number');
  if (confidence === null || confidence < 0 || confidence > 1) return refuse('the confidence', stated);
  const rationale = field(entry, 'rationale');
  if (typeof rationale !== 'string') return refuse('the rationale', rationale);
  return okReading({
    kind: 'stance',
    stance,
    confidence: confidence + 0,
    rationale: cleanRationale(rationale),
    eventAtMs,
  });
}

/**
 * One reading per question from a model's text, which is data and nothing more: JSON of the asked schema, or a failure.
 * An entry for a symbol that was not asked is ignored, a symbol without an entry is noData, one with two entries is
 * badPayload (which of them was meant cannot be known). The rationale is cut at 500 characters. Never throws.
 */
export function readStances(
  batch: readonly Question[],
  text: string,
  eventAtMs: number,
  settings: SourceSettings,
): Reading[] {
  const read = readJson(unfenced(text));
  const entries = read.kind === 'ok' ? field(read.value, 'stances') : undefined;
  if (!Array.isArray(entries)) {
    const reason = read.kind === 'ok' ? 'it has no list "stances"' : read.detail;
    const detail = detailText(`the model's text is not what was asked for: ${reason}: ${text}`, settings);
    return batch.map(() => failedReading(failure('badPayload', detail)));
  }
  const bySymbol = Map.groupBy(entries.filter(isRecord), (entry) => field(entry, 'symbol'));
  return batch.map(({ instrument: { id } }) => {
    const [entry, second] = bySymbol.get(id) ?? [];
    if (entry === undefined) return failedReading(failure('noData', `the model said nothing about ${id}`));
    if (second !== undefined) {
      return failedReading(failure('badPayload', `the model answered ${id} more than once`));
    }
    return readEntry(entry, id, eventAtMs, settings);
  });
}
