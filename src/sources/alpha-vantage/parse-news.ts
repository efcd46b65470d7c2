import { failure } from '../../core/failure.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { Question } from '../../core/question.ts';
import type { ParsedBatch, Reading, SourceSettings } from '../../core/source.ts';
import { field, items, textAt } from '../door/json.ts';
import { readNumber } from '../door/number.ts';
import { failedReading, okReading } from '../door/readings.ts';
import { believableMs, civilMs } from '../door/time.ts';
import { parseBody } from './body.ts';
import { withoutData } from './failure.ts';
import { newsTicker } from './request.ts';

/** What one article says about one ticker. */
type Mention = {
  readonly origin: string;
  readonly atMs: number;
  /** 0..1. */
  readonly relevance: number;
  /** -1..1. */
  readonly score: number;
};

/** Older articles are in the price already. */
const NEWS_AGE_MS_MAX = 3 * 86_400_000;
/** A site that publishes in series, or is made to, counts as a few voices and no more. */
const MENTIONS_PER_ORIGIN_MAX = 5;

const PUBLISHED = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})$/;

/** Unix ms of `20261120T131500`, which is UTC. */
function publishedMs(value: unknown): number | null {
  const match = typeof value === 'string' ? PUBLISHED.exec(value) : null;
  const ms = match === null ? null : civilMs(match.slice(1).map(Number));
  return ms === null ? null : believableMs(ms);
}

/** The first mention of the ticker in an article; null where it has none that can be read. */
function mentionOf(article: unknown, ticker: string): Mention | null {
  const said = items(field(article, 'ticker_sentiment')).find((one) => field(one, 'ticker') === ticker);
  const atMs = publishedMs(field(article, 'time_published'));
  const relevance = readNumber(field(said, 'relevance_score'), 'either');
  const score = readNumber(field(said, 'ticker_sentiment_score'), 'either');
  if (atMs === null || relevance === null || score === null) return null;
  if (relevance < 0 || relevance > 1 || score < -1 || score > 1) return null;
  return {
    origin: textAt(article, 'source_domain') ?? textAt(article, 'source') ?? '',
    atMs,
    relevance,
    score,
  };
}

/** The newest few mentions of each origin, newest first. */
function cappedPerOrigin(mentions: readonly Mention[]): Mention[] {
  const counts = new Map<string, number>();
  return mentions
    .toSorted((a, b) => b.atMs - a.atMs)
    .filter(({ origin }) => {
      const count = (counts.get(origin) ?? 0) + 1;
      counts.set(origin, count);
      return count <= MENTIONS_PER_ORIGIN_MAX;
    });
}

/** Mean of the scores of the ticker's own mentions, weighted by their relevance: -1 (bearish) to 1 (bullish). */
function newsReading(body: unknown, question: Question, response: HttpResponse): Reading {
  const ticker = newsTicker(question.instrument);
  const feed = field(body, 'feed');
  if (!Array.isArray(feed)) return failedReading(withoutData(body, ticker));
  const now = response.receivedAtMs;
  const mentions = cappedPerOrigin(
    feed
      .map((article) => mentionOf(article, ticker))
      .filter((one) => one !== null)
      .filter(({ atMs }) => atMs <= now && atMs >= now - NEWS_AGE_MS_MAX),
  );
  const weight = mentions.reduce((sum, { relevance }) => sum + relevance, 0);
  const [newest] = mentions;
  if (newest === undefined || weight === 0) {
    return failedReading(failure('noData', `no article of the last 3 days tells of ${ticker}`));
  }
  const value = mentions.reduce((sum, { relevance, score }) => sum + relevance * score, 0) / weight;
  return okReading({
    kind: 'gauge',
    gauge: 'newsSentiment',
    // The mean of numbers in [-1, 1] can leave it by a rounding.
    value: Math.min(1, Math.max(-1, value)),
    min: -1,
    max: 1,
    eventAtMs: newest.atMs,
  });
}

export function parseNews(
  response: HttpResponse,
  batch: readonly Question[],
  settings: SourceSettings,
): ParsedBatch {
  return parseBody(response, batch, settings, (body, question) => newsReading(body, question, response));
}
